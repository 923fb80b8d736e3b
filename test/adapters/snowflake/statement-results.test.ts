import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memoryAudit, memoryIdentity, memoryPolicy } from '../../../src/adapters/memory/index.js';
import { requireStatementType } from '../../../src/adapters/snowflake/statement-type.js';
import { snowflakeSql } from '../../../src/adapters/snowflake-sql/index.js';
import {
  AccessError,
  buildGateway,
  type EngineSession,
  type Gateway,
  type StatementKind,
} from '../../../src/core/index.js';
import type { Fault, SnowflakeServer } from '../../../src/snowflake-server/index.js';
import type { SnowflakeConnector } from '../../../src/adapters/snowflake/index.js';
import { account, connectorFor, drained, grantOf, statement } from './account.js';

let server: SnowflakeServer;
let connector: SnowflakeConnector;
beforeAll(async () => {
  server = await account();
  connector = connectorFor(server);
});
afterEach(() => server.fault(undefined));
afterAll(async () => {
  await connector.close?.();
  await server.close();
});

const never = new AbortController().signal;
const update = "UPDATE CUSTOMERS SET CUSTOMER = 'Zoe' WHERE ID = 1";
const isUpdate = ({ sql }: { readonly sql?: string }): boolean => sql?.startsWith('UPDATE') === true;

async function inSession<T>(use: (session: EngineSession) => Promise<T>): Promise<T> {
  const session = await connector.open(grantOf('write'), never);
  try {
    return await use(session);
  } finally {
    server.fault(undefined);
    await session.close().catch(() => undefined);
  }
}

/** How often it was run, by the account's own account. */
function runs(sql: string): number {
  return server.history.filter(
    ({ text, error, endedAt }) => text === sql && error === undefined && endedAt !== undefined,
  ).length;
}

async function fate(session: EngineSession, sql = update, signal = never): Promise<unknown> {
  return session.run(statement(sql, 'write'), signal).then(
    ({ affected }) => ({ affected }),
    (error: unknown) => error,
  );
}

