import { afterAll, describe, expect, it } from 'vitest';
import { duckdb } from '../../src/adapters/duckdb/index.js';
import { memoryApprover, memoryAudit, memoryIdentity, memoryPolicy } from '../../src/adapters/memory/index.js';
import { buildGateway, type Outcome, type StatementResult } from '../../src/core/index.js';
import { sqlForAll } from '../adapters/sql.js';

const canary = 'canary-3317';
const setup = [
  'CREATE TABLE W.OPS.ORDERS (ID INTEGER, NOTE VARCHAR)',
  `INSERT INTO W.OPS.ORDERS VALUES (1, 'one'), (2, 'two')`,
  `CREATE TABLE W.OPS.SECRETS AS SELECT '${canary}' AS S, 1 AS N`,
  `CREATE TABLE W.FINANCE.PAYROLL AS SELECT '${canary}' AS S`,
  `CREATE TABLE W.main.HIDDEN AS SELECT '${canary}' AS S`,
  `CREATE VIEW W.OPS.PAID AS SELECT * FROM W.FINANCE.PAYROLL`,
  'CREATE MACRO W.OPS.peek() AS (SELECT max(S) FROM W.OPS.SECRETS)',
  'CREATE MACRO W.OPS.div0(a, b) AS (SELECT max(S) FROM W.OPS.SECRETS)',
  'CREATE MACRO W.OPS.generator(n) AS TABLE SELECT * FROM W.OPS.SECRETS',
];
const audit = memoryAudit();
const gateway = await buildGateway({
  connections: { warehouse: duckdb({ schemas: ['W.OPS', 'W.FINANCE'], setup }) },
  identity: memoryIdentity({ t: { subject: 'agent' } }),
  audit,
  analyzer: sqlForAll(),
  approver: memoryApprover(),
  policy: memoryPolicy([
    { id: 'open', subject: '*', connection: '*', object: 'W.OPS', action: '*' },
    { id: 'all', subject: '*', connection: '*', object: 'W.OPS.*', action: '*' },
    { id: 'secret', subject: '*', connection: '*', object: 'W.OPS.SECRETS', action: '*', effect: 'deny' },
    {
      id: 'asked',
      subject: '*',
      connection: '*',
      object: 'W.OPS.ORDERS',
      action: 'write',
      obligations: [{ type: 'approval', value: true }],
    },
  ]),
});
const credential = { scheme: 'bearer', token: 't' };
const opened = await gateway.open({
  credential,
  connection: 'warehouse',
  schema: 'W.OPS',
  access: 'write',
  ttlMs: 600_000,
  reason: 'a test of names',
});
const session = opened.status === 'completed' ? opened.value.id : '';
afterAll(() => gateway.shutdown());

const run = (sql: string): Promise<Outcome<StatementResult>> => gateway.run({ credential, session, sql });
const rowsOf = async (outcome: Outcome<StatementResult>): Promise<unknown[]> => {
  const rows: unknown[] = [];
  if (outcome.status === 'completed') for await (const batch of outcome.value.batches) rows.push(...batch);
  return rows;
};
const endOf = (outcome: Outcome<unknown>): string =>
  outcome.status === 'denied' ? outcome.code : outcome.status === 'failed' ? outcome.error.code : outcome.status;
const toldOf = (id: string): readonly string[] =>
  audit.events.filter(({ statement }) => statement === id).map(({ code }) => code);

const recursion = `WITH secrets AS (SELECT 'x' AS s, 1 AS n UNION ALL SELECT s, n FROM secrets WHERE n > 1) SELECT * FROM secrets`;

