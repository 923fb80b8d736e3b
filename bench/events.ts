import { createHash } from 'node:crypto';
import { sampleEvent } from '../src/core/contract/index.js';
import type { AuditEvent } from '../src/core/index.js';

const sql = 'SELECT ID, CUSTOMER, TOTAL, PLACED_AT FROM ACME.OPS.ORDERS WHERE CUSTOMER = ? AND PLACED_AT >= ? ORDER BY PLACED_AT DESC LIMIT ?';
const who = { principal: 'https://idp.example|alice', actor: 'https://idp.example|desk-agent', issuer: 'https://idp.example', client: 'desk', tokenId: '0f1c2a52-6d5d-4f0e-9d3b-5d6c0c4f9a11' };
const scope = { database: 'ACME', schema: 'OPS', access: 'read' } as const;

/** Events as the pipeline writes them, some 2 kB each: an intent and an outcome per statement, of 50 sessions in turn. */
export function statementEvents(count: number): readonly AuditEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const statement = `0199c2f0-0000-7000-8000-${String(index >> 1).padStart(12, '0')}`;
    const about = {
      transport: { protocol: 'rest', address: '10.0.4.17', userAgent: 'desk-agent/1.4' }, rules: ['analysts-read-ops'], policyVersion: '2026-11-27.1', kind: 'read', operation: 'SELECT', summary: 'SELECT ACME.OPS.ORDERS',
      sql, recorded: 'redacted', digest: createHash('sha256').update(statement).digest('hex'), reads: ['ACME.OPS.ORDERS'], writes: [],
    };
    const own = index % 2 === 0 ? { grant: '0199c2f0-0000-7000-8000-00000000ab01', binds: 2 } : { queryId: '01b8f2c4-0000-4a1e-0000-00000001f3aa', complete: true, rows: 20, bytes: 1_840 };
    return sampleEvent(index % 2 === 0 ? 'statement.authorized' : 'statement.executed', { session: `0199c2f0-0000-7000-9000-${String(index % 50).padStart(12, '0')}`, statement, who, scope, data: { ...about, ...own } });
  });
}
