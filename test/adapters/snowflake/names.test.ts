import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDriver } from '../../../src/adapters/snowflake/driver/load-driver.js';
import { snowflakeSql } from '../../../src/adapters/snowflake-sql/index.js';
import { engineContract } from '../../../src/core/contract/engine.js';
import type { SnowflakeServer } from '../../../src/snowflake-server/index.js';
import { account, connectorFor, grantOf, setup } from './account.js';

const hidden = `CREATE TABLE ACME.FINANCE.HIDDEN AS SELECT 'canary-5520' AS S; CREATE TABLE main.HIDDEN AS SELECT 'canary-5520' AS S`;
let server: SnowflakeServer;
beforeAll(async () => {
  [server] = await Promise.all([account({ setup: `${setup}; ${hidden}` }), loadDriver()]);
});
afterAll(() => server.close());

describe('snowflake keeps the engine contract on names', () => {
  const cases = engineContract({
    connector: () => connectorFor(server),
    grant: grantOf('write'),
    few: { sql: 'SELECT ID FROM CUSTOMERS', columns: ['ID'], rows: [[1], [2], [3]] },
    failing: { sql: 'SELECT nothing' },
    names: {
      analyzer: () => snowflakeSql({ timeoutMs: 10_000 }),
      table: { name: 'CUSTOMERS', column: 'CUSTOMER', value: 'Grace' },
      elsewhere: { name: 'HIDDEN', value: 'canary-5520' },
      ownRelations: ['duckdb_tables', 'sqlite_master', 'pg_class'],
    },
  }).filter(({ name }) => / nothing else: /.test(name));
  it.each(cases)('$name', (each) => each.run(), 60_000);
  it('has cases on names', () => expect(cases.length).toBeGreaterThan(15));
});
