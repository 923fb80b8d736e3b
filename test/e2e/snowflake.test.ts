import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { casbin } from '../../src/adapters/casbin/index.js';
import { memoryIdentity } from '../../src/adapters/memory/index.js';
import { snowflake, type SnowflakeConnector } from '../../src/adapters/snowflake/index.js';
import { createGateway, type Gateway, type Outcome, type Row, type StatementResult } from '../../src/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import type { SnowflakeServer } from '../../src/snowflake-server/index.js';
import {
  account,
  accessRole,
  drained,
  gateKey,
  grantOf,
  left,
  nothing,
  statement,
} from '../adapters/snowflake/account.js';
import { valueOf } from '../core/test-gateway.js';

const policy = `
g, idp:alice, role:operations, warehouse
g, idp:agent, role:operations, warehouse
g, idp:carl, role:finance, warehouse
g, idp:agent-2, role:finance, warehouse
p, role:operations, warehouse, ACME.OPS, open:read, allow
p, role:operations, warehouse, ACME.OPS, open:write, allow
p, role:operations, warehouse, ACME.OPS.*, read, allow
p, role:operations, warehouse, ACME.OPS.*, write, allow
p, role:finance, warehouse, ACME.FINANCE, open:read, allow
p, role:finance, warehouse, ACME.FINANCE.*, read, allow
`;

const [bind, rowValue] = ['canary-bind-4811', 'canary-row-4812'];
const directory = mkdtempSync(join(tmpdir(), 'sallyport-snowflake-'));
let server: SnowflakeServer;
let connector: SnowflakeConnector;
let gateway: Gateway;
const keys = createServer(
  (_request, response) =>
    void connector
      .jwks()
      .then((jwks) => response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks))),
);

const printed: string[] = [];

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0);
  keys.listen(0, '127.0.0.1');
  await once(keys, 'listening');
  const jwks = new URL(`http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks.json`);
  const audience = 'https://acme.snowflakecomputing.com';
  server = await account({
    setup: `CREATE TABLE ACME.OPS.ORDERS AS SELECT 7 AS ID, '${rowValue}' AS NAME; CREATE TABLE ACME.OPS.CUSTOMERS AS SELECT 1 AS ID; CREATE TABLE ACME.FINANCE.PAYROLL AS SELECT 9000 AS SALARY`,
    integrations: [{ issuer: 'https://gate.example', audience, jwks }],
  });
  connector = snowflake({
    account: server.account,
    url: `http://${server.host}:${server.port}`,
    warehouse: 'WH',
    user: (_principal, actor) => (actor.subject === 'agent' ? 'AGENT' : 'AGENT_2'),
    schemas: ['ACME.OPS', 'ACME.FINANCE'],
    credential: { externalOAuth: { issuer: 'https://gate.example', audience, signingKey: gateKey.privateKey } },
    roles: {
      strategy: 'ephemeral',
      accessRole,
      admin: { user: 'GATE_USER', role: 'GATE', credential: { keyPair: { privateKey: gateKey.privateKey } } },
    },
  });
  gateway = await createGateway({
    connections: { warehouse: connector },
    identity: memoryIdentity({ one: { subject: 'alice', actor: 'agent' }, two: { subject: 'carl', actor: 'agent-2' } }),
    policy: casbin({ policy: { name: 'policy.csv', text: policy } }),
    audit: journal({ directory }),
  });
});

afterAll(async () => {
  vi.restoreAllMocks();
  await server.close();
  keys.close();
  rmSync(directory, { recursive: true });
});

interface Exported {
  readonly QUERY_ID: string;
  readonly QUERY_TAG: string;
  readonly START_TIME: string;
  readonly USER_NAME: string;
  readonly QUERY_TEXT: string;
}

const rowOf = ({ queryId, tag, startedAt, text, user }: SnowflakeServer['history'][number]): Exported => ({
  QUERY_ID: queryId,
  QUERY_TAG: tag,
  START_TIME: new Date(startedAt).toISOString(),
  USER_NAME: user,
  QUERY_TEXT: text,
});

