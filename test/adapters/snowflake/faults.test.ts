import { describe, expect, it, vi } from 'vitest';
import { AccessError, type EngineSession } from '../../../src/core/index.js';
import type { FaultRequest, Fault, SnowflakeServer } from '../../../src/snowflake-server/index.js';
import type { SnowflakeConnector } from '../../../src/adapters/snowflake/index.js';
import { turns } from '../../support/event-loop-turns.js';
import { account, connectorFor, drained, grantOf, left, nothing, statement } from './account.js';

const faults: Readonly<Record<string, Fault>> = {
  'answers 503': { status: 503 },
  'never answers': { silent: true },
  'resets the connection': { reset: true },
  'points elsewhere': { redirect: 'http://127.0.0.1:9/elsewhere' },
  'answers nonsense': { body: '<html>' },
  'answers half of it': { body: '{"success":true,"data":' },
  'answers too late': { delayMs: 2_500 },
};

/** Requests of one step. The first login is the admin's, the second the agent's. */
const says =
  (start: string) =>
  ({ sql = '' }: FaultRequest): boolean =>
    sql.startsWith(start);
const login =
  (nth: number) =>
  ({ path, before }: FaultRequest): boolean =>
    path === '/session/v1/login-request' && before >= nth;

const opening: Readonly<Record<string, (asked: FaultRequest) => boolean>> = {
  'the admin logs in': login(0),
  'the role is made': says('CREATE ROLE'),
  'it is given its rights': says('GRANT ROLE "OPS_'),
  'it is given to the user': says('GRANT ROLE "SALLYPORT_'),
  "the agent's user logs in": login(1),
  'the warehouse is used': says('USE WAREHOUSE'),
  'the schema is used': says('USE SCHEMA'),
  'the session is set': says('ALTER SESSION'),
  'it is read back': says('SELECT CURRENT_'),
  'other roles are put away': says('USE SECONDARY'),
};
const closing: Readonly<Record<string, (asked: FaultRequest) => boolean>> = {
  'the session ends': ({ path, method }) => path === '/session' && method === 'POST',
  'the role is taken': says('REVOKE'),
  'it is dropped': says('DROP ROLE'),
  'it is looked for': says("SHOW ROLES LIKE 'SALLYPORT\\\\_"),
};

/** Long enough for the driver to see an answer that says no, and to try once more. */
const patienceMs = 1_500;

interface Struck {
  readonly met: Promise<void>;
  readonly times: () => number;
}

/** The server does this to whatever is hit. */
function strike(server: SnowflakeServer, hit: (asked: FaultRequest) => boolean, fault: Fault): Struck {
  let times = 0;
  const met = new Promise<void>((resolve) => {
    server.fault((asked) => {
      if (!hit(asked)) return undefined;
      times += 1;
      resolve();
      return fault;
    });
  });
  return { met, times: () => times };
}

/**
 * Rejects with a code of ours after the fault was met: at the latest when it is aborted a while later, and then within
 * a few turns of the event loop, whatever the driver does.
 */
async function fails(work: (signal: AbortSignal) => Promise<unknown>, { met, times }: Struck): Promise<void> {
  const stop = new AbortController();
  const held = new Promise<string>((resolve) => {
    stop.signal.addEventListener(
      'abort',
      () => void turns(20).then(() => resolve('it was still held after the abort')),
      { once: true },
    );
  });
  let timer: NodeJS.Timeout | undefined;
  const patience = met.then(() => {
    timer = setTimeout(() => stop.abort(new AccessError('ENGINE_UNAVAILABLE', 'in time')), patienceMs);
  });
  const error: unknown = await Promise.race([
    work(stop.signal).then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
    held,
  ]);
  expect(times()).toBeGreaterThan(0);
  await patience;
  clearTimeout(timer);
  expect(AccessError.is(error), String(error)).toBe(true);
}

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 120_000, interval: 20 });

/** The reaper has done its work, and then the gateway leaves. */
async function gone(server: SnowflakeServer, connector: SnowflakeConnector): Promise<void> {
  await eventually(() => expect(left(server)).toMatchObject({ roles: [], granted: [] }));
  await connector.close?.();
  await eventually(() => expect(left(server)).toEqual(nothing));
}

async function each(
  steps: typeof opening,
  check: (server: SnowflakeServer, hit: (asked: FaultRequest) => boolean) => Promise<void>,
): Promise<void> {
  await Promise.all(
    Object.entries(steps).map(async ([name, hit]) => {
      const server = await account();
      server.catalog.changeUser('AGENT', { defaultSecondaryRoles: 'ALL' });
      try {
        await check(server, hit);
      } catch (error) {
        throw new Error(`when ${name}: ${String(error)}`, { cause: error });
      } finally {
        await server.close();
      }
    }),
  );
}

const reaping = (server: SnowflakeServer) => connectorFor(server, { reapEveryMs: 1_000 });

describe.each(Object.entries(faults))('a server that %s', { timeout: 300_000 }, (_name, fault) => {
  it('leaves nothing of a session that could not be opened', () =>
    each(opening, async (server, hit) => {
      const connector = reaping(server);
      await connector.start?.(async () => undefined, []);
      const struck = strike(server, hit, fault);
      await fails((signal) => connector.open(grantOf(), signal), struck);
      server.fault(undefined);
      await eventually(() => expect(left(server)).toMatchObject({ roles: [], granted: [] }));
      const session = await connector.open(grantOf(), new AbortController().signal);
      // Whether the log-out was confirmed in time is the machine's affair; that nothing is left is not.
      await session.close().catch(() => undefined);
      await gone(server, connector);
    }));

  it('ends a statement with a fault of ours, and the session is of use or says that it is not', async () => {
    const server = await account();
    const connector = reaping(server);
    const session = await connector.open(grantOf(), new AbortController().signal);
    const struck = strike(server, ({ sql }) => sql === 'SELECT ID FROM CUSTOMERS', fault);
    await fails(async (signal) => drained(await session.run(statement('SELECT ID FROM CUSTOMERS'), signal)), struck);
    server.fault(undefined);
    await usable(session);
    await session.close().catch(() => undefined);
    await gone(server, connector);
    await server.close();
  });

  it('leaves nothing of a session that could not be closed, when it is well again', () =>
    each(closing, async (server, hit) => {
      const connector = reaping(server);
      await connector.start?.(async () => undefined, []);
      const session = await connector.open(grantOf(), new AbortController().signal);
      const { met } = strike(server, hit, fault);
      const closed = session.close().catch(() => undefined);
      await met;
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
      server.fault(undefined);
      await gone(server, connector);
    }));
});

async function usable(session: EngineSession): Promise<void> {
  const outcome = await session
    .run(statement('SELECT ID FROM CUSTOMERS'), new AbortController().signal)
    .then(drained, (error: unknown) => error);
  if (Array.isArray(outcome)) expect(outcome).toHaveLength(3);
  else expect(outcome).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
}

describe('an answer under another role', () => {
  it('ends the session at once, whatever it answers', async () => {
    const server = await account();
    const connector = connectorFor(server);
    const session = await connector.open(grantOf(), new AbortController().signal);
    server.fault(() => ({ role: 'FINANCE_READ' }));
    await expect(
      session.run(statement('SELECT ID FROM CUSTOMERS'), new AbortController().signal),
    ).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE', detail: { step: 'drift' } });
    await session.lost;
    await expect(
      session.run(statement('SELECT ID FROM CUSTOMERS'), new AbortController().signal),
    ).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    server.fault(undefined);
    await session.close().catch(() => undefined);
    await gone(server, connector);
    await server.close();
  });
});
