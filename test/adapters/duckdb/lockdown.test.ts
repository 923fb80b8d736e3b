import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector, EngineSession } from '../../../src/core/index.js';
import { connectorOf, grantOf, opened, rowsOf, run } from './subject.js';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-duckdb-'));
const file = join(folder, 'acme.db');
let connector: Connector;
let sessions: Record<'read' | 'write', EngineSession>;

beforeAll(async () => {
  const write = await opened('write', connectorOf({ path: file }));
  connector = write.connector;
  sessions = { write: write.session, read: (await opened('read', connector)).session };
});

afterAll(async () => {
  await connector.close?.();
  rmSync(folder, { recursive: true, force: true });
});

const outside = [
  `SELECT * FROM read_csv('/etc/passwd')`,
  `SELECT * FROM read_text('/etc/passwd')`,
  `SELECT * FROM read_blob('${file}')`,
  `SELECT * FROM "read_blob"('${file}')`,
  `SELECT * FROM '/etc/passwd'`,
  `SELECT * FROM ORDERS, '${file}'`,
  `SELECT * FROM ORDERS, '/etc/passwd'`,
  `SELECT * FROM glob('/etc/*')`,
  `SELECT * FROM read_json('http://127.0.0.1:9/x')`,
  `SELECT * FROM read_parquet('s3://bucket/x')`,
  `COPY ORDERS TO '${join(folder, 'out.csv')}'`,
  `COPY ORDERS FROM '/etc/passwd'`,
  `EXPORT DATABASE '${join(folder, 'export')}'`,
  `IMPORT DATABASE '${folder}'`,
  `ATTACH ':memory:' AS OTHER`,
  `ATTACH '${join(folder, 'b.db')}' AS B`,
  'DETACH ACME',
  'INSTALL json',
  'LOAD json',
  'PRAGMA version',
  'PRAGMA threads=1',
  'SET threads = 1',
  'RESET threads',
  'USE memory.main',
  'CALL pragma_version()',
  'SELECT * FROM duckdb_secrets()',
  `CREATE SECRET s (TYPE http, BEARER_TOKEN 'x')`,
  'SELECT * FROM enable_logging()',
  'SELECT * FROM checkpoint()',
  'CHECKPOINT',
  'VACUUM',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'PREPARE p AS SELECT 1',
  'EXECUTE p',
  `SELECT * FROM query('SELECT 1')`,
  '',
  ';',
  '-- nothing',
  'SELECT 1; DROP TABLE ORDERS',
  `SET VARIABLE x = 1`,
  "EXPLAIN ANALYZE COPY ORDERS TO '/tmp/x'",
];
const changes = [
  `INSERT INTO ORDERS VALUES (9, 'x')`,
  `UPDATE ORDERS SET ID = 0`,
  'DELETE FROM ORDERS',
  'DROP TABLE ORDERS',
  'CREATE TABLE T (A INTEGER)',
  'TRUNCATE ORDERS',
  'CREATE TEMP TABLE T (A INTEGER)',
  'ALTER TABLE ORDERS ADD COLUMN X INTEGER',
  'EXPLAIN ANALYZE DELETE FROM ORDERS',
  'CREATE SCHEMA X',
  'WITH gone AS (SELECT 1) DELETE FROM ORDERS',
  `SELECT nextval('NUMBERS')`,
];

describe('lock-down', () => {
  it.each(outside)('refuses %s, for write grants too', async (sql) => {
    for (const session of Object.values(sessions))
      await expect(rowsOf(session, sql)).rejects.toMatchObject({ code: 'ENGINE_REJECTED' });
    expect(await rowsOf(sessions.read, 'SELECT count(*) FROM ORDERS')).toEqual([[3]]);
  });

  it.each(changes)('changes nothing under a read grant: %s', async (sql) => {
    await expect(rowsOf(sessions.read, sql)).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_(REJECTED|DISAGREES)$/) as string,
    });
    expect(await rowsOf(sessions.read, 'SELECT count(*) FROM ORDERS')).toEqual([[3]]);
  });

  it('writes no file but its own', () => {
    expect(readdirSync(folder).filter((name) => !name.startsWith('acme.db'))).toEqual([]);
  });

  it('refuses a schema that is not offered, and one whose grant names another case', async () => {
    const signal = new AbortController().signal;
    for (const schema of ['FINANCE', 'main', 'ops']) {
      await expect(connector.open(grantOf('read', { database: 'ACME', schema }), signal)).rejects.toMatchObject({
        code: 'ENGINE_UNAVAILABLE',
      });
    }
  });

  it('refuses options that cannot be kept', () => {
    for (const more of [
      { schemas: [] },
      { schemas: ['MEMORY.X'] },
      { schemas: ['A.B', 'C.D'], path: file },
      { threads: 0 },
      { memoryLimit: 'lots' },
    ]) {
      expect(() => connectorOf(more)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    }
  });

  it("says of a setup that fails what it is in the cause only, which is the operator's", async () => {
    const broken = connectorOf({ setup: [`SELECT error('canary')`] });
    const error = await broken.open(grantOf(), new AbortController().signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(String((error as Error).stack)).not.toContain('canary');
    expect((error as Error).cause).toMatchObject({ message: 'Invalid Input Error: canary' });
  });
});

describe('errors', () => {
  it.each([
    [`SELECT error('canary')`, 'Invalid Input Error'],
    [`SELECT CAST('canary' AS INTEGER)`, 'Conversion Error'],
    ['SELECT * FROM canary', 'Catalog Error'],
    ['SELECT canary FROM ORDERS', 'Binder Error'],
    ['SELECT FROM WHERE canary', 'Parser Error'],
    [`SELECT error(CUSTOMER) FROM ORDERS`, 'Invalid Input Error'],
  ])('keeps the class and drops the text: %s', async (sql, engineCode) => {
    const error = await rowsOf(sessions.read, sql).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'ENGINE_REJECTED', detail: { engineCode } });
    expect(`${(error as Error).stack}${String((error as Error).cause)}`).not.toMatch(/canary|Ada/);
  });

  it('refuses a wrong number of binds', async () => {
    await expect(run(sessions.read, 'SELECT ?', [])).rejects.toMatchObject({ code: 'ENGINE_REJECTED' });
    await expect(run(sessions.read, 'SELECT ?', [1, 2])).rejects.toMatchObject({ code: 'ENGINE_REJECTED' });
  });
});
