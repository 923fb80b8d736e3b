import { describe, expect, it } from 'vitest';
import { engineContract } from '../../../src/core/contract/engine.js';
import { sqlForAll } from '../sql.js';
import { connectorOf, grantOf, setup, slow } from './subject.js';

const sql = sqlForAll();
const orders = [{ database: 'ACME', schema: 'OPS', name: 'ORDERS', kind: 'relation' }] as const;
const names = [
  `CREATE TABLE SECRETS AS SELECT 'canary-9914' AS S, 1 AS N`,
  `CREATE TABLE ACME.main.HIDDEN AS SELECT 'canary-5520' AS S`,
  `CREATE TABLE memory.main.HIDDEN AS SELECT 'canary-5520' AS S`,
  'CREATE MACRO peek() AS (SELECT max(S) FROM SECRETS)',
  'CREATE MACRO generator(n) AS TABLE SELECT * FROM SECRETS',
  'CREATE MACRO div0(a, b) AS (SELECT max(S) FROM SECRETS)',
  'CREATE MACRO zeroifnull(n) AS (SELECT max(S) FROM SECRETS)',
];

const few = {
  sql: 'SELECT ID, CUSTOMER FROM "ACME"."OPS"."ORDERS" WHERE ID < ? ORDER BY ID',
  reads: orders,
  binds: [3],
  columns: ['ID', 'CUSTOMER'],
  rows: [
    [1, 'Ada'],
    [2, 'Grace'],
  ],
};

describe.each(['read', 'write'] as const)('duckdb keeps the engine contract, %s', (access) => {
  const cases = engineContract({
    connector: () => connectorOf(),
    grant: grantOf(access),
    few,
    many: { sql: 'SELECT range FROM range(3000000)', count: 3_000_000 },
    late: {
      sql: `SELECT CASE WHEN range = 2500000 THEN CAST('x' || range AS INTEGER) ELSE range END FROM range(3000000)`,
    },
    slow: { sql: slow },
    failing: { sql: `SELECT CAST('canary-7731' AS INTEGER)`, secret: 'canary-7731' },
    catalogue: [
      {
        name: 'ORDERS',
        kind: 'table',
        columns: [
          { name: 'ID', type: 'INTEGER', nullable: true },
          { name: 'CUSTOMER', type: 'VARCHAR', nullable: true },
        ],
      },
    ],
    multiple: { sql: 'SELECT 1; SELECT 2' },
    ...(access === 'write'
      ? { write: { sql: 'UPDATE ACME.OPS.ORDERS SET CUSTOMER = ? WHERE ID > 1', binds: ['Joan'], affected: 2 } }
      : {}),
  });
  const named = engineContract({
    connector: () => connectorOf({ setup: [...setup, ...names] }),
    grant: grantOf(access),
    few,
    failing: { sql: 'SELECT nothing' },
    names: {
      analyzer: () => sql,
      table: { name: 'SECRETS', column: 'S', value: 'canary-9914' },
      elsewhere: { name: 'HIDDEN', value: 'canary-5520' },
      ownCalls: ['peek()', 'generator(ROWCOUNT => 1)', 'generator(1)', 'ZEROIFNULL(1)'],
      ownRelations: [
        'sqlite_master',
        'sqlite_schema',
        'duckdb_tables',
        'duckdb_columns',
        'duckdb_views',
        'duckdb_constraints',
        'duckdb_databases',
        'pg_class',
        'pg_tables',
        'pg_views',
        'pragma_database_list',
      ],
    },
  }).filter(({ name }) => / nothing else: /.test(name));
  it.each(named)('$name', (each) => each.run(), 30_000);
  it('has cases on names', () => expect(named.length).toBeGreaterThan(25));
  it.each(cases)('$name', (each) => each.run());
});
