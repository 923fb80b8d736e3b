import { exportJWK, exportSPKI, importJWK, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { identityContract } from '../../../src/core/contract/index.js';
import { oidc } from '../../../src/adapters/oidc/index.js';
import { audience, authenticate, claims, makeKey, now, serve, sign, signText, withKeys } from './issuer.js';

const issuer = 'https://idp.acme.example';
const key = await makeKey('k1');
const rsa = await makeKey('r1', 'RS256');
const seconds = now / 1_000;
const without = (...names: string[]): JWTPayload =>
  Object.fromEntries(Object.entries(claims()).filter(([name]) => !names.includes(name)));
const denied = (reason: string): object => ({ status: 'denied', code: 'UNAUTHENTICATED', reason });

describe('oidc keeps the identity contract', async () => {
  const real = await makeKey('k1');
  const at = Math.floor(Date.now() / 1_000);
  const fresh = { ...claims(), iat: at, exp: at + 600 };
  const cases = identityContract({
    provider: async () => oidc({ issuer, audience, keys: { keys: [real.public] } }),
    good: {
      credential: { scheme: 'bearer', token: await sign(issuer, real, { ...fresh, act: { sub: 'orders-agent' } }) },
      principal: 'idp:alice',
      actor: 'idp:orders-agent',
    },
    bad: {
      'a token of another key': { scheme: 'bearer', token: await sign(issuer, key, fresh) },
      'a token that has run out': {
        scheme: 'bearer',
        token: await sign(issuer, real, { ...fresh, iat: at - 900, exp: at - 300 }),
      },
    },
  });
  it.each(cases)('$name', (each) => each.run());
});

describe('what a token must be (threats 3.1)', () => {
  const provider = withKeys(issuer, [key, rsa]);

  it('is let in when all is right', async () => {
    expect(await authenticate(provider, await sign(issuer, key))).toEqual({
      audience: ['https://api.acme.example/jit'],
      principal: { id: 'idp:alice', subject: 'alice', issuer },
      actor: { id: 'idp:alice', subject: 'alice', issuer },
      expiresAt: (seconds + 600) * 1_000,
      client: 'agents',
      tokenId: 'j-1',
    });
  });

  it.each<[string, JWTPayload, string]>([
    ['no exp', without('exp'), 'token.exp'],
    ['no iat', without('iat'), 'token.iat'],
    ['no sub', without('sub'), 'token.sub'],
    ['no aud', without('aud'), 'token.aud'],
    ['another issuer', claims({ iss: 'https://evil.example' }), 'token.iss'],
    ['an issuer with a slash more', claims({ iss: `${issuer}/` }), 'token.iss'],
    ['another audience', claims({ aud: 'https://api.acme.example/other' }), 'token.aud'],
    ['an audience beside ours', claims({ aud: ['x', audience] }), 'token.aud'],
    ['an empty audience list', claims({ aud: [] }), 'token.aud'],
    ['iat in the future', claims({ iat: seconds + 120 }), 'token.iat'],
    ['exp beyond all measure', claims({ exp: 1e300 }), 'token.lifetime'],
    ['a life longer than the cap', claims({ exp: seconds + 2 * 86_400 }), 'token.lifetime'],
    ['exp before iat', claims({ iat: seconds - 5, exp: seconds - 6 }), 'token.lifetime'],
    ['an exp that has passed', claims({ iat: seconds - 900, exp: seconds - 300 }), 'token.expired'],
    ['exp as text', claims({ exp: '9999999999' as never }), 'token.exp'],
    ['nbf in the future', claims({ nbf: seconds + 300 }), 'token.nbf'],
    ['an empty sub', claims({ sub: '' }), 'token.sub'],
    ['sub as a number', claims({ sub: 7 as never }), 'token.sub'],
    ['a sub with a line break', claims({ sub: 'alice\nbob' }), 'token.sub'],
    ['a sub with an invisible character', claims({ sub: 'ali\u200Bce' }), 'token.sub'],
    ['a sub of blanks', claims({ sub: ' ' }), 'token.sub'],
    ['a sub that is drawn as nothing', claims({ sub: '\u3164' }), 'token.sub'],
    ['a sub with a letter that is drawn as nothing', claims({ sub: 'ali\u3164ce' }), 'token.sub'],
    ['a huge sub', claims({ sub: 'a'.repeat(256) }), 'token.sub'],
    ['act as text', claims({ act: 'agent' }), 'token.act'],
    ['act without sub', claims({ act: {} }), 'token.act'],
    ['an actor of another issuer', claims({ act: { sub: 'a', iss: 'https://evil.example' } }), 'token.act'],
    ['a client that is no text', claims({ client_id: { a: 1 } }), 'token.client'],
    ['an empty client', claims({ client_id: '' }), 'token.client'],
    ['no client (RFC 9068 §2.2)', without('client_id'), 'token.not_for_access'],
    ['a scope and no client', { ...without('client_id'), scope: 'a b' }, 'token.not_for_access'],
  ])('is refused with %s', async (_name, payload, reason) => {
    expect(await authenticate(provider, await sign(issuer, key, payload))).toMatchObject(denied(reason));
  });

  it.each<[string, object, string]>([
    ['another typ: an ID token', { typ: 'JWT' }, 'token.typ'],
    ['no typ', { typ: undefined }, 'token.typ'],
    ['an unknown crit', { crit: ['x'], x: 1 }, 'token.malformed'],
    ['a payload that is not encoded', { b64: false }, 'token.malformed'],
    ['the same said to matter', { b64: false, crit: ['b64'] }, 'token.malformed'],
    ['a payload said to be encoded', { b64: true, crit: ['b64'] }, 'token.malformed'],
    ['an empty crit', { crit: [] }, 'token.malformed'],
    ['a crit that is no list', { crit: null }, 'token.malformed'],
    ['a crit of its own claims', { crit: ['exp'] }, 'token.malformed'],
    ['a token in it', { cty: 'JWT' }, 'token.malformed'],
    ['an access token in it', { cty: 'application/at+jwt' }, 'token.malformed'],
    ['a content of no type', { cty: 7 }, 'token.malformed'],
    ['a compressed payload', { zip: 'DEF' }, 'token.malformed'],
    ['an encrypted payload', { enc: 'A256GCM' }, 'token.malformed'],
    ['a key in its header', { jwk: key.public }, 'token.key_in_header'],
    ['an address of keys in its header', { jku: 'https://evil.example/keys' }, 'token.key_in_header'],
    ['a certificate in its header', { x5c: ['MII'] }, 'token.key_in_header'],
    ['an unknown key', { kid: 'k9' }, 'token.key'],
  ])('is refused with %s', async (_name, header, reason) => {
    const full = JSON.stringify({ alg: 'ES256', kid: 'k1', typ: 'at+jwt', ...header });
    expect(
      await authenticate(provider, await signText(key, JSON.stringify({ iss: issuer, ...claims() }), full)),
    ).toMatchObject(denied(reason));
  });

  it('is let in with the client in azp, in a claim that is named, and without jti', async () => {
    for (const [payload, options] of [
      [{ ...without('client_id'), azp: 'agents' }, {}],
      [{ ...without('client_id'), cid: 'agents' }, { claims: { client: 'cid' } }],
      [without('jti'), {}],
    ] as const) {
      expect(await authenticate(withKeys(issuer, [key], options), await sign(issuer, key, payload))).toMatchObject({
        principal: { id: 'idp:alice' },
        client: 'agents',
      });
    }
    expect(await authenticate(provider, await sign(issuer, key, claims(), { cty: 'json', extra: 1 }))).toMatchObject({
      client: 'agents',
    });
  });

  it('is refused with another algorithm on the same key', async () => {
    for (const [alg, algorithm] of [
      ['RS512', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }],
      ['PS256', { name: 'RSA-PSS', hash: 'SHA-256' }],
    ] as const) {
      const same = await crypto.subtle.importKey('jwk', await exportJWK(rsa.private), algorithm, false, ['sign']);
      const token = await new SignJWT({ iss: issuer, ...claims() })
        .setProtectedHeader({ alg, kid: 'r1', typ: 'at+jwt' })
        .sign(same);
      expect(await authenticate(provider, token)).toMatchObject(denied('token.algorithm'));
      expect(await authenticate(withKeys(issuer, [rsa], { algorithms: [alg] }), token)).toMatchObject({
        principal: { id: 'idp:alice' },
      });
    }
    expect(await authenticate(provider, await sign(issuer, rsa))).toMatchObject({ principal: { id: 'idp:alice' } });
  });

  it('is refused unsigned, and signed with the public key as a secret', async () => {
    expect(await authenticate(provider, `${new UnsecuredJWT({ iss: issuer, ...claims() }).encode()}x`)).toMatchObject(
      denied('token.algorithm'),
    );
    expect(await authenticate(provider, new UnsecuredJWT({ iss: issuer, ...claims() }).encode())).toMatchObject(
      denied('token.malformed'),
    );
    const pem = await exportSPKI((await importJWK(rsa.public, 'RS256', { extractable: true })) as CryptoKey);
    const token = await new SignJWT({ iss: issuer, ...claims() })
      .setProtectedHeader({ alg: 'HS256', kid: 'r1', typ: 'at+jwt' })
      .sign(new TextEncoder().encode(pem));
    expect(await authenticate(provider, token)).toMatchObject(denied('token.algorithm'));
  });

  it('is refused without kid where two keys fit', async () => {
    const two = withKeys(issuer, [key, await makeKey('k2')]);
    expect(await authenticate(two, await sign(issuer, key, claims(), { kid: undefined }))).toMatchObject(
      denied('token.key'),
    );
  });

  it.each([
    ['twice', '"sub":"alice","sub":"bob"'],
    ['twice, once escaped', '"sub":"alice","s\\u0075b":"bob"'],
    ['twice inside act', '"sub":"a","act":{"sub":"x","sub":"y"}'],
    ['twice with space before the colon', '"sub":"alice","sub" \n :"bob"'],
  ])('is refused when it names a member %s', async (_name, members) => {
    const text = JSON.stringify({ iss: issuer, ...without('sub') }).replace(/}$/, `,${members}}`);
    expect(await authenticate(provider, await signText(key, text))).toMatchObject(denied('token.repeated_member'));
  });

  it('may have text that only looks like a repeated member', async () => {
    const token = await sign(
      issuer,
      key,
      claims({ note: '"sub":"x","sub":"y"', list: ['sub', 'sub'], nested: { sub: 'inner' } }),
    );
    expect(await authenticate(provider, token)).toMatchObject({ principal: { id: 'idp:alice' } });
  });

  it('gives only the claims that are named: __proto__ and the like are left behind', async () => {
    const identity = await authenticate(
      provider,
      await signText(
        key,
        JSON.stringify({ iss: issuer, ...claims() }).replace(
          /}$/,
          ',"__proto__":{"admin":true},"roles":["admin"],"principal":"root"}',
        ),
      ),
    );
    expect(identity).toEqual(await authenticate(provider, await sign(issuer, key)));
    expect((identity as { admin?: unknown }).admin).toBeUndefined();
  });

  it.each([
    '',
    'a',
    'a.b',
    'a.b.c',
    '..',
    'a.b.c.d',
    `${'a'.repeat(20_000)}.b.c`,
    'é.é.é',
    'e30.e30.e30',
    'bnVsbA.bnVsbA.eA',
    'W10.W10.eA',
  ])('is refused when it is no token: %#', async (token) => {
    expect(await authenticate(provider, token)).toMatchObject({ status: 'denied', code: 'UNAUTHENTICATED' });
  });

  it('never comes back in an answer', async () => {
    const token = await sign(issuer, key, claims({ aud: 'x' }));
    expect(JSON.stringify(await authenticate(provider, token))).not.toContain(token.split('.')[1]);
  });
});

