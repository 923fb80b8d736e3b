import { createHash } from 'node:crypto';
import { sampleEvent } from 'sallyport/contract';
import { deepFreezeOnce } from '../dist/core/data/deep-freeze.js';
import type { AuditEvent } from 'sallyport';

const text =
  'SELECT ID, CUSTOMER, TOTAL, PLACED_AT FROM ACME.OPS.ORDERS WHERE CUSTOMER = ? AND PLACED_AT >= ? ORDER BY PLACED_AT DESC LIMIT ?';
const sessions = 50;
// As the pipeline has them: one object for all events of an identity, and of a scope.
const who = deepFreezeOnce({
  principal: 'https://idp.example|alice',
  actor: 'https://idp.example|desk-agent',
  issuer: 'https://idp.example',
  client: 'desk',
  tokenId: '0f1c2a52-6d5d-4f0e-9d3b-5d6c0c4f9a11',
});
const scope = deepFreezeOnce({ database: 'ACME', schema: 'OPS', access: 'read' } as const);

function uuid(kind: number, index: number): string {
  return `0199c2f0-0000-7000-${kind}000-${String(index).padStart(12, '0')}`;
}

/** Events as the pipeline writes them, an intent and an outcome per statement: lines of some 2.7 kB. */
export function statementEvents(count: number, from = 0): readonly AuditEvent[] {
  return Array.from({ length: count }, (_, place) => {
    const index = from + place;
    const statement = uuid(8, index >> 1);
    const about = {
      transport: { protocol: 'rest', address: '10.0.4.17', userAgent: 'desk-agent/1.4' },
      rules: ['analysts-read-ops'],
      policyVersion: '2026-11-27.1',
      kind: 'read',
      operation: 'SELECT',
      summary: 'SELECT ACME.OPS.ORDERS',
      sql: text,
      recorded: 'redacted',
      digest: createHash('sha256').update(statement).digest('hex'),
      reads: ['ACME.OPS.ORDERS'],
      writes: [],
    };
    const own =
      index % 2 === 0
        ? { grant: uuid(9, index % sessions), binds: 2 }
        : { queryId: '01b8f2c4-0000-4a1e-0000-00000001f3aa', complete: true, rows: 20, bytes: 1_840, durationMs: 12 };
    return sampleEvent(index % 2 === 0 ? 'statement.authorized' : 'statement.executed', {
      session: uuid(9, index % sessions),
      statement,
      who,
      scope,
      data: { ...about, ...own },
    });
  });
}

/**
 * The least that says what ran: lines of some 1.9 kB, the nearest we write to the event of 1 kB that the goals of P7
 * were set with.
 */
export function shortEvents(count: number): readonly AuditEvent[] {
  const actor = deepFreezeOnce({ principal: 'idp:alice', actor: 'idp:agent', issuer: 'idp' });
  return Array.from({ length: count }, (_, index) =>
    sampleEvent('statement.authorized', {
      session: `s-${index % sessions}`,
      statement: `t-${index}`,
      who: actor,
      data: { sql: 'SELECT ?'.repeat(80) },
    }),
  );
}