const as = (token: string) => ({ credential: { scheme: 'bearer', token } });
const open = async (token = 'one', schema = 'ACME.OPS', access: 'read' | 'write' = 'read'): Promise<string> =>
  valueOf(
    await gateway.open({ ...as(token), connection: 'warehouse', schema, access, ttlMs: 60_000, reason: 'a test' }),
  ).id;

async function rowsOf(outcome: Outcome<StatementResult>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of valueOf(outcome).batches) rows.push(...batch);
  return rows;
}

const grantFor = () => {
  const grant = grantOf('write');
  return { ...grant, identity: { ...grant.identity, actor: { ...grant.identity.actor, subject: 'agent' } } };
};

const lines = (): string =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('');

describe("the loop over Snowflake's own driver", () => {
  let session: string;

  it('opens, answers, refuses another schema, closes, and answers no more', async () => {
    session = await open();
    expect(left(server).roles).toHaveLength(1);
    expect(
      await rowsOf(
        await gateway.run({ ...as('one'), session, sql: 'SELECT id, name FROM orders WHERE name <> ?', binds: [bind] }),
      ),
    ).toEqual([[7, rowValue]]);
    expect(await gateway.run({ ...as('one'), session, sql: 'SELECT salary FROM finance.payroll' })).toMatchObject({
      code: 'OUT_OF_SCOPE',
    });
    expect(await gateway.run({ ...as('one'), session, sql: 'SELECT no_such FROM orders' })).toMatchObject({
      status: 'failed',
      error: { code: 'ENGINE_REJECTED' },
    });
    valueOf(await gateway.close({ ...as('one'), session }));
    expect(await gateway.run({ ...as('one'), session, sql: 'SELECT id FROM orders' })).toMatchObject({
      code: 'SESSION_CLOSED',
    });
    expect(left(server).roles).toEqual([]);
  });

  it('was paid with a token for one user, one role and no longer than the grant; nothing else', async () => {
    const ours = server.history.filter(({ user }) => user === 'AGENT');
    expect(new Set(ours.map(({ role }) => role.slice(0, 10)))).toEqual(new Set(['SALLYPORT_']));
    const selected = ours.find(({ text }) => text.startsWith('SELECT id, name'));
    expect(JSON.parse(selected?.tag ?? '')).toMatchObject({
      app: 'sallyport',
      session,
      principal: 'idp:alice',
      actor: 'idp:agent',
    });
  });

  it('is in the record from the first right given to the last one taken, and the record verifies', async () => {
    const codes = valueOf(await gateway.record({ ...as('one'), session })).events.map((event) => event.code);
    expect(codes).toEqual([
      'session.requested',
      'grant.applied',
      'session.opened',
      'statement.authorized',
      'statement.executed',
      'statement.denied',
      'statement.authorized',
      'statement.failed',
      'grant.removed',
      'session.closed',
      'statement.denied',
    ]);
  });
});

describe('two agents at once', () => {
  it("never see each other's role, tag, temporary table or result", async () => {
    const [one, two] = await Promise.all([open('one', 'ACME.OPS', 'write'), open('two', 'ACME.FINANCE')]);
    const roles = left(server).roles;
    expect(roles).toHaveLength(2);
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        index % 2 === 0
          ? gateway.run({ ...as('one'), session: one, sql: 'SELECT name FROM orders' }).then(rowsOf)
          : gateway.run({ ...as('two'), session: two, sql: 'SELECT salary FROM payroll' }).then(rowsOf),
      ),
    );
    for (const [index, answer] of answers.entries()) expect(answer).toEqual(index % 2 === 0 ? [[rowValue]] : [[9000]]);
    expect(await gateway.run({ ...as('two'), session: one, sql: 'SELECT 1' })).toMatchObject({ code: 'NOT_FOUND' });
    const ran = server.history.filter(({ text }) => /^SELECT (?:name|salary) FROM /i.test(text)).slice(-16);
    for (const { text, user, role, tag } of ran) {
      const mine = /orders/i.test(text) ? { user: 'AGENT', session: one } : { user: 'AGENT_2', session: two };
      expect([user, (JSON.parse(tag) as { session: string }).session]).toEqual([mine.user, mine.session]);
      expect(roles).toContain(role);
    }
    expect(new Set(ran.map(({ user, role }) => `${user} ${role}`)).size).toBe(2);
    await Promise.all([gateway.close({ ...as('one'), session: one }), gateway.close({ ...as('two'), session: two })]);
    expect(left(server)).toMatchObject({ roles: [], granted: [] });
  });
});