describe('the type of statement that an answer names', () => {
  it.each<[StatementKind, string, number | undefined, boolean]>([
    ['read', 'SELECT', 0x1000, true],
    ['read', 'SELECT', 0x3300, false],
    ['read', 'SELECT', 0x6000, false],
    ['read', 'SELECT', undefined, false],
    ['read', 'SELECT', 0, false],
    ['read', 'SELECT', 0xa000, false],
    ['write', 'INSERT', 0x3100, true],
    ['write', 'INSERT', 0x3500, true],
    ['write', 'INSERT', 0x3300, false],
    ['write', 'DELETE', 0x3300, true],
    ['write', 'DELETE', 0x1000, false],
    ['write', 'MERGE', 0x3400, true],
    ['write', 'TRUNCATE', 0x6000, true],
    ['write', 'UPDATE', 0x3600, false],
    ['write', 'UPDATE', 0x6000, false],
    ['metadata', 'SHOW', 0x4400, true],
    ['metadata', 'EXPLAIN', 0x1000, true],
    ['metadata', 'SHOW', 0x4100, false],
    ['metadata', 'SHOW', 0x3100, false],
    ['metadata', 'SHOW', 0x4301, false],
    ['ddl', 'CREATE TABLE', 0x6001, true],
    ['ddl', 'CREATE TABLE', 0x3100, false],
    ['dcl', 'GRANT', 0x6000, false],
  ])('of a %s, %s: %s fits: %s', (kind, operation, id, fits) => {
    const check = (): void => requireStatementType({ kind, operation }, id);
    if (fits) expect(check).not.toThrow();
    else
      expect(check).toThrow(
        expect.objectContaining({
          code: 'ENGINE_DISAGREES',
          detail: expect.objectContaining({ reason: 'kind', expected: operation }),
        }),
      );
  });

  it('that is not the analysed one releases no row, and ends the session', async () => {
    for (const [id, found] of [
      [0x3300, 'DELETE (13056)'],
      [0, 'unknown (0)'],
    ] as const) {
      const session = await connector.open(grantOf(), never);
      server.fault(({ sql }) => (sql === 'SELECT ID FROM CUSTOMERS' ? { statementTypeId: id } : undefined));
      await expect(session.run(statement('SELECT ID FROM CUSTOMERS'), never)).rejects.toMatchObject({
        code: 'ENGINE_DISAGREES',
        detail: { reason: 'kind', expected: 'read', found },
      });
      await session.lost;
      await expect(session.run(statement('SELECT ID FROM CUSTOMERS'), never)).rejects.toMatchObject({
        code: 'ENGINE_UNAVAILABLE',
      });
      server.fault(undefined);
      await session.close().catch(() => undefined);
    }
  });

  it.each<[string, Fault, string, object]>([
    [
      'of another type',
      { statementTypeId: 0x3300 },
      'engine.disagrees',
      { reason: 'kind', expected: 'SELECT', found: 'DELETE (13056)' },
    ],
    ['under another role', { role: 'FINANCE_READ' }, 'statement.failed', { code: 'ENGINE_UNAVAILABLE', step: 'drift' }],
  ])(
    'and an answer %s are told to the record and the caller, and there is no session any more',
    async (_name, fault, told, data) => {
      const audit = memoryAudit();
      const gateway: Gateway = await buildGateway({
        connections: { warehouse: connectorFor(server) },
        identity: memoryIdentity({ token: { subject: 'agent' } }),
        audit,
        analyzer: snowflakeSql({ timeoutMs: 30_000 }),
        policy: memoryPolicy([{ id: 'everything', subject: '*', connection: 'warehouse', object: '*', action: '*' }]),
      });
      const credential = { scheme: 'bearer', token: 'token' };
      const opened = await gateway.open({
        credential,
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'read',
        ttlMs: 60_000,
        reason: 'a test',
      });
      if (opened.status !== 'completed') throw new Error(opened.status);
      const session = opened.value.id;
      server.fault(({ sql }) => (sql?.includes('CUSTOMERS') === true ? fault : undefined));
      const outcome = await gateway.run({ credential, session, sql: 'SELECT ID FROM CUSTOMERS' });
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: told === 'engine.disagrees' ? 'ENGINE_DISAGREES' : 'ENGINE_UNAVAILABLE' },
      });
      server.fault(undefined);
      await expect.poll(() => audit.events.map(({ code }) => code)).toContain('session.closed');
      expect(audit.events.filter(({ code }) => code === told)).toMatchObject([{ data }]);
      expect(await gateway.run({ credential, session, sql: 'SELECT ID FROM CUSTOMERS' })).toMatchObject({
        status: 'denied',
        code: 'SESSION_CLOSED',
      });
      await gateway.shutdown();
    },
  );
});

