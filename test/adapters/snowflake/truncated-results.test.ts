import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccessError, type EngineSession } from '../../../src/core/index.js';
import type { Fault, SnowflakeServer } from '../../../src/snowflake-server/index.js';
import type { SnowflakeConnector } from '../../../src/adapters/snowflake/index.js';
import { account, connectorFor, grantOf, statement } from './account.js';

const all = 25_000;
let server: SnowflakeServer;
let connector: SnowflakeConnector;
let session: EngineSession;

beforeAll(async () => {
  server = await account();
});
beforeEach(async () => {
  connector = connectorFor(server);
  session = await connector.open(grantOf(), new AbortController().signal);
});
afterEach(async () => {
  server.fault(undefined);
  await session.close().catch(() => undefined);
  await connector.close?.();
});
afterAll(() => server.close());

interface End {
  readonly rows: number;
  readonly error?: unknown;
}

/** Reads until it ends, one way or the other. */
async function read(signal: AbortSignal, each: (rows: number) => unknown = () => undefined): Promise<End> {
  let rows = 0;
  try {
    const { batches } = await session.run(statement('SELECT ID, NAME FROM ORDERS'), signal);
    for await (const batch of batches) {
      rows += batch.length;
      await each(rows);
    }
    return { rows };
  } catch (error) {
    return { rows, error };
  }
}

/** What is told as complete is complete. */
function expectHonest({ rows, error }: End): void {
  if (error === undefined) expect(rows).toBe(all);
  else expect(AccessError.is(error)).toBe(true);
}

const chunk = JSON.stringify(['1', 'name 1']);
const faults: Readonly<Record<string, Fault>> = {
  'has fewer rows than was said': { body: chunk },
  'has none': { body: '' },
  'ends in the middle of a row': { body: '["1","na' },
  'is something else': { body: '<html>' },
  'has rows of another width': { body: Array.from({ length: 10_000 }, () => '["1"]').join(',') },
  'has something else for rows': { body: Array.from({ length: 10_000 }, () => 'null').join(',') },
  'is cut on its way': { cut: true },
  'is refused': { status: 403 },
  'is lost': { reset: true },
  'never comes': { silent: true },
};

describe('a result of which a chunk', () => {
  it.each(Object.entries(faults))(
    '%s is never told as complete',
    async (_name, fault) => {
      server.fault(({ path }) => (path.startsWith('/chunks/') && path.endsWith('/1') ? fault : undefined));
      const end = await read(AbortSignal.any([AbortSignal.timeout(4_000)].map((signal) => asOurs(signal))));
      expectHonest(end);
      expect(end.error).toBeDefined();
    },
    60_000,
  );
});

/** Aborts with an error of ours, as the gateway does. */
function asOurs(signal: AbortSignal): AbortSignal {
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort(new AccessError('SESSION_EXPIRED')), { once: true });
  return stop.signal;
}

describe('a result that is ended while it is read', () => {
  it('by closing the session, is never told as complete', async () => {
    for (let round = 0; round < 12; round += 1) {
      let closing: Promise<unknown> | undefined;
      expectHonest(
        await read(new AbortController().signal, (rows) => {
          if (rows >= round * 2_000) closing ??= session.close().catch(() => undefined);
        }),
      );
      await closing;
      session = await connector.open(grantOf(), new AbortController().signal);
    }
  }, 60_000);

  it('by an abort, rejects with its reason', async () => {
    for (let round = 0; round < 12; round += 1) {
      const stop = new AbortController();
      const end = await read(stop.signal, (rows) => {
        if (rows >= round * 2_000) stop.abort(new AccessError('SESSION_REVOKED'));
      });
      expectHonest(end);
      if (end.rows < all) expect(end.error).toMatchObject({ code: 'SESSION_REVOKED' });
    }
  }, 60_000);

  it('by an answer that does not say how many rows there are, is never told as complete', async () => {
    const rowtype = [{ name: 'ID', type: 'fixed', precision: 38, scale: 0, length: null, nullable: true }];
    const data = {
      queryId: 'q',
      rowtype,
      rowset: [['1'], ['2']],
      parameters: [],
      version: 1,
      queryResultFormat: 'json',
      statementTypeId: 4_096,
      finalDatabaseName: 'ACME',
      finalSchemaName: 'OPS',
      finalRoleName: [...server.catalog.roles.keys()].find((name) => name.startsWith('SALLYPORT_')),
    };
    server.fault(({ sql }) =>
      sql?.startsWith('SELECT ID') === true
        ? { body: JSON.stringify({ success: true, code: null, message: null, data }) }
        : undefined,
    );
    const end = await read(new AbortController().signal);
    expect(end.error).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  });
});
