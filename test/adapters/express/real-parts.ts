import { createHash } from 'node:crypto';
import { duckdb } from '../../../src/adapters/duckdb/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { memoryIdentity, memoryPolicy } from '../../../src/adapters/memory/index.js';
import { buildGateway, type Analyzer, type Gateway, type Parts } from '../../../src/core/index.js';

/** Takes every text for a query on ACME.OPS.ORDERS: what is judged is not the matter here, what runs and flows is. */
const trusting: Analyzer = {
  dialects: ['duckdb'],
  analyze: async (sql) => ({
    kind: 'read',
    operation: 'SELECT',
    canonical: sql,
    digest: createHash('sha256').update(sql).digest('hex'),
    redacted: '',
    summary: 'SELECT ACME.OPS.ORDERS',
    reads: [{ database: 'ACME', schema: 'OPS', name: 'ORDERS', kind: 'relation' }],
    writes: [],
    functions: [],
  }),
};

/** A gateway with a real database and a real record in `directory`, for agents `a` and `b`. */
export async function realHouse(directory: string, more: Partial<Parts> = {}): Promise<Gateway> {
  return buildGateway({
    connections: { warehouse: duckdb({ schemas: ['ACME.OPS'] }) },
    audit: await journal({ directory }),
    analyzer: trusting,
    identity: memoryIdentity({ a: { subject: 'agent-a' }, b: { subject: 'agent-b' } }),
    policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]),
    ...more,
  });
}
