import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDriver } from '../../../src/adapters/snowflake/driver/load-driver.js';
import { sqlForAll } from '../sql.js';
import { engineContract } from '../../../src/core/contract/engine.js';
import type { SnowflakeServer } from '../../../src/snowflake-server/index.js';
import { account, connectorFor, grantOf, setup } from './account.js';

const more = [
  `CREATE TABLE ACME.OPS.SECRETS AS SELECT 'canary-9914' AS S, 1 AS N`,
  `CREATE TABLE ACME.FINANCE.HIDDEN AS SELECT 'canary-5520' AS S`,
].join('; ');

const sql = sqlForAll();
let server: SnowflakeServer;
beforeAll(async () => {
  [server] = await Promise.all([account({ setup: `${setup}; ${more}` }), loadDriver()]);
  for (const access of ['READ', 'WRITE'])
    server.catalog.grant(`OPS_${access}`, { privilege: 'SELECT', on: 'TABLE', name: 'ACME.OPS.SECRETS' });
});
afterAll(() => server.close());

describe('snowflake, by its own driver, binds the names of the analysis', () => {
  const cases = engineContract({
    connector: () => connectorFor(server),
    grant: grantOf('write'),
    few: { sql: 'SELECT S FROM "ACME"."OPS"."SECRETS"', columns: ['S'], rows: [['canary-9914']] },
    failing: { sql: 'SELECT nothing' },
    names: {
      analyzer: () => sql,
      table: { name: 'SECRETS', column: 'S', value: 'canary-9914' },
      elsewhere: { name: 'HIDDEN', value: 'canary-5520' },
      ownRelations: ['sqlite_master', 'duckdb_tables', 'pg_class'],
    },
  }).filter(({ name }) => / nothing else: /.test(name));
  it.each(cases)('$name', (each) => each.run(), 60_000);
  it('has cases on names', () => expect(cases.length).toBeGreaterThan(20));
});
