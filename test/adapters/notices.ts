import type { Notice, Notifier } from '../../src/core/index.js';

export const notice: Notice = {
  type: 'approval.requested',
  id: '019a0000-0000-7000-8000-000000000001',
  at: 1_790_000_000_000,
  connection: 'warehouse',
  schema: 'ACME.OPS',
  access: 'write',
  principal: { id: 'idp:alice', name: 'Alice' },
  actor: { id: 'idp:agent' },
  reason: 'to tidy up',
  session: '019a0000-0000-7000-8000-00000000000a',
  ticket: '019a0000-0000-7000-8000-00000000000b',
  digest: 'ab'.repeat(32),
  state: 'pending',
  expiresAt: 1_790_000_900_000,
  statement: {
    kind: 'write',
    operation: 'DELETE',
    summary: 'DELETE ACME.OPS.ORDERS',
    redacted: 'DELETE FROM orders',
    whole: true,
    reads: [],
    writes: ['ACME.OPS.ORDERS'],
  },
};

export const never = new AbortController().signal;

/** The notices a notifier gave up, as it tells them. */
export function dropped(): {
  readonly all: [string, string][];
  readonly onDropped: (notice: Notice, why: string) => void;
} {
  const all: [string, string][] = [];
  return { all, onDropped: ({ id }, why) => void all.push([id, why]) };
}

export function numbered(count: number): Notice[] {
  return Array.from({ length: count }, (_, index) => ({ ...notice, id: `n-${index}` }));
}

export const tell = (notifier: Notifier, notices: readonly Notice[], signal = never): Promise<unknown> =>
  Promise.all(notices.map((each) => notifier.notify(each, signal)));
