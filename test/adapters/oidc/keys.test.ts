import { describe, expect, it } from 'vitest';
import { oidc } from '../../../src/adapters/oidc/index.js';
import { audience, authenticate, claims, makeKey, serve, sign, signal, stillClock } from './issuer.js';

const [first, second] = [await makeKey('k1'), await makeKey('k2')];
const good = { principal: { id: 'idp:alice' } };

describe('keys fetched from the issuer', () => {
  it('are found by discovery and fetched once, however many ask at once', async () => {
    const idp = await serve(first);
    const provider = oidc({ issuer: idp.issuer, audience, clock: stillClock() });
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, index) => sign(idp.issuer, first, claims({ jti: `j${index}` }))));
    for (const answer of await Promise.all(tokens.map((token) => authenticate(provider, token)))) expect(answer).toMatchObject(good);
    expect(idp.fetches()).toBe(1);
  });

  it('are fetched anew for an unknown key, but not for every token that names one', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = oidc({ issuer: idp.issuer, audience, clock });
    expect(await authenticate(provider, await sign(idp.issuer, first))).toMatchObject(good);
    idp.keys = [first.public, second.public];
    clock.forward(31_000);
    expect(await authenticate(provider, await sign(idp.issuer, second))).toMatchObject(good);
    expect(idp.fetches()).toBe(2);
    for (let turn = 0; turn < 20; turn += 1) {
      expect(await authenticate(provider, await sign(idp.issuer, first, claims(), { kid: `made-up-${turn}` }))).toMatchObject({ reason: 'token.key' });
    }
    expect(idp.fetches()).toBe(2);
  });

  it('that were withdrawn end the tokens they signed, also those verified before', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = oidc({ issuer: idp.issuer, audience, clock });
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
    const provider = oidc({ issuer: idp.issuer, audience, clock });
    const lasting = (): Promise<string> => sign(idp.issuer, first, claims({ exp: (claims().exp ?? 0) + 7_200, jti: String(clock.now()) }));
    expect(await authenticate(provider, await lasting())).toMatchObject(good);
    idp.answer = 'error';
    clock.forward(601_000);
    for (let turn = 0; turn < 10; turn += 1) expect(await authenticate(provider, await lasting())).toMatchObject(good);
    expect(idp.fetches()).toBe(2);
    clock.forward(3_590_000);
    expect(await authenticate(provider, await lasting())).toMatchObject(good);
    clock.forward(40_000);
    await expect(authenticate(provider, await lasting())).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE', retryable: true });
    idp.answer = 'keys';
    clock.forward(31_000);
    expect(await authenticate(provider, await lasting())).toMatchObject(good);
  });

  it.each(['error', 'huge', 'redirect', 'garbage', 'other-issuer'] as const)('that cannot be had (%s) make it say so', async (answer) => {
    const idp = await serve(first);
    idp.answer = answer;
    const provider = oidc({ issuer: idp.issuer, audience, clock: stillClock() });
    await expect(authenticate(provider, await sign(idp.issuer, first))).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
  });

  it.each<[string, object]>([['a secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'k1' }], ['a private key', { ...first.public, d: 'AAAA' }]])('are not used when %s is among them', async (_name, key) => {
    const idp = await serve(first);
    idp.keys = [first.public, key];
    const provider = oidc({ issuer: idp.issuer, audience, clock: stillClock() });
    await expect(authenticate(provider, await sign(idp.issuer, first))).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
  });

  it('for encryption sign nothing', async () => {
    const idp = await serve(first);
    idp.keys = [{ ...first.public, use: 'enc' }];
    const provider = oidc({ issuer: idp.issuer, audience, clock: stillClock() });
    expect(await authenticate(provider, await sign(idp.issuer, first))).toMatchObject({ reason: 'token.key' });
  });
});

describe('a token verified before', () => {
  it('ends when it runs out', async () => {
    const idp = await serve(first);
    const clock = stillClock();
    const provider = oidc({ issuer: idp.issuer, audience, clock });
    const token = await sign(idp.issuer, first);
    expect(await authenticate(provider, token)).toMatchObject(good);
    clock.forward(640_000);
    expect(await authenticate(provider, token)).toMatchObject({ reason: 'token.expired' });
  });

  it('is not another one with the same claims', async () => {
    const idp = await serve(first);
    const provider = oidc({ issuer: idp.issuer, audience, clock: stillClock() });
    const token = await sign(idp.issuer, first);
    expect(await authenticate(provider, token)).toMatchObject(good);
    const [header, payload] = token.split('.');
    expect(await authenticate(provider, `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`)).toMatchObject({ reason: 'token.signature' });
    expect(await provider.authenticate({ scheme: 'basic', token }, signal)).toMatchObject({ reason: 'token.scheme' });
  });
});
