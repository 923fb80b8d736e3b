import { describe, it } from 'vitest';
import { engineContract } from '../../../src/core/contract/engine.js';
import { connectorOf, grantOf, slow } from './subject.js';

const few = { sql: 'SELECT ID, CUSTOMER FROM OPS.ORDERS WHERE ID < ? ORDER BY ID', binds: [3], columns: ['ID', 'CUSTOMER'], rows: [[1, 'Ada'], [2, 'Grace']] };

describe.each(['read', 'write'] as const)('duckdb keeps the engine contract, %s', (access) => {
  const cases = engineContract({
    connector: () => connectorOf(),
    grant: grantOf(access),
    few,
    many: { sql: 'SELECT range FROM range(20000)', count: 20_000 },
    slow: { sql: slow },
    failing: { sql: `SELECT CAST('canary-7731' AS INTEGER)`, secret: 'canary-7731' },
    catalogue: [{ name: 'ORDERS', kind: 'table', columns: [{ name: 'ID', type: 'INTEGER', nullable: true }, { name: 'CUSTOMER', type: 'VARCHAR', nullable: true }] }],
    multiple: { sql: 'SELECT 1; SELECT 2' },
    ...(access === 'write' ? { write: { sql: 'UPDATE ACME.OPS.ORDERS SET CUSTOMER = ? WHERE ID > 1', binds: ['Joan'], affected: 2 } } : {}),
  });
  it.each(cases)('$name', (each) => each.run());
});
