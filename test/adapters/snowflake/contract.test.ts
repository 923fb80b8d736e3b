import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadDriver } from '../../../src/adapters/snowflake/driver/load-driver.js';
import { engineContract } from '../../../src/core/contract/engine.js';
import type { SnowflakeServer } from '../../../src/snowflake-server/index.js';
import { account, connectorFor, grantOf, left, nothing } from './account.js';

let server: SnowflakeServer;
beforeAll(async () => {
  [server] = await Promise.all([account(), loadDriver()]);
});
afterAll(() => server.close());

describe.each(['read', 'write'] as const)('snowflake keeps the engine contract, %s', (access) => {
  const cases = engineContract({
    connector: () => connectorFor(server),
    grant: grantOf(access),
    few: {
      sql: 'SELECT ID, CUSTOMER FROM CUSTOMERS WHERE ID < ? ORDER BY ID',
      binds: [4],
      columns: ['ID', 'CUSTOMER'],
      rows: [
        [1, 'Ada'],
        [2, 'Grace'],
        [3, null],
      ],
    },
    many: { sql: 'SELECT ID, NAME FROM ORDERS', count: 25_000 },
    slow: { sql: 'SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = -1' },
    failing: { sql: "SELECT CAST('hidden-4711' AS INTEGER) FROM ORDERS", secret: 'hidden-4711' },
    catalogue: [
      {
        name: 'CUSTOMERS',
        kind: 'table',
        columns: [
          { name: 'ID', type: 'NUMBER(38,0)', nullable: true },
          { name: 'CUSTOMER', type: 'VARCHAR', nullable: true },
        ],
      },
      {
        name: 'ORDERS',
        kind: 'table',
        columns: [
          { name: 'ID', type: 'NUMBER(38,0)', nullable: true },
          { name: 'NAME', type: 'VARCHAR', nullable: true },
        ],
      },
    ],
    multiple: { sql: 'SELECT 1; SELECT 2' },
    ...(access === 'write'
      ? { write: { sql: 'UPDATE CUSTOMERS SET CUSTOMER = CUSTOMER WHERE ID < 3', affected: 2 } }
      : {}),
  });
  for (const each of cases) it(each.name, () => each.run(), 30_000);

  // What a session that could not be opened had is given back with nobody waiting for it.
  afterEach(() => expect.poll(() => left(server), { timeout: 20_000 }).toEqual(nothing));
});
