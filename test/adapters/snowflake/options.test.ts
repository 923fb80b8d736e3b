import { describe, expect, it } from 'vitest';
import { snowflake, type SnowflakeOptions } from '../../../src/adapters/snowflake/index.js';
import { createCredentialProvider, type SnowflakeCredential } from '../../../src/adapters/snowflake/credential.js';
import { quoteLiteral, quoteLikeLiteral, quoteName } from '../../../src/adapters/snowflake/names.js';
import { formatQueryTag } from '../../../src/adapters/snowflake/query-tag.js';
import {
  isOwnRoleName,
  createRoleName,
  parseRoleComment,
  formatRoleComment,
} from '../../../src/adapters/snowflake/roles/role-comment.js';
import { agentKey, gateKey, grantOf } from './account.js';

const good: SnowflakeOptions = {
  account: 'acme-eu',
  warehouse: 'WH',
  user: 'AGENT',
  credential: { accessToken: 'x' },
  schemas: ['ACME.OPS'],
  roles: {
    strategy: 'ephemeral',
    accessRole: () => 'R',
    admin: { user: 'A', role: 'R', credential: { keyPair: { privateKey: gateKey.privateKey } } },
  },
};
const ephemeral = good.roles as Extract<SnowflakeOptions['roles'], { strategy: 'ephemeral' }>;

describe('options', () => {
  it.each<[string, Partial<Record<keyof SnowflakeOptions, unknown>>]>([
    ['no account', { account: '' }],
    ['an account that is an address', { account: 'acme.example/..' }],
    ['no warehouse', { warehouse: '' }],
    ['no user', { user: '' }],
    ['a user that is no name', { user: 7 }],
    ['no schema', { schemas: [] }],
    ['a schema without its database', { schemas: ['OPS'] }],
    ['no credential', { credential: {} }],
    ['two credentials', { credential: { accessToken: 'x', oauth: { token: 'y' } } }],
    ['a password', { credential: { password: 'x' } }],
    ['plain http elsewhere', { url: 'http://acme.example' }],
    ['an address with a path', { url: 'https://acme.example/x' }],
    ['an address with a name in it', { url: 'https://a:b@acme.example' }],
    ['no strategy', { roles: { strategy: 'none' } }],
    ['a prefix in lower case', { roles: { ...ephemeral, prefix: 'mine_' } }],
    ['a prefix without its end', { roles: { ...ephemeral, prefix: 'MINE' } }],
    ['no admin', { roles: { ...ephemeral, admin: undefined } }],
    ['a reaper that never rests', { roles: { ...ephemeral, reapEveryMs: 1 } }],
    ['a token without an issuer', { credential: { externalOAuth: { issuer: '', audience: 'a', signingKey: 'k' } } }],
  ])('refuse %s', (_what, wrong) => {
    expect(() => snowflake({ ...good, ...wrong } as SnowflakeOptions)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
    );
  });

  it('load no driver and connect nowhere', async () => {
    const connector = snowflake(good);
    expect(connector).toMatchObject({
      engine: 'snowflake',
      address: 'acme-eu.snowflakecomputing.com',
      schemas: [{ database: 'ACME', schema: 'OPS' }],
    });
    expect(await connector.jwks()).toEqual({ keys: [] });
    await connector.close?.();
  });
});

const login = (credential: SnowflakeCredential) =>
  createCredentialProvider(credential, 'credential').createLogin({
    user: 'AGENT',
    role: 'R',
    expiresAt: Date.now() + 60_000,
  });