describe('a change', () => {
  it('of which the answer is lost once is made once, and told: the request is sent again under its id', async () => {
    await inSession(async (session) => {
      let lost = 0;
      server.fault((asked) => (isUpdate(asked) && (lost += 1) === 1 ? { answerLost: true } : undefined));
      const before = runs(update);
      expect(await fate(session)).toEqual({ affected: 1 });
      expect([runs(update) - before, lost]).toEqual([1, 2]);
    });
  }, 60_000);

  it.each<[string, Fault]>([
    ['lost', { answerLost: true }],
    ['cut', { cut: true }],
    ['never given', { silent: true }],
    ['a 503', { status: 503 }],
  ])(
    'of which the answer stays %s is not told as without effect',
    async (_name, fault) => {
      await inSession(async (session) => {
        server.fault((asked) => (isUpdate(asked) ? fault : undefined));
        const stop = new AbortController();
        setTimeout(() => stop.abort(new AccessError('SESSION_EXPIRED')), 500);
        const end = await fate(session, update, stop.signal);
        expect(end).toMatchObject({ code: expect.stringMatching(/^(?:ENGINE_UNAVAILABLE|SESSION_EXPIRED)$/) });
        expect((end as AccessError).detail['effect']).toBeUndefined();
      });
    },
    60_000,
  );

  it('that is cancelled at the engine was undone, and is told so', async () => {
    await inSession(async (session) => {
      const slow =
        'UPDATE CUSTOMERS SET CUSTOMER = (SELECT max(a.NAME) FROM ORDERS a, ORDERS b, ORDERS c WHERE a.ID + b.ID + c.ID = -1)';
      const stop = new AbortController();
      setTimeout(() => stop.abort(new AccessError('SESSION_EXPIRED')), 300);
      expect(await fate(session, slow, stop.signal)).toMatchObject({
        code: 'SESSION_EXPIRED',
        detail: { effect: 'none' },
      });
      expect(
        await drained(await session.run(statement('SELECT count(*) FROM CUSTOMERS WHERE CUSTOMER IS NULL'), never)),
      ).toEqual([[1]]);
    });
  }, 60_000);

  it('that is done when the cancel comes is told as done', async () => {
    await inSession(async (session) => {
      server.fault((asked) => (isUpdate(asked) ? { delayMs: 0 } : undefined));
      for (const ms of [0, 1, 2, 5, 10, 20, 40]) {
        const stop = new AbortController();
        setTimeout(() => stop.abort(new AccessError('SESSION_EXPIRED')), ms);
        const before = runs(update);
        const end = await fate(session, update, stop.signal);
        if (runs(update) > before) expect(end).toEqual({ affected: 1 });
        else expect(end).toMatchObject({ code: 'SESSION_EXPIRED', detail: { effect: 'none' } });
      }
    });
  }, 60_000);

  it('that was never sent is told so: the session was closed, the caller had gone, the connection was lost before its turn', async () => {
    const session = await connector.open(grantOf('write'), never);
    expect(await fate(session, update, AbortSignal.abort(new AccessError('SESSION_EXPIRED')))).toMatchObject({
      code: 'SESSION_EXPIRED',
      detail: { effect: 'none' },
    });
    let asked = false;
    server.fault(({ sql, path }) => {
      asked ||= sql === 'SELECT ID FROM CUSTOMERS';
      return sql === 'SELECT ID FROM CUSTOMERS' || path.includes('abort') ? { silent: true } : undefined;
    });
    const before = server.history.length;
    const stop = new AbortController();
    const [first, second] = [
      session.run(statement('SELECT ID FROM CUSTOMERS'), stop.signal).catch((error: unknown) => error),
      fate(session),
    ];
    await expect.poll(() => asked).toBe(true);
    stop.abort(new AccessError('ABORTED'));
    expect(await Promise.all([first, second])).toMatchObject([
      { code: 'ABORTED' },
      { code: 'ENGINE_UNAVAILABLE', detail: { effect: 'none' } },
    ]);
    expect(server.history.slice(before).map(({ text }) => text)).not.toContain(update);
    server.fault(undefined);
    await session.close().catch(() => undefined);
    expect(await fate(session)).toMatchObject({ code: 'SESSION_CLOSED', detail: { effect: 'none' } });
  }, 60_000);

  it('whose row cannot be read is made all the same', async () => {
    await inSession(async (session) => {
      const role = [...server.catalog.roles.keys()].findLast((name) => name.startsWith('SALLYPORT_'));
      const rowtype = [
        { name: 'number of rows updated', type: 'boolean', precision: null, scale: null, length: null, nullable: true },
      ];
      const data = {
        queryId: 'q',
        rowtype,
        rowset: [['maybe']],
        total: 1,
        returned: 1,
        parameters: [],
        version: 1,
        queryResultFormat: 'json',
        statementTypeId: 0x3200,
        finalDatabaseName: 'ACME',
        finalSchemaName: 'OPS',
        finalRoleName: role,
      };
      server.fault((asked) =>
        isUpdate(asked) ? { body: JSON.stringify({ success: true, code: null, message: null, data }) } : undefined,
      );
      expect(await fate(session)).toEqual({ affected: undefined });
    });
  });
});
