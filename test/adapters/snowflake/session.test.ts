import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadDriver } from '../../../src/adapters/snowflake/driver/load-driver.js';
import type { SnowflakeConnector } from '../../../src/adapters/snowflake/index.js';
import { AccessError, type EngineSession } from '../../../src/core/index.js';
import type { FaultRequest, SnowflakeServer } from '../../../src/snowflake-server/index.js';
import { account, connectorFor, drained, grantOf, left, nothing, statement } from './account.js';

const never = new AbortController().signal;
let server: SnowflakeServer;
let connector: SnowflakeConnector;

beforeAll(async () => void (await loadDriver()), 120_000);
beforeEach(async () => {
  server = await account({ answerMs: 300 });
  connector = connectorFor(server);
});
afterEach(async () => {
  server.fault(undefined);
  await connector.close?.();
  expect(left(server)).toMatchObject({ roles: [], granted: [] });
  await expect.poll(() => left(server), { timeout: 20_000 }).toEqual(nothing);
  await server.close();
});

const open = (): Promise<EngineSession> => connector.open(grantOf(), never);

/** All that is asked from now on; nothing goes wrong. */
function watch(): FaultRequest[] {
  const all: FaultRequest[] = [];
  server.fault((asked) => {
    all.push(asked);
    return undefined;
  });
  return all;
}

/** One row of texts, as Snowflake answers a query with. */
function rowOf(names: readonly string[], row: readonly (string | null)[], more: object = {}): string {
  const rowtype = names.map((name) => ({
    name,
    type: 'text',
    precision: null,
    scale: null,
    length: 16,
    nullable: true,
  }));
  return JSON.stringify({
    success: true,
    code: null,
    message: null,
    data: {
      queryId: crypto.randomUUID(),
      rowtype,
      rowset: [row],
      total: 1,
      returned: 1,
      parameters: [],
      version: 1,
      queryResultFormat: 'json',
      ...more,
    },
  });
}

describe('opening', () => {
  const right = ['1', 'R', 'AGENT', '{"roles":"","value":""}', 'ACME', 'OPS'];

  it.each<[string, number, string | null]>([
    ['role', 1, 'FINANCE_READ'],
    ['role', 1, null],
    ['user', 2, 'SOMEBODY'],
    ['secondary_roles', 3, '{"roles":"FINANCE_READ","value":"ALL"}'],
    ['secondary_roles', 3, '{"roles":"FINANCE_READ","value":""}'],
    ['secondary_roles', 3, 'unreadable'],
    ['secondary_roles', 3, null],
    ['schema', 4, 'SHOP'],
    ['schema', 5, 'FINANCE'],
    ['schema', 5, null],
  ])(
    'is refused where the session reads back another %s: %i %s',
    async (differs, at, value) => {
      server.fault(({ sql }) => {
        if (sql?.startsWith('SELECT CURRENT_SESSION') !== true) return undefined;
        const role = [...server.catalog.roles.keys()].find((name) => name.startsWith('SALLYPORT_')) ?? '';
        const row = right.map((each) => (each === 'R' ? role : each)).with(at, value as string);
        return { body: rowOf(['A', 'B', 'C', 'D', 'E', 'F'], row) };
      });
      await expect(open()).rejects.toMatchObject({
        code: 'ENGINE_UNAVAILABLE',
        detail: { step: 'verification', differs },
      });
    },
    60_000,
  );

  it('of four at once, beside the reaper, takes one admin login', async () => {
    const logins = (): number => asked.filter(({ path }) => path === '/session/v1/login-request').length;
    const asked = watch();
    await connector.start?.(async () => undefined, []);
    const first = await Promise.all(Array.from({ length: 4 }, open));
    expect(logins()).toBe(4 + 1);
    await Promise.all(first.map((session) => session.close()));
    expect(server.sessions()).toBe(1);
  }, 60_000);

  it('says neither USE ROLE nor, without need, USE SECONDARY ROLES; and MULTI_STATEMENT_COUNT is 1 with everything that is sent', async () => {
    const asked = watch();
    const session = await open();
    await drained(await session.run(statement('SELECT ID FROM CUSTOMERS'), never));
    await session.close();
    const queries = asked.filter(({ sql }) => sql !== undefined);
    expect(queries.length).toBeGreaterThan(8);
    expect(queries.filter(({ parameters }) => parameters?.['MULTI_STATEMENT_COUNT'] !== 1)).toEqual([]);
    expect(queries.filter(({ sql = '' }) => /^USE (?:ROLE|SECONDARY)/.test(sql))).toEqual([]);
    expect(asked.filter(({ path }) => path === '/telemetry/send')).toEqual([]);
  }, 60_000);
});

