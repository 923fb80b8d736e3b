import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { oidc } from '../../../src/adapters/oidc/index.js';
import { memoryAnalyzer, memoryAudit, memoryEngine, memoryPolicy } from '../../../src/adapters/memory/index.js';
import { buildGateway, type IdentityProvider, type Parts } from '../../../src/core/index.js';
import { audience, authenticate, makeKey, serve, sign, stillClock } from './issuer.js';

const key = await makeKey('k1');
const signal = new AbortController().signal;
/** Nothing listens there any more. */
const nowhere = await new Promise<string>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(`http://127.0.0.1:${port}`));
  });
});

const startWith = (identity: IdentityProvider, more: Partial<Parts> = {}) =>
  buildGateway({
    identity,
    connections: { warehouse: memoryEngine([{ database: 'A', schema: 'B' }], () => ({ columns: [], rows: [] })) },
    policy: memoryPolicy([]),
    analyzer: memoryAnalyzer(),
    audit: memoryAudit(),
    ...more,
  });

describe('the check of an identity provider', () => {
  it('fetches the keys, which the first token then finds there', async () => {
    const idp = await serve(key);
    const provider = oidc({ issuer: idp.issuer, audience, clock: stillClock() });
    await provider.check?.(signal);
    expect(idp.fetches()).toBe(1);
    expect(await authenticate(provider, await sign(idp.issuer, key))).toMatchObject({ principal: { id: 'idp:alice' } });
    expect(idp.fetches()).toBe(1);
  });

  it('asks nobody where the keys are given', async () => {
    await oidc({ issuer: nowhere, audience, keys: { keys: [key.public] } }).check?.(signal);
  });

  it('names an issuer that cannot be reached, with the cause', async () => {
    await expect(oidc({ issuer: nowhere, audience }).check?.(signal)).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
      message: `the keys of ${nowhere} cannot be fetched: ECONNREFUSED`,
      cause: { cause: { message: 'fetch failed' } },
    });
    await expect(oidc({ issuer: 'https://idp.invalid', audience }).check?.(signal)).rejects.toThrow(
      /^the keys of https:\/\/idp\.invalid cannot be fetched: (?:ENOTFOUND|EAI_AGAIN)$/,
    );
    const idp = await serve(key);
    await expect(oidc({ issuer: `${idp.issuer}/other`, audience }).check?.(signal)).rejects.toThrow(
      /cannot be fetched: the discovery document is of another issuer$/,
    );
  });

  it('names every issuer of several that fails, and one that publishes no key', async () => {
    const [good, empty] = [await serve(key), await serve(key)];
    empty.keys = [];
    const other = 'http://127.0.0.1:10';
    const provider = oidc([
      { issuer: good.issuer, audience },
      { issuer: nowhere, audience, name: 'two' },
      { issuer: other, audience, name: 'three' },
      { issuer: empty.issuer, audience, name: 'four' },
    ]);
    const error: unknown = await provider.check?.(signal).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toBe(
      `the keys of ${nowhere} cannot be fetched: ECONNREFUSED; the keys of ${other} cannot be fetched: ECONNREFUSED; ${empty.issuer} publishes no key for signatures`,
    );
  });

  it('stops the start, unless parts are not tried', async () => {
    const provider = (): IdentityProvider => oidc({ issuer: nowhere, audience });
    await expect(startWith(provider())).rejects.toThrow(
      `the gateway cannot start: identity: the keys of ${nowhere} cannot be fetched: ECONNREFUSED (IDENTITY_UNAVAILABLE)`,
    );
    await (await startWith(provider(), { startCheck: false })).shutdown();
  });
});
