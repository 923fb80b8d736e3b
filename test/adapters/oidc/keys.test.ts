import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { oidc, type OidcOptions } from '../../../src/adapters/oidc/index.js';
import type { IdentityProvider } from '../../../src/core/index.js';
import { audience, authenticate, claims, makeKey, serve, sign, signal, stillClock } from './issuer.js';

const [first, second] = [await makeKey('k1'), await makeKey('k2')];
const realFetch = globalThis.fetch;
const good = { principal: { id: 'idp:alice' } };

/** Waits for the issuer as long as it takes: how fast this machine is, is not the matter here. */
const fetching = (options: Pick<OidcOptions, 'issuer' | 'clock'>): IdentityProvider =>
  oidc({ audience, clock: stillClock(), fetchTimeoutMs: 30_000, ...options });

describe('keys fetched from the issuer', () => {
  it('are found by discovery and fetched once, however many ask at once', async () => {
    const idp = await serve(first);
    const provider = fetching({ issuer: idp.issuer });
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sign(idp.issuer, first, claims({ jti: `j${index}` }))),
    );
    for (const answer of await Promise.all(tokens.map((token) => authenticate(provider, token))))
      expect(answer).toMatchObject(good);
    expect(idp.fetches()).toBe(1);
  });

  it('are fetched anew for an unknown key, but not for every token that names one', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    expect(await authenticate(provider, await sign(idp.issuer, first))).toMatchObject(good);
    idp.keys = [first.public, second.public];
    clock.forward(31_000);
    expect(await authenticate(provider, await sign(idp.issuer, second))).toMatchObject(good);
    expect(idp.fetches()).toBe(2);
    for (let turn = 0; turn < 20; turn += 1) {
      expect(
        await authenticate(provider, await sign(idp.issuer, first, claims(), { kid: `made-up-${turn}` })),
      ).toMatchObject({ reason: 'token.key' });
    }
    expect(idp.fetches()).toBe(2);
  });

  it('that were rotated right after the first fetch are found at once, with one more fetch and no other', async () => {
    const idp = await serve(first);
    const provider = fetching({ issuer: idp.issuer });
    expect(await authenticate(provider, await sign(idp.issuer, first))).toMatchObject(good);
    idp.keys = [first.public, second.public];
    expect(await authenticate(provider, await sign(idp.issuer, second))).toMatchObject(good);
    const flood = await Promise.all(
      Array.from({ length: 50 }, (_, turn) => sign(idp.issuer, first, claims(), { kid: `made-up-${turn}` })),
    );
    for (const answer of await Promise.all(flood.map((token) => authenticate(provider, token))))
      expect(answer).toMatchObject({ reason: 'token.key' });
    expect(idp.fetches()).toBe(2);
  });

  it('that are fetched by age leave one fetch for an unknown key, and an issuer that fails is asked twice in half a minute at most', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    expect(await authenticate(provider, await sign(idp.issuer, first))).toMatchObject(good);
    idp.answer = 'error';
    clock.forward(301_000);
    const lasting = claims({ exp: (claims().exp ?? 0) + 7_200 });
    for (let turn = 0; turn < 20; turn += 1) {
      expect(
        await authenticate(provider, await sign(idp.issuer, second, lasting, { kid: `made-up-${turn}` })),
      ).toMatchObject({ reason: 'token.key' });
    }
    expect(idp.fetches()).toBeLessThanOrEqual(3);
  });

  it('that were withdrawn end the tokens they signed, also those verified before', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    const token = await sign(idp.issuer, first, claims({ exp: (claims().exp ?? 0) + 3_600 }));
    expect(await authenticate(provider, token)).toMatchObject(good);
    idp.keys = [second.public];
    clock.forward(599_000);
    expect(await authenticate(provider, token)).toMatchObject(good);
    clock.forward(2_000);
    expect(await authenticate(provider, token)).toMatchObject({ reason: 'token.key' });
  });

  it('are used on while the issuer is down, for an hour and no longer, with one try each half minute', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    const lasting = (): Promise<string> =>
      sign(idp.issuer, first, claims({ exp: (claims().exp ?? 0) + 7_200, jti: String(clock.now()) }));
    expect(await authenticate(provider, await lasting())).toMatchObject(good);
    idp.answer = 'error';
    clock.forward(601_000);
    for (let turn = 0; turn < 10; turn += 1) expect(await authenticate(provider, await lasting())).toMatchObject(good);
    expect(idp.fetches()).toBe(2);
    clock.forward(3_590_000);
    expect(await authenticate(provider, await lasting())).toMatchObject(good);
    clock.forward(40_000);
    await expect(authenticate(provider, await lasting())).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
      retryable: true,
    });
    idp.answer = 'keys';
    clock.forward(31_000);
    expect(await authenticate(provider, await lasting())).toMatchObject(good);
  });

  it.each(['error', 'huge', 'bomb', 'flood', 'redirect', 'garbage', 'other-issuer'] as const)(
    'that cannot be had (%s) make it say so',
    async (answer) => {
      const idp = await serve(first);
      idp.answer = answer;
      const provider = fetching({ issuer: idp.issuer });
      await expect(authenticate(provider, await sign(idp.issuer, first))).rejects.toMatchObject({
        code: 'IDENTITY_UNAVAILABLE',
      });
    },
  );

  it.each(['hang', 'drip'] as const)('that never come (%s) are not waited for without end', async (answer) => {
    const idp = await serve(first);
    idp.answer = answer;
    const provider = oidc({ issuer: idp.issuer, audience, clock: stillClock(), fetchTimeoutMs: 100 });
    await expect(authenticate(provider, await sign(idp.issuer, first))).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
      retryable: true,
    });
  });

  it('are asked for again soon while there are none, but not for every caller', async () => {
    const idp = await serve(first);
    idp.answer = 'error';
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    const token = await sign(idp.issuer, first);
    for (let turn = 0; turn < 5; turn += 1)
      await expect(authenticate(provider, token)).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
    expect(idp.fetches()).toBe(1);
    idp.answer = 'keys';
    clock.forward(2_001);
    expect(await authenticate(provider, token)).toMatchObject(good);
  });

  it('are not asked for again right after a try that took long', async () => {
    const idp = await serve(first);
    idp.answer = 'hold';
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    const token = await sign(idp.issuer, first);
    const slow = authenticate(provider, token);
    await expect.poll(idp.fetches).toBe(1);
    clock.forward(5_000);
    idp.answer = 'error';
    await expect(slow).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
    await expect(authenticate(provider, token)).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
    expect(idp.fetches()).toBe(1);
  });

  it('are fetched again in the background before they must be', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    const token = await sign(idp.issuer, first);
    expect(await authenticate(provider, token)).toMatchObject(good);
    clock.forward(301_000);
    expect(await authenticate(provider, token)).toMatchObject(good);
    await expect.poll(idp.fetches).toBe(2);
  });

  it('are not used when there are too many', async () => {
    const idp = await serve(first);
    const provider = fetching({ issuer: idp.issuer });
    idp.keys = Array.from({ length: 201 }, (_, index) => ({ ...first.public, kid: `k${index}` }));
    await expect(authenticate(provider, await sign(idp.issuer, first))).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
    });
  });

  it('that are good enough still serve at once while the issuer hangs', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    const token = await sign(idp.issuer, first, claims({ exp: (claims().exp ?? 0) + 3_600 }));
    expect(await authenticate(provider, token)).toMatchObject(good);
    idp.answer = 'error';
    clock.forward(601_000);
    expect(await authenticate(provider, token)).toMatchObject(good);
    idp.answer = 'hang';
    clock.forward(31_000);
    expect(await authenticate(provider, token)).toMatchObject(good);
  });

  it('that did not change leave what was verified known', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    const token = await sign(idp.issuer, first, claims({ exp: (claims().exp ?? 0) + 3_600 }));
    const before = await authenticate(provider, token);
    clock.forward(601_000);
    expect(await authenticate(provider, token)).toBe(before);
    expect(idp.fetches()).toBe(2);
    idp.keys = [first.public, second.public];
    clock.forward(601_000);
    const after = await authenticate(provider, token);
    expect(after).toEqual(before);
    expect(after).not.toBe(before);
  });

  it('of an issuer elsewhere are not sought on this machine', async () => {
    const idp = await serve(first);
    const issuer = 'https://idp.acme.example';
    // No server here can answer for an https name: only that first answer is played.
    vi.stubGlobal('fetch', async (url: URL, init: RequestInit) =>
      url.protocol === 'https:' ? Response.json({ issuer, jwks_uri: `${idp.issuer}/keys` }) : realFetch(url, init),
    );
    onTestFinished(() => void vi.unstubAllGlobals());
    await expect(
      authenticate(oidc({ issuer, audience, clock: stillClock() }), await sign(issuer, first)),
    ).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
    expect(idp.fetches()).toBe(0);
  });

  it('of an issuer are not asked for by a token of another', async () => {
    const idp = await serve(first);
    const provider = fetching({ issuer: idp.issuer });
    expect(await authenticate(provider, await sign('https://other.example', first))).toMatchObject({
      reason: 'token.iss',
    });
    expect(idp.fetches()).toBe(0);
  });

  it.each<[string, object]>([
    ['a secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'k1' }],
    ['a private key', { ...first.public, d: 'AAAA' }],
  ])('are not used when %s is among them', async (_name, key) => {
    const idp = await serve(first);
    idp.keys = [first.public, key];
    const provider = fetching({ issuer: idp.issuer });
    await expect(authenticate(provider, await sign(idp.issuer, first))).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
    });
  });

  it('for encryption sign nothing', async () => {
    const idp = await serve(first);
    idp.keys = [{ ...first.public, use: 'enc' }];
    const provider = fetching({ issuer: idp.issuer });
    expect(await authenticate(provider, await sign(idp.issuer, first))).toMatchObject({ reason: 'token.key' });
  });
});

describe('a token verified before', () => {
  it('ends when it runs out', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = fetching({ issuer: idp.issuer, clock });
    const token = await sign(idp.issuer, first);
    expect(await authenticate(provider, token)).toMatchObject(good);
    clock.forward(640_000);
    expect(await authenticate(provider, token)).toMatchObject({ reason: 'token.expired' });
  });

  it('is not another one with the same claims', async () => {
    const idp = await serve(first);
    const provider = fetching({ issuer: idp.issuer });
    const token = await sign(idp.issuer, first);
    expect(await authenticate(provider, token)).toMatchObject(good);
    const [header, payload] = token.split('.');
    expect(
      await authenticate(provider, `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`),
    ).toMatchObject({ reason: 'token.signature' });
    expect(await provider.authenticate({ scheme: 'basic', token }, signal)).toMatchObject({ reason: 'token.scheme' });
  });
});
