import { vi } from 'vitest';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditLog, AuditSink, DeliveryMessage } from '../../../src/core/index.js';

export interface Receiver extends AuditSink {
  readonly got: DeliveryMessage[];
  /** What the next deliveries do instead of taking what they are given. */
  down: (() => Promise<void>) | undefined;
  calls: number;
}

export function receiver(name = 'siem'): Receiver {
  const made: Receiver = {
    name,
    got: [],
    down: undefined,
    calls: 0,
    async deliver(parcels) {
      made.calls += 1;
      if (made.down !== undefined) await made.down();
      made.got.push(...parcels);
    },
  };
  return made;
}

export const refuses = (): Promise<void> => Promise.reject(new Error('down'));
export const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 10 });
export const ids = (parcels: readonly DeliveryMessage[]): string[] =>
  parcels.filter((each) => each.kind === 'event').map((each) => each.id);
export const fill = async (log: AuditLog, count: number, session = 's'): Promise<void> => {
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      log.append(sampleEvent('statement.delivered', { session, statement: `${session}-${index}` })),
    ),
  );
};