describe('two sessions of one user', () => {
  it('share no temporary table', async () => {
    server.catalog.grant('OPS_WRITE', { privilege: 'CREATE TABLE', on: 'SCHEMA', name: 'ACME.OPS' });
    const never = new AbortController().signal;
    const [one, two] = await Promise.all([connector.open(grantFor(), never), connector.open(grantFor(), never)]);
    await drained(await one.run(statement('CREATE TEMPORARY TABLE SCRATCH AS SELECT 4711 AS X', 'ddl'), never));
    expect(await drained(await one.run(statement('SELECT X FROM SCRATCH'), never))).toEqual([[4711]]);
    await expect(two.run(statement('SELECT X FROM SCRATCH'), never).then(drained)).rejects.toMatchObject({
      code: 'ENGINE_REJECTED',
    });
    await Promise.all([one.close(), two.close()]);
  });
});

describe('afterwards', () => {
  it('the account has no session, no role and no grant of ours, and the record proves whole', async () => {
    await gateway.shutdown();
    await expect.poll(() => left(server)).toEqual(nothing);
    const verified = execFileSync(process.execPath, ['dist/cli/main.js', 'audit', 'verify', directory], {
      encoding: 'utf8',
    });
    expect(verified).toMatch(/ok|whole|intact/i);
  });

  it("the account's own history of the agents' queries and the record agree; a query that went past the gateway is named", () => {
    const history = join(directory, '..', `${basename(directory)}-history.jsonl`);
    const opened = new Set(
      lines()
        .split('\n')
        .filter((line) => line.includes('"event_code":"session.opened"'))
        .map((line) => /"correlation_uid":"([^"]+)"/.exec(line)?.[1]),
    );
    // The tests above also use the connector without a gateway, where nobody records a statement.
    const ours = server.history.filter(
      ({ user, tag }) =>
        user.startsWith('AGENT') && (tag === '' || opened.has((JSON.parse(tag) as { session?: string }).session)),
    );
    const rows = ours.map(rowOf);
    const reconciled = (all: readonly object[], ...users: readonly string[]): SpawnSyncReturns<string> => {
      writeFileSync(history, all.map((row) => `${JSON.stringify(row)}\n`).join(''));
      return spawnSync(
        process.execPath,
        [
          'dist/cli/main.js',
          'audit',
          'reconcile',
          directory,
          '--history',
          history,
          ...['AGENT', 'AGENT_2', ...users].flatMap((user) => ['--user', user]),
        ],
        { encoding: 'utf8' },
      );
    };
    expect(ours.filter(({ text }) => /^(USE|ALTER SESSION)/.test(text)).length).toBeGreaterThan(5);
    expect(reconciled(rows)).toMatchObject({ status: 0, stdout: expect.stringContaining('AGREE') as string });
    const rogue = {
      ...(rows[0] as Exported),
      QUERY_ID: 'rogue-1',
      QUERY_TAG: '',
      QUERY_TEXT: 'SELECT * FROM ACME.FINANCE.PAYROLL',
    };
    expect(reconciled([...rows, rogue])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('rogue-1') as string,
    });
    // What is sent under the tag of a known session is what was written down before, whole, once and in its order: each
    // of these is none of it.
    const session = rows.filter(
      ({ QUERY_TAG }) => QUERY_TAG === rows.find(({ QUERY_TEXT }) => QUERY_TEXT.startsWith('ALTER SESSION'))?.QUERY_TAG,
    );
    const direct = [
      'SHOW TERSE TABLES ->> SELECT * FROM PAYROLL',
      'DESC TABLE ORDERS ->> SELECT * FROM PAYROLL',
      'SHOW ROLES',
      'GRANT ROLE FINANCE_READ TO USER AGENT',
      'CREATE OR REPLACE ROLE X',
      'USE ROLE ACCOUNTADMIN',
      'SELECT CURRENT_USER(), (SELECT MAX(SALARY) FROM PAYROLL)',
      `${session[1]?.QUERY_TEXT}; SELECT 1`,
      `${session[0]?.QUERY_TEXT} ->> SELECT 1`,
      ...session.slice(0, 4).map(({ QUERY_TEXT }) => QUERY_TEXT),
    ];
    const later = new Date(Date.parse(session.at(-1)?.START_TIME ?? '') + 5_000).toISOString();
    const told = reconciled([
      ...rows,
      ...direct.map((text, index) => ({
        ...session[0],
        QUERY_ID: `direct-${index}!`,
        QUERY_TEXT: text,
        START_TIME: later,
      })),
    ]);
    expect([
      told.status,
      direct.map((_text, index) => index).filter((index) => !told.stdout.includes(`direct-${index}!`)),
    ]).toEqual([1, []]);
    const turned = rows.map((row) => (row.QUERY_ID === session[0]?.QUERY_ID ? { ...row, START_TIME: later } : row));
    expect(reconciled(turned)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(String(session[0]?.QUERY_ID)) as string,
    });
    // The role's own, by who makes it: as often as was written down.
    const roles = lines()
      .split('\n')
      .filter(
        (line) =>
          line.includes('"event_code":"grant.applied"') && opened.has(/"correlation_uid":"([^"]+)"/.exec(line)?.[1]),
      )
      .map((line) => /"role":"(SALLYPORT_[0-9A-F]{32})"/.exec(line)?.[1] ?? '?');
    const made = server.history
      .filter(
        ({ user, text }) =>
          user === 'GATE_USER' &&
          (/^SELECT|%'$/.test(text) ||
            roles.some((role) => text.includes(role.replace('_', String.raw`\\_`)) || text.includes(role))),
      )
      .map(rowOf);
    expect(made.filter(({ QUERY_TEXT }) => QUERY_TEXT.startsWith('GRANT')).length).toBe(roles.length * 2);
    expect(reconciled([...rows, ...made], 'GATE_USER')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('AGREE') as string,
    });
    const granting = made.find(({ QUERY_TEXT }) => QUERY_TEXT.startsWith('GRANT')) as Exported;
    for (const text of [
      granting.QUERY_TEXT,
      granting.QUERY_TEXT.replace('OPS', 'FINANCE'),
      'GRANT ROLE "FINANCE_READ" TO USER "AGENT"',
      "SHOW ROLES LIKE 'OPS%' ->> SELECT * FROM PAYROLL",
    ]) {
      expect(
        reconciled([...rows, ...made, { ...granting, QUERY_ID: 'granted-1', QUERY_TEXT: text }], 'GATE_USER').stdout,
      ).toContain('granted-1');
    }
    rmSync(history);
  });

  it('no key, token, bind or row value is in the record or in anything printed', () => {
    const secrets = [bind, rowValue, gateKey.privateKey.split('\n')[2] ?? '', 'eyJhbGciOiJSUzI1NiI'];
    const all = `${lines()}${printed.join('')}`;
    expect(lines()).toContain('grant.applied');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(10);
      expect(all).not.toContain(secret);
    }
  });
});