describe('a statement that DuckDB would read otherwise', () => {
  it.each([
    ['SELECT * FROM secrets', 'NOT_PERMITTED'],
    ['SELECT * FROM "secrets"', 'ENGINE_DISAGREES'],
    ['SELECT * FROM ops."Secrets"', 'ENGINE_DISAGREES'],
    [`UPDATE "secrets" SET s = 'gone'`, 'ENGINE_DISAGREES'],
    ['DELETE FROM "orders"', 'ENGINE_DISAGREES'],
    ['DELETE FROM orders', 'pending'],
    ['DROP TABLE "orders"', 'ENGINE_DISAGREES'],
    ['CREATE OR REPLACE TABLE "orders" AS SELECT 1 AS id', 'ENGINE_DISAGREES'],
    ['CREATE OR REPLACE VIEW "secrets" AS SELECT 1 AS s', 'ENGINE_DISAGREES'],
    ['DESCRIBE TABLE "secrets"', 'ENGINE_DISAGREES'],
    ['EXPLAIN SELECT * FROM "secrets"', 'ENGINE_DISAGREES'],
    ['SELECT * FROM hidden', 'ENGINE_REJECTED'],
    ['DELETE FROM hidden', 'ENGINE_REJECTED'],
    ['INSERT INTO hidden SELECT * FROM hidden', 'ENGINE_REJECTED'],
    ...['sqlite_master', 'duckdb_tables', 'pg_class', 'pragma_database_list', 'duckdb_columns', 'pg_tables'].map(
      (name) => [`SELECT * FROM ${name}`, 'ENGINE_REJECTED'],
    ),
    ['SELECT peek()', 'STATEMENT_REFUSED'],
    ['SELECT div0(4, 2) AS a', 'ENGINE_DISAGREES'],
    ['SELECT * FROM TABLE(generator(rowcount => 1)) AS g', 'ENGINE_REJECTED'],
    ['SELECT * FROM "/etc/passwd"', 'ENGINE_REJECTED'],
    ['SELECT a:b FROM orders', 'NOT_UNDERSTOOD'],
    ['CREATE TEMPORARY TABLE secrets AS SELECT 1 AS s', 'NOT_PERMITTED'],
  ])('%s: %s, and nothing denied is read or changed', async (sql, code) => {
    const outcome = await run(sql);
    expect(endOf(outcome)).toBe(code);
    const told = toldOf(outcome.id);
    expect(told.includes('engine.disagrees')).toBe(code === 'ENGINE_DISAGREES');
    expect(await rowsOf(await run('SELECT id, note FROM orders ORDER BY id'))).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
  });

  it.each<[string, readonly unknown[], readonly string[]]>([
    [
      String.raw`SELECT 'x\' AS a UNION ALL SELECT s FROM secrets --' AS a FROM orders ORDER BY id`,
      Array.from({ length: 2 }, () => ["x' AS a UNION ALL SELECT s FROM secrets --"]),
      ['W.OPS.ORDERS'],
    ],
    [recursion, [['x', 1]], []],
    [`CREATE TABLE copied AS ${recursion}`, [], []],
    [`CREATE VIEW seen AS ${recursion}`, [], []],
    [`INSERT INTO copied ${recursion}`, [], []],
    [
      `UPDATE copied SET s = (WITH secrets AS (SELECT 'y' AS s, 1 AS n UNION ALL SELECT s, n FROM secrets WHERE n > 1) SELECT max(s) FROM secrets)`,
      [],
      [],
    ],
    ['SELECT * FROM copied', Array.from({ length: 2 }, () => ['y', 1]), ['W.OPS.COPIED']],
    ['SELECT s FROM seen', [['x']], ['W.OPS.SEEN']],
    [
      'WITH secrets AS (SELECT note FROM orders WHERE id = 1) SELECT secrets.note FROM secrets',
      [['one']],
      ['W.OPS.ORDERS'],
    ],
  ])('%s is read as it was judged, and the record names what it reads', async (sql, rows, reads) => {
    const outcome = await run(sql);
    expect(endOf(outcome)).toBe('completed');
    expect(await rowsOf(outcome)).toEqual(rows);
    const event = audit.events.find(
      ({ code, statement }) => code === 'statement.authorized' && statement === outcome.id,
    );
    expect(event?.data['reads']).toEqual(reads);
    expect(event?.data['renderedDigest']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('binds by number, and a view is an object of its own', async () => {
    expect(
      await rowsOf(await gateway.run({ credential, session, sql: 'SELECT id FROM orders WHERE id = :1', binds: [2] })),
    ).toEqual([[2]]);
    expect(await rowsOf(await run('SELECT * FROM paid'))).toEqual([[canary]]);
  });

  it('tells neither answer nor record any value', () => {
    expect(JSON.stringify(audit.events)).not.toContain(canary);
  });
});
