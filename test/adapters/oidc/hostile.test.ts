import { describe, expect, it } from 'vitest';
import { oidc } from '../../../src/adapters/oidc/index.js';
import type { Identity } from '../../../src/core/index.js';
import { audience, authenticate, claims, makeKey, now, sign, signText, withKeys } from './issuer.js';

const issuer = 'https://idp.acme.example';
const key = await makeKey('k1');
const provider = withKeys(issuer, [key]);
const payload = (members: string): string => JSON.stringify({ iss: issuer, ...claims() }).replace(/}$/, `,${members}}`);

describe('a hostile token', () => {
  it.each([
    ['far from its colon', `"sub"${' '.repeat(100)}:"bob"`],
    ['after an object', '"o":{"a":{"b":[{}]}},"sub":"bob"'],
    ['after a list of names', '"list":["sub","x"],"sub":"bob"'],
    ['with an escaped quote before', '"note":"\\\\\\"","sub":"bob"'],
    ['named __proto__', '"__proto__":1,"__proto__":2'],
    ['in a list', '"list":[{"a":1,"a":2}]'],
  ])('is refused when it repeats a member %s', async (_name, members) => {
    expect(await authenticate(provider, await signText(key, payload(members)))).toMatchObject({
      reason: 'token.repeated_member',
    });
  });

  it('is refused when its header repeats a member', async () => {
    const header = `{"alg":"ES256","kid":"k1","typ":"at+jwt","typ"${' '.repeat(100)}:"at+jwt"}`;
    expect(await authenticate(provider, await signText(key, payload('"x":1'), header))).toMatchObject({
      reason: 'token.repeated_member',
    });
  });

  it.each([
    ['half a character', '\\ud800'],
    ['a line separator', 'a\\u2028b'],
    ['a paragraph separator', 'a\\u2029b'],
    ['a right-to-left mark', 'a\\u202eb'],
    ['a null', 'a\\u0000b'],
  ])('names nobody with %s in it', async (_name, sub) => {
    const text = payload('"x":1').replace('"sub":"alice"', `"sub":"${sub}"`);
    expect(await authenticate(provider, await signText(key, text))).toMatchObject({ reason: 'token.sub' });
    const acting = payload(`"act":{"sub":"${sub}"}`);
    expect(await authenticate(provider, await signText(key, acting))).toMatchObject({ reason: 'token.act' });
  });

  it('bound to a key of its holder is no bearer token', async () => {
    expect(await authenticate(provider, await sign(issuer, key, claims({ cnf: { jkt: 'x' } })))).toMatchObject({
      reason: 'token.bound',
    });
  });

  it('of two clients is of none', async () => {
    expect(await authenticate(provider, await sign(issuer, key, claims({ azp: 'other' })))).toMatchObject({
      reason: 'token.client',
    });
    expect(await authenticate(provider, await sign(issuer, key, claims({ azp: 'agents' })))).toMatchObject({
      client: 'agents',
    });
  });

  it.each(['logout+jwt', 'secevent+jwt', 'dpop+jwt', 'oauth-authz-req+jwt', 7])(
    'of type %s is no access token, also where at+jwt is not asked for',
    async (typ) => {
      const text = JSON.stringify({ alg: 'ES256', kid: 'k1', typ });
      expect(
        await authenticate(withKeys(issuer, [key], { tokens: 'plain' }), await signText(key, payload('"x":1'), text)),
      ).toMatchObject({ reason: 'token.typ' });
    },
  );

  it('with a byte order mark is not JSON', async () => {
    expect(await authenticate(provider, await signText(key, `\uFEFF${payload('"x":1')}`))).toMatchObject({
      reason: 'token.malformed',
    });
  });

  it('is refused when it is long, however good', async () => {
    expect(await authenticate(provider, await sign(issuer, key, claims({ pad: 'x'.repeat(13_000) })))).toMatchObject({
      reason: 'token.too_long',
    });
  });

  it('is refused when it is no UTF-8', async () => {
    const [header, body, signature] = (await sign(issuer, key)).split('.') as [string, string, string];
    const broken = Buffer.from(body, 'base64url').toString('latin1').replace('alice', 'al\xffce');
    expect(
      await authenticate(provider, [header, Buffer.from(broken, 'latin1').toString('base64url'), signature].join('.')),
    ).toMatchObject({ reason: 'token.malformed' });
  });

  it('may be of a clock a little ahead, and no more', async () => {
    const at = now / 1_000;
    expect(await authenticate(provider, await sign(issuer, key, claims({ iat: at + 29 })))).toMatchObject({
      principal: { id: 'idp:alice' },
    });
    expect(await authenticate(provider, await sign(issuer, key, claims({ iat: at + 31 })))).toMatchObject({
      reason: 'token.iat',
    });
  });

  it('gives no id that cannot be written down', async () => {
    expect(await authenticate(provider, await sign(issuer, key, claims({ jti: 'a\nb' })))).not.toHaveProperty(
      'tokenId',
    );
  });

  it('may nest as deep as it is long', async () => {
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    expect(await authenticate(provider, await signText(key, payload(`"deep":${deep}`)))).toMatchObject({
      principal: { id: 'idp:alice' },
    });
  });
});

describe('what a token gives', () => {
  it('cannot be changed by whoever gets it first', async () => {
    const token = await sign(issuer, key, claims({ scope: 'a b', act: { sub: 'agent' } }));
    const identity = (await authenticate(provider, token)) as Identity;
    for (const part of [identity, identity.principal, identity.actor, identity.scopes])
      expect(Object.isFrozen(part)).toBe(true);
    expect(await authenticate(provider, token)).toMatchObject({
      principal: { id: 'idp:alice' },
      actor: { id: 'idp:agent' },
      scopes: ['a', 'b'],
    });
  });

  it('is read from the claims that were named', async () => {
    const other = withKeys(issuer, [key], {
      tokens: 'plain',
      claims: { client: 'cid', scope: 'scp', name: 'display' },
    });
    const { client_id: _, ...rest } = claims({
      cid: 'okta-client',
      scp: ['jit', 'extra'],
      display: 'Alice',
      scope: 'not this',
    });
    expect(await authenticate(other, await sign(issuer, key, rest, { typ: 'JWT' }))).toMatchObject({
      client: 'okta-client',
      scopes: ['jit', 'extra'],
      principal: { name: 'Alice' },
    });
    const { cid: _cid, ...nameless } = { ...rest };
    expect(
      await authenticate(other, await sign(issuer, key, { ...nameless, client_id: 'not this' }, { typ: 'JWT' })),
    ).not.toHaveProperty('client');
  });
});

describe('keys given by hand that cannot be used', () => {
  it.each<[string, unknown[]]>([
    ['none', []],
    ['null', [null]],
    ['text', ['x']],
    ['a secret', [{ kty: 'oct', k: 'x' }]],
    ['a private key', [{ ...key.public, d: 'AAAA' }]],
    ['encryption only', [{ ...key.public, use: 'enc' }]],
  ])('%s', (_name, keys) => {
    expect(() => oidc({ issuer, audience, keys: { keys: keys as Record<string, unknown>[] } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it.each(['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1'])(
    'but on this very machine an issuer is good enough for a trial: %s',
    (local) => {
      expect(() => oidc({ issuer: local, audience })).not.toThrow();
    },
  );

  it.each(['https://user:secret@idp.acme.example', 'https://idp.acme.example/?a=1', 'https://idp.acme.example/#x'])(
    'an issuer that is no plain URL: %s',
    (bad) => {
      expect(() => oidc({ issuer: bad, audience })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    },
  );
});