describe('a credential', () => {
  it.each<[string, SnowflakeCredential, object]>([
    [
      'a programmatic access token',
      { accessToken: (user) => `token of ${user}` },
      { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'token of AGENT' },
    ],
    ['a token of OAuth', { oauth: { token: async () => 'abc' } }, { authenticator: 'OAUTH', token: 'abc' }],
    [
      'the identity of the workload',
      { workloadIdentity: { provider: 'AWS' } },
      { authenticator: 'WORKLOAD_IDENTITY', workloadIdentityProvider: 'AWS' },
    ],
    [
      'the identity of the workload, by OIDC',
      { workloadIdentity: { provider: 'OIDC', token: 'abc' } },
      { authenticator: 'WORKLOAD_IDENTITY', workloadIdentityProvider: 'OIDC', token: 'abc' },
    ],
    [
      'a key pair',
      { keyPair: { privateKey: agentKey.privateKey } },
      { authenticator: 'SNOWFLAKE_JWT', privateKey: agentKey.privateKey },
    ],
  ])('is %s', async (_what, credential, expected) => {
    expect(await login(credential)).toEqual({ username: 'AGENT', ...expected });
  });

  it.each<[string, SnowflakeCredential]>([
    ['an empty token', { accessToken: () => '' }],
    ['a key that is none', { keyPair: { privateKey: 'planted-key-material' } }],
    [
      'an encrypted key without its passphrase',
      {
        keyPair: {
          privateKey:
            '-----BEGIN ENCRYPTED PRIVATE KEY-----\nplanted-key-material\n-----END ENCRYPTED PRIVATE KEY-----',
        },
      },
    ],
  ])('that is %s is refused, and not quoted', async (_what, credential) => {
    const error: unknown = await login(credential).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE', detail: { step: 'credential' } });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('planted');
  });

  it('that is minted is for one user, one role and the time of the grant', async () => {
    const { createLocalJWKSet, jwtVerify } = await import('jose');
    const keeper = createCredentialProvider(
      {
        externalOAuth: {
          issuer: 'https://gate.example',
          audience: 'https://acme-eu.snowflakecomputing.com',
          signingKey: gateKey.privateKey,
        },
      },
      'credential',
    );
    const expiresAt = Date.now() + 90_500;
    const { token, ...rest } = await keeper.createLogin({ user: 'AGENT', role: 'SALLYPORT_1', expiresAt });
    expect(rest).toEqual({ username: 'AGENT', authenticator: 'OAUTH' });
    const jwks = await keeper.tokenIssuer?.jwks();
    expect(JSON.stringify(jwks)).not.toMatch(/"(?:d|p|q|dp|dq|qi)"/);
    const { payload } = await jwtVerify(String(token), createLocalJWKSet(jwks ?? { keys: [] }), {
      issuer: 'https://gate.example',
      audience: 'https://acme-eu.snowflakecomputing.com',
    });
    expect(payload).toMatchObject({
      sub: 'AGENT',
      scp: ['session:role:SALLYPORT_1'],
      exp: Math.floor(expiresAt / 1_000),
    });
    await expect(keeper.createLogin({ user: 'AGENT', role: 'R', expiresAt: Date.now() - 1 })).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
    });
  });
});

describe('names and texts', () => {
  it.each([
    [quoteName('a"b'), '"a""b"'],
    [quoteLiteral("it's \\ here"), "'it''s \\\\ here'"],
    [quoteLikeLiteral('A_B%\\'), "'A\\\\_B\\\\%\\\\\\\\'"],
  ])('cannot be left: %s', (made, expected) => expect(made).toBe(expected));

  it('of a role never come again, and say whose they are', () => {
    const [one, other] = [createRoleName('SALLYPORT_'), createRoleName('SALLYPORT_')];
    expect(one).not.toBe(other);
    expect(isOwnRoleName(one, 'SALLYPORT_')).toBe(true);
    for (const foreign of ['SALLYPORT_', 'SALLYPORT_ADMIN', `${one}0`, one.toLowerCase(), `X${one}`])
      expect(isOwnRoleName(foreign, 'SALLYPORT_')).toBe(false);
    const stamp = { session: crypto.randomUUID(), until: 1_700_000_000_123 };
    expect(parseRoleComment(formatRoleComment(stamp))).toEqual(stamp);
    for (const foreign of [
      '',
      'sallyport',
      `${formatRoleComment(stamp)} `,
      formatRoleComment({ ...stamp, session: 'x' }),
      formatRoleComment(stamp).replace('1 session', '2 session'),
    ])
      expect(parseRoleComment(foreign)).toBeUndefined();
  });

  it('in a query tag fit into what Snowflake keeps, ids always', () => {
    const grant = grantOf();
    expect(JSON.parse(formatQueryTag(grant, { id: 'st', trace: 'tr' }))).toEqual({
      app: 'sallyport',
      session: grant.session,
      statement: 'st',
      trace: 'tr',
      principal: 'idp:alice',
      actor: 'idp:agent',
    });
    const long = {
      ...grant,
      identity: { ...grant.identity, principal: { ...grant.identity.principal, id: 'x'.repeat(3_000) } },
    };
    expect(JSON.parse(formatQueryTag(long, { id: 'st', trace: undefined }))).toEqual({
      app: 'sallyport',
      session: grant.session,
      statement: 'st',
    });
  });
});
