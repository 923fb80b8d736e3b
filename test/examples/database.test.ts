import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemas, setup } from '../../examples/quickstart/database.js';

let connection: DuckDBConnection;

async function rows(sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`ATTACH ':memory:' AS ACME`);
  for (const schema of schemas) await connection.run(`CREATE SCHEMA ${schema}`);
  for (const sql of setup) await connection.run(sql);
});
afterAll(() => connection.closeSync());

describe('the quick start database', () => {
  it('holds a few thousand orders in every state', async () => {
    expect(await rows('SELECT count(*), count(DISTINCT order_id) FROM acme.ops.orders')).toEqual([['4000', '4000']]);
    const states = await rows('SELECT DISTINCT status FROM acme.ops.orders ORDER BY 1');
    expect(states.flat()).toEqual(['cancelled', 'delivered', 'pending', 'returned', 'shipped']);
  });

  it('is the same each time', async () => {
    expect(await rows(`SELECT count(*), sum(amount) FROM acme.ops.orders WHERE status = 'pending'`)).toEqual([
      ['283', '71659.61'],
    ]);
  });

  it('has a second schema that is worth guarding', async () => {
    const tables = await rows(
      `SELECT table_name FROM duckdb_tables() WHERE database_name = 'ACME' AND schema_name = 'FINANCE' ORDER BY 1`,
    );
    expect(tables.flat()).toEqual(['INVOICES', 'PAYROLL']);
  });
});