describe('who acts', () => {
  const provider = withKeys(issuer, [key], { name: 'acme' });
  it.each<[string, JWTPayload, string, string]>([
    ['the subject itself', claims(), 'acme:alice', 'acme:alice'],
    ['the actor', claims({ act: { sub: 'agent' } }), 'acme:alice', 'acme:agent'],
    [
      'the outermost actor of several',
      claims({ act: { sub: 'now', act: { sub: 'before' } } }),
      'acme:alice',
      'acme:now',
    ],
    ['an actor that names our issuer', claims({ act: { sub: 'agent', iss: issuer } }), 'acme:alice', 'acme:agent'],
    ['a subject that looks like a role', claims({ sub: 'role:admin' }), 'acme:role:admin', 'acme:role:admin'],
  ])('%s', async (_name, payload, principal, actor) => {
    expect(await authenticate(provider, await sign(issuer, key, payload))).toMatchObject({
      principal: { id: principal },
      actor: { id: actor },
    });
  });
});

describe('an issuer that cannot say at+jwt', () => {
  const provider = withKeys(issuer, [key], { tokens: 'plain' });
  it.each<[string, JWTPayload, boolean]>([
    ['a client', claims(), true],
    ['a scope', { ...without('client_id'), scope: 'a b' }, true],
    ['neither', without('client_id'), false],
    ['a nonce: an ID token', claims({ nonce: 'n' }), false],
    ['at_hash: an ID token', claims({ at_hash: 'h' }), false],
  ])('a token with %s', async (_name, payload, good) => {
    const answer = await authenticate(provider, await sign(issuer, key, payload, { typ: 'JWT' }));
    if (good) expect(answer).toMatchObject({ principal: { id: 'idp:alice' } });
    else expect(answer).toMatchObject(denied('token.not_for_access'));
  });
});

