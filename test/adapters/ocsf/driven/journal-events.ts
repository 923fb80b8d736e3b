import { appendFileSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { ocsf } from '../../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../../src/core/contract/index.js';
import type { AuditEvent, AuditSink } from '../../../../src/core/index.js';
import { journal } from '../../../../src/adapters/journal/journal.js';

/** A receiver that is away and comes back, and a start that finds a torn end: what the journal says of itself. */
export async function troubled(): Promise<readonly AuditEvent[]> {
  const directory = mkdtempSync(join(tmpdir(), 'trouble-'));
  let away = true;
  const ship: AuditSink = {
    name: 'siem',
    deliver: () => (away ? Promise.reject(new Error('down')) : Promise.resolve()),
  };
  const first = await journal({ directory, ship, degradedAfterMs: 1 });
  await first.append(sampleEvent('session.opened', { session: 's', data: {} }));
  await vi.waitFor(() => codesIn(directory, 'audit.degraded'), { timeout: 20_000 });
  away = false;
  await vi.waitFor(() => codesIn(directory, 'audit.recovered'), { timeout: 40_000 });
  await first.close?.();
  appendFileSync(join(directory, 'journal-00000001.jsonl'), '{"class_uid":60');
  await (await journal({ directory })).close?.();
  codesIn(directory, 'audit.gap');
  return [...eventsIn(directory), ...(await removed())];
}

/** A journal whose receiver has everything. */
async function removed(): Promise<readonly AuditEvent[]> {
  const directory = mkdtempSync(join(tmpdir(), 'removed-'));
  const log = await journal({
    directory,
    ship: { name: 'siem', deliver: async () => undefined },
    segmentBytes: 1,
    keepMs: 0,
    checkpointEvents: 1,
  });
  await vi.waitFor(
    async () => {
      await log.append(sampleEvent('session.opened', { session: 's', data: {} }));
      codesIn(directory, 'audit.removed');
    },
    { timeout: 20_000 },
  );
  await log.close?.();
  return eventsIn(directory);
}

function eventsIn(directory: string): readonly AuditEvent[] {
  const format = ocsf();
  const lines = readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'));
  return lines.map((line) => format.read(line)?.event).filter((event) => event !== undefined);
}

function codesIn(directory: string, code: AuditEvent['code']): void {
  if (!eventsIn(directory).some((event) => event.code === code)) throw new Error(`there is no ${code} yet`);
}