describe('closing the connector', () => {
  it('ends an opening that is under way, and gives back what it had', async () => {
    server.fault(({ sql }) => (sql?.startsWith('USE WAREHOUSE') === true ? { silent: true } : undefined));
    const opening = open().then(
      () => 'opened',
      (error: unknown) => error,
    );
    await expect.poll(() => server.sessions(), { timeout: 20_000 }).toBe(2);
    const closed = connector.close?.();
    server.fault(undefined);
    expect(await opening).toMatchObject({ code: 'ENGINE_UNAVAILABLE', detail: { step: 'closed' } });
    await closed;
    expect(left(server)).toMatchObject({ roles: [], granted: [] });
    await expect(open()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE', detail: { step: 'closed' } });
  }, 60_000);
});

describe('a statement', () => {
  it('carries session, statement, trace, principal and actor in its query tag, and the time that is left', async () => {
    const asked = watch();
    const session = await open();
    const one = {
      ...statement('SELECT ID FROM CUSTOMERS'),
      context: { opentelemetry: { trace_id: '0af7651916cd43dd8448eb211c80319c' } },
      timeLeftMs: 41_500,
    };
    const { queryId } = await session.run(one, never);
    const row = server.history.find(({ text }) => text === 'SELECT ID FROM CUSTOMERS');
    expect(JSON.parse(row?.tag ?? '')).toEqual({
      app: 'sallyport',
      session: expect.any(String) as string,
      statement: one.id,
      trace: '0af7651916cd43dd8448eb211c80319c',
      principal: 'idp:alice',
      actor: 'idp:agent',
    });
    expect(row?.queryId).toBe(queryId);
    expect(asked.find(({ sql }) => sql === 'SELECT ID FROM CUSTOMERS')?.parameters).toMatchObject({
      STATEMENT_TIMEOUT_IN_SECONDS: 42,
    });
  }, 60_000);

  it('brings numbers beyond 2^53, times with their zone, columns of one name, JSON that is never run, and NULL as they are', async () => {
    const session = await open();
    const sql = `SELECT 9007199254740993::BIGINT AS A, -170141183460469231731687303715884105727::HUGEINT AS A, 0.10::DECIMAL(38, 2) AS A, NULL AS B, '{"n":12345678901234567890}'::JSON AS V, '{"a":[1,null]}'::JSON AS W, TIMESTAMPTZ '2026-11-27 10:00:00.5+00' AS T, TIMESTAMP '1969-12-31 23:59:59.25' AS N, true AS C, DATE '0001-01-01' AS D`;
    const execution = await session.run(statement(sql), never);
    expect(execution.columns.map(({ name }) => name)).toEqual(['A', 'A', 'A', 'B', 'V', 'W', 'T', 'N', 'C', 'D']);
    expect(await drained(execution)).toEqual([
      [
        '9007199254740993',
        '-170141183460469231731687303715884105727',
        '0.10',
        null,
        '{"n":12345678901234567890}',
        { a: [1, null] },
        '2026-11-27T10:00:00.500000000Z',
        '1969-12-31T23:59:59.250000000',
        true,
        '0001-01-01',
      ],
    ]);
  }, 60_000);

  it("goes on over a new token when the session's is over in the middle of it", async () => {
    const session = await open();
    const paths: string[] = [];
    let over = true;
    server.fault(({ path, sql }) => {
      paths.push(path);
      if (sql !== 'SELECT ID FROM CUSTOMERS' || !over) return undefined;
      over = false;
      return { expired: true };
    });
    expect(await drained(await session.run(statement('SELECT ID FROM CUSTOMERS'), never))).toHaveLength(3);
    expect(paths.filter((path) => path === '/session/token-request')).toHaveLength(1);
  }, 60_000);

  it('that takes longer than a request may is waited for, and its role is still compared', async () => {
    const session = await open();
    const asked = watch();
    expect(await drained(await session.run(statement('SELECT SYSTEM$WAIT(1)'), never))).toEqual([['waited 1 seconds']]);
    expect(asked.filter(({ path }) => /^\/queries\/[^/]+\/result$/.test(path)).length).toBeGreaterThan(0);
  }, 60_000);

  it('that is being waited for is cancelled by its query id', async () => {
    const session = await open();
    const stop = new AbortController();
    const asked = watch();
    const running = session
      .run(statement('SELECT SYSTEM$WAIT(60)'), stop.signal)
      .then(drained, (error: unknown) => error);
    await expect
      .poll(() => asked.filter(({ path }) => path.endsWith('/result')).length, { timeout: 20_000 })
      .toBeGreaterThan(0);
    stop.abort(new AccessError('ABORTED'));
    expect(await running).toMatchObject({ code: 'ABORTED' });
    await expect
      .poll(() => server.history.find(({ text }) => text === 'SELECT SYSTEM$WAIT(60)')?.error, { timeout: 20_000 })
      .toBe('000604');
    expect(asked.some(({ path }) => /^\/queries\/[0-9a-f-]{36}\/abort-request$/.test(path))).toBe(true);
    expect(await drained(await session.run(statement('SELECT ID FROM CUSTOMERS'), never))).toHaveLength(3);
  }, 60_000);

  it('that leaves the session in another schema ends it, whatever it answers', async () => {
    server.catalog.grant('OPS_READ', { privilege: 'USAGE', on: 'SCHEMA', name: 'ACME.FINANCE' });
    const session = await open();
    await expect(session.run(statement('USE SCHEMA ACME.FINANCE'), never)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      detail: { step: 'drift' },
    });
    await session.lost;
    await expect(session.run(statement('SELECT ID FROM CUSTOMERS'), never)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
    });
  }, 60_000);
});