describe('options that would let anybody in are refused', () => {
  it.each<[string, object]>([
    ['issuer is not set', { issuer: undefined }],
    ['issuer is not set', { issuer: ' ' }],
    ['audience is not set', { audience: undefined }],
    ['audience is not set', { audience: '' }],
    ['audience is not set', { audience: [] }],
    ['https', { issuer: 'http://idp.acme.example' }],
    ['https', { issuer: 'not a url' }],
    ['https', { jwksUri: 'ftp://x' }],
    ['asymmetric', { algorithms: ['HS256'] }],
    ['asymmetric', { algorithms: ['none'] }],
    ['asymmetric', { algorithms: [] }],
    ['clockToleranceMs', { clockToleranceMs: 61_000 }],
    ['maxLifetimeMs', { maxLifetimeMs: Number.NaN }],
    ['staleKeysMs', { staleKeysMs: -1 }],
    ['name', { name: 'role' }],
    ['name', { name: 'a:b' }],
    ['tokens', { tokens: 'any' }],
    ['keys', { keys: [] }],
  ])('%s: %o', (message, more) => {
    expect(() => oidc({ issuer, audience, ...more })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) as string }),
    );
  });

  it('but http on this machine is good enough for a trial', async () => {
    const { issuer: local } = await serve(key);
    expect(() => oidc({ issuer: local, audience })).not.toThrow();
  });
});
