import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { RelationCheck } from '../../../src/adapters/duckdb/analysis-check.js';
import { SerialConnection } from '../../../src/adapters/duckdb/serial-connection.js';
import { NameCache, type StoredNames } from '../../../src/adapters/duckdb/stored-names.js';
import { DuckDBSession } from '../../../src/adapters/duckdb/session.js';
import type { ObjectRef, StatementKind } from '../../../src/core/index.js';
import { grantOf } from './subject.js';

const orders: ObjectRef = { database: 'ACME', schema: 'OPS', name: 'ORDERS', kind: 'relation' };

/** Another session's change, which is made after the names were checked and before the statement runs. */
class ChangedMeanwhile extends NameCache {
  readonly #other: DuckDBConnection;

  constructor(other: DuckDBConnection) {
    super();
    this.#other = other;
  }

  override async read(connection: DuckDBConnection, since: number | undefined): Promise<StoredNames> {
    const names = await super.read(connection, since);
    for (const sql of [
      'DROP TABLE ACME.OPS.ORDERS',
      `CREATE TABLE ACME.OPS."orders" AS SELECT 1 AS ID, 'hidden' AS NOTE`,
    ])
      await this.#other.run(sql);
    return names;
  }
}

async function changed(text: string, kind: StatementKind, operation: string): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const [connection, other] = [await instance.connect(), await instance.connect()];
  for (const sql of [
    `ATTACH ':memory:' AS "ACME"`,
    'CREATE SCHEMA ACME.OPS',
    `CREATE TABLE ACME.OPS.ORDERS AS SELECT 1 AS ID, 'one' AS NOTE`,
  ])
    await connection.run(sql);
  const session = new DuckDBSession(new SerialConnection(connection), grantOf('write').scope, {
    names: new ChangedMeanwhile(other),
    relations: new RelationCheck(),
  });
  const analysis = {
    kind,
    operation,
    canonical: text,
    digest: '',
    redacted: '',
    summary: '',
    reads: [],
    writes: [orders],
    functions: [],
  };
  const statement = {
    id: 's',
    text,
    canonical: text,
    binds: [],
    analysis,
    limits: { maxRows: 10, maxBytes: 1e6 },
    timeLeftMs: 60_000,
  };
  await session.run(statement, new AbortController().signal).catch(() => undefined);
  await session.close();
  const rows = (await other.runAndReadAll('SELECT * FROM ACME.OPS."orders"')).getRows();
  other.disconnectSync();
  instance.closeSync();
  return rows;
}

describe('a name that another session takes away between the check and the run', () => {
  it.each<readonly [string, StatementKind, string]>([
    ['DELETE FROM "ACME"."OPS"."ORDERS"', 'write', 'DELETE'],
    [`UPDATE "ACME"."OPS"."ORDERS" SET NOTE = 'changed'`, 'write', 'UPDATE'],
    [`INSERT INTO "ACME"."OPS"."ORDERS" VALUES (2, 'more')`, 'write', 'INSERT'],
    ['TRUNCATE TABLE "ACME"."OPS"."ORDERS"', 'write', 'TRUNCATE'],
    ['ALTER TABLE "ACME"."OPS"."ORDERS" ADD COLUMN MORE INTEGER', 'ddl', 'ALTER TABLE'],
    ['CREATE OR REPLACE TABLE "ACME"."OPS"."ORDERS" AS SELECT 3 AS ID', 'ddl', 'CREATE TABLE'],
  ])('%s changes nothing else', async (...given) => {
    expect(await changed(...given)).toEqual([[1, 'hidden']]);
  });
  it('a table that is dropped is another one that is there in its place', async () => {
    await expect(changed('DROP TABLE "ACME"."OPS"."ORDERS"', 'ddl', 'DROP TABLE')).resolves.toEqual([[1, 'hidden']]);
  });
});
