import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryAudit, memoryIdentity, memoryPolicy } from '../../../src/adapters/memory/index.js';
import type { SnowflakeConnector } from '../../../src/adapters/snowflake/index.js';
import { snowflakeSql } from '../../../src/adapters/snowflake-sql/index.js';
import { AccessError, buildGateway, type Gateway } from '../../../src/core/index.js';
import { snowflakeServer, type SnowflakeServer } from '../../../src/snowflake-server/index.js';
import { agentKey, connectorFor, drained, gateKey, grantOf, statement } from './account.js';

interface Attack {
  readonly id: string;
  readonly sql: string;
  readonly expect: 'allow' | 'deny' | 'approve-or-deny';
  readonly objects_read: readonly string[];
}

const path = '../shared/data/adversarial-sample.jsonl';
const attacks = existsSync(path)
  ? readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Attack)
  : undefined;
if (attacks === undefined)
  console.log('skipped: the walls, each without the other: ../shared/data/adversarial-sample.jsonl is not here');

const planted = 'planted-4711';
const tables: Readonly<Record<string, string>> = {
  'SHOP.MART.SALES': "SELECT 1 AS SALE_ID, 5.5 AS TOTAL, 'web' AS KIND, 2 AS BRANCH",
  'SHOP.MART.BRANCHES': "SELECT 2 AS BRANCH, 'x' AS KIND",
  'SHOP.ERP.WAGES': `SELECT '${planted}' AS NAME, 9000 AS PAY, 1 AS TOTAL, 2 AS BRANCH`,
  'SHOP.ERP.STAFF': `SELECT '${planted}' AS NAME`,
  'SHOP.PUBLIC.SALES': `SELECT '${planted}' AS NAME`,
  'SHOP_OLD.MART.SALES': `SELECT '${planted}' AS NAME`,
};
const setup = Object.entries(tables)
  .map(([name, rows]) => `CREATE TABLE ${name} AS ${rows}`)
  .join('; ');

/** One role that holds one schema, one that holds all there is. */
async function shop(): Promise<SnowflakeServer> {
  const server = await snowflakeServer({ databases: { SHOP: ['MART', 'ERP', 'PUBLIC'], SHOP_OLD: ['MART'] }, setup });
  const { catalog } = server;
  catalog.createRole('GATE', 'ACCOUNTADMIN');
  catalog.grant('GATE', { privilege: 'CREATE ROLE', on: 'ACCOUNT', name: 'ACCOUNT' });
  for (const [role, within] of [
    ['MART_READ', /^SHOP\.MART\./],
    ['ALL', /./],
  ] as const) {
    catalog.createRole(role, 'GATE');
    for (const table of Object.keys(tables).filter((each) => within.test(each))) {
      const [database = '', schema = ''] = table.split('.');
      catalog.grant(role, { privilege: 'USAGE', on: 'DATABASE', name: database });
      catalog.grant(role, { privilege: 'USAGE', on: 'SCHEMA', name: `${database}.${schema}` });
      for (const privilege of ['SELECT', 'INSERT']) catalog.grant(role, { privilege, on: 'TABLE', name: table });
    }
  }
  catalog.addUser({ name: 'AGENT', type: 'SERVICE', publicKey: agentKey.publicKey }, ['ALL']);
  catalog.addUser({ name: 'GATE_USER', type: 'SERVICE', publicKey: gateKey.publicKey, defaultRole: 'GATE' }, ['GATE']);
  return server;
}

const mart = {
  ...grantOf('read', 'MART'),
  scope: { connection: 'warehouse', database: 'SHOP', schema: 'MART', access: 'read' as const },
};
const never = new AbortController().signal;

/** What the engine answers to whatever is sent to it, with nobody judging it before. */
async function unjudged(
  connector: SnowflakeConnector,
  sql: string,
): Promise<{ readonly rows: string; readonly code?: string | undefined }> {
  const session = await connector.open({ ...mart, session: crypto.randomUUID() }, never);
  try {
    return { rows: JSON.stringify(await drained(await session.run(statement(sql), never))) };
  } catch (error) {
    return { rows: '', code: AccessError.is(error) ? String(error.detail['engineCode']) : String(error) };
  } finally {
    await session.close();
  }
}

describe.skipIf(attacks === undefined)('each wall without the other', () => {
  let server: SnowflakeServer;
  let walled: SnowflakeConnector;
  let open: SnowflakeConnector;

  beforeAll(async () => {
    server = await shop();
    const all = { schemas: ['SHOP.MART'] };
    walled = connectorFor(server, {
      ...all,
      roles: {
        strategy: 'ephemeral',
        accessRole: () => 'MART_READ',
        admin: { user: 'GATE_USER', role: 'GATE', credential: { keyPair: { privateKey: gateKey.privateKey } } },
      },
    });
    open = connectorFor(server, { ...all, roles: { strategy: 'prepared', role: () => 'ALL' } });
  });
  afterAll(async () => {
    await Promise.all([walled.close?.(), open.close?.()]);
    await server.close();
  });

  // The server's names have no case, so that "mart" is MART there; and its strings know no backslash, which makes a
  // string of the foreign table.
  const crossing = (attacks ?? []).filter(
    ({ sql, objects_read: reads }) => !sql.includes("'k\\'") && reads.some((name) => !/^SHOP\."?MART"?\./i.test(name)),
  );

  it('the role alone stops every read of another schema, and most of them would have worked', async () => {
    expect(crossing.length).toBeGreaterThan(10);
    const worked: string[] = [];
    for (const { id, sql } of crossing) {
      const free = await unjudged(open, sql);
      const held = await unjudged(walled, sql);
      expect(held.code, id).toBeDefined();
      expect(held.rows, id).not.toContain(planted);
      if (free.code !== undefined) continue;
      worked.push(id);
      expect(held.code, id).toBe('002003');
    }
    expect(worked.length).toBeGreaterThanOrEqual(6);
    expect((await unjudged(walled, 'SELECT kind FROM sales')).rows).toBe('[["web"]]');
  });

  it('the analysis alone lets none of them reach the engine', async () => {
    const analyzer = snowflakeSql();
    const gateway: Gateway = await buildGateway({
      connections: { warehouse: open },
      identity: memoryIdentity({ token: { subject: 'agent' } }),
      audit: memoryAudit(),
      analyzer,
      policy: memoryPolicy([{ id: 'everything', subject: '*', connection: 'warehouse', object: '*', action: '*' }]),
    });
    const credential = { scheme: 'bearer', token: 'token' };
    const session = await gateway.open({
      credential,
      connection: 'warehouse',
      schema: 'SHOP.MART',
      access: 'write',
      ttlMs: 60_000,
      reason: 'a test',
    });
    if (session.status !== 'completed') throw new Error(session.status);
    const before = server.history.length;
    for (const { id, sql } of attacks?.filter((each) => each.expect === 'deny') ?? []) {
      const outcome = await gateway.run({ credential, session: session.value.id, sql });
      expect(outcome.status, id).toBe('denied');
    }
    expect(server.history.slice(before)).toEqual([]);
    const fine = await gateway.run({ credential, session: session.value.id, sql: 'SELECT kind FROM sales' });
    expect(fine.status).toBe('completed');
    if (fine.status === 'completed')
      for await (const _ of fine.value.batches) {
        /* to its end */
      }
    await gateway.shutdown();
  });
});
