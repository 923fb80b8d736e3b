import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { duckdb } from '../../../src/adapters/duckdb/index.js';
import { memoryAnalyzer, memoryAudit, memoryIdentity, memoryPolicy } from '../../../src/adapters/memory/index.js';
import { buildGateway, type AccessError, type Connector, type Parts } from '../../../src/core/index.js';
import { grantOf } from './subject.js';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-duckdb-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const signal = new AbortController().signal;

const gatewayOver = (warehouse: Connector, more: Partial<Parts> = {}) =>
  buildGateway({
    connections: { warehouse },
    identity: memoryIdentity({ t: { subject: 'a' } }),
    analyzer: { ...memoryAnalyzer(), dialects: ['duckdb'] },
    audit: memoryAudit(),
    policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]),
    ...more,
  });

const wrong: readonly [string, Parameters<typeof duckdb>[0], RegExp, RegExp][] = [
  [
    'a file in a folder that is not there',
    { path: '/nope/x.duckdb', schemas: ['ACME.OPS'] },
    /step attach/,
    /IO Error: .*\/nope\/x\.duckdb/,
  ],
  [
    'a setup that is no SQL',
    { schemas: ['ACME.OPS'], setup: ['SELECT 1', 'SELCT 2'] },
    /step setup, statement 2/,
    /Parser Error: .*SELCT/,
  ],
  [
    'a setup on what is not there',
    { schemas: ['ACME.OPS'], setup: ['INSERT INTO NOWHERE VALUES (1)'] },
    /step setup, statement 1/,
    /Catalog Error: .*NOWHERE/,
  ],
  [
    'a file that is no database',
    { path: join(import.meta.dirname, 'start.test.ts'), schemas: ['ACME.OPS'] },
    /step attach/,
    /IO Error/,
  ],
];

describe('a DuckDB that cannot be used stops the start', () => {
  it.each(wrong)('%s', async (_name, options, step, text) => {
    const error = await gatewayOver(duckdb(options)).catch((thrown: unknown) => thrown as AccessError);
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(
        /^the gateway cannot start: connections\.warehouse: .*ENGINE_UNAVAILABLE/,
      ) as string,
    });
    expect((error as AccessError).message).toMatch(step);
    const [fault] = ((error as AccessError).cause as AggregateError).errors as AccessError[];
    expect(fault).toMatchObject({
      cause: { code: 'ENGINE_UNAVAILABLE', cause: { message: expect.stringMatching(text) as string } },
    });
  });

  it.each(wrong)(
    'or is told as the cause at the first session, where parts are not tried: %s',
    async (_name, options, _step, text) => {
      const gateway = await gatewayOver(duckdb(options), { startCheck: false });
      const outcome = await gateway.open({
        credential: { scheme: 'bearer', token: 't' },
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'read',
        ttlMs: 60_000,
        reason: 'a test of the start',
      });
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: 'ENGINE_UNAVAILABLE', cause: { message: expect.stringMatching(text) as string } },
      });
      await gateway.shutdown();
    },
  );

  it('a name that DuckDB does not let in, and one of two connections', async () => {
    const bad = duckdb({ schemas: ['ACME.OPS'], setup: ['SET GLOBAL lock_configuration = true'] });
    await expect(gatewayOver(bad, { connections: { fine: duckdb({ schemas: ['ACME.OPS'] }), bad } })).rejects.toThrow(
      /^the gateway cannot start: connections\.bad: /,
    );
  });
});

describe('a start that fails leaves DuckDB closed', () => {
  it('lets go of the file, so that the next start gets it', async () => {
    const path = join(folder, 'acme.db');
    await expect(
      gatewayOver(duckdb({ path, schemas: ['ACME.OPS'] }), {
        policy: { ...memoryPolicy([]), check: () => Promise.reject(new Error('down')) },
      }),
    ).rejects.toThrow('policy');
    expect(existsSync(path)).toBe(true);
    const gateway = await gatewayOver(duckdb({ path, schemas: ['ACME.OPS'] }));
    await gateway.shutdown();
  });

  it('also while its setup is still running', async () => {
    const connector = duckdb({
      schemas: ['ACME.OPS'],
      setup: ['SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = -1'],
    });
    const before = performance.now();
    await expect(gatewayOver(connector, { startCheck: { timeoutMs: 200 } })).rejects.toThrow(
      'did not end within 200 ms',
    );
    expect(performance.now() - before).toBeLessThan(5_000);
    await expect(connector.open(grantOf(), signal)).rejects.toMatchObject({ detail: { step: 'closed' } });
  });
});

it.each([
  [['OPS'], 0, 'OPS'],
  [['ACME.OPS', 'a.b.c'], 1, 'a.b.c'],
])('duckdb({ schemas: %j }) names the option and the wanted form', (schemas, index, text) => {
  expect(() => duckdb({ schemas })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: `duckdb schemas[${index}] is "${text}", and a schema is written DATABASE.SCHEMA`,
    }),
  );
});
