import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memoryAnalyzer, memoryAudit, memoryIdentity, memoryPolicy } from '../../../src/adapters/memory/index.js';
import { snowflake, type SnowflakeOptions } from '../../../src/adapters/snowflake/index.js';
import { AccessError, buildGateway } from '../../../src/core/index.js';
import type { SnowflakeServer } from '../../../src/snowflake-server/index.js';
import { account, accessRole, connectorFor, gateKey, left, nothing } from './account.js';

let server: SnowflakeServer;
beforeAll(async () => {
  server = await account();
  for (const role of ['OPS_READ', 'FINANCE_READ']) server.catalog.users.get('AGENT_2')?.granted.add(role);
});
afterEach(() => server.fault(undefined));
afterAll(() => server.close());

const other = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const wrongKey = { keyPair: { privateKey: other.privateKey } };
const prepared = { strategy: 'prepared', role: accessRole } as const;
const ephemeral = (more: object): SnowflakeOptions['roles'] => ({
  strategy: 'ephemeral',
  accessRole,
  admin: { user: 'GATE_USER', role: 'GATE', credential: { keyPair: { privateKey: gateKey.privateKey } } },
  ...more,
});

async function checked(more: Partial<SnowflakeOptions> = {}): Promise<unknown> {
  const connector = connectorFor(server, more);
  try {
    return await connector.check?.(AbortSignal.timeout(20_000));
  } catch (error) {
    return error;
  } finally {
    await connector.close?.();
    await expect.poll(() => left(server)).toEqual(nothing);
  }
}

describe('the check at start', () => {
  it('logs in as everybody whom it knows, runs nothing as the user of sessions, and leaves nothing', async () => {
    const before = server.history.length;
    expect(await checked()).toBeUndefined();
    expect(await checked({ user: 'AGENT_2', roles: prepared })).toBeUndefined();
    expect(await checked({ user: () => 'AGENT' })).toBeUndefined();
    const said = server.history
      .slice(before)
      .map(({ user, role, text }) => `${user} ${role} ${text.split(' ').slice(0, 2).join(' ')}`);
    expect(new Set(said)).toEqual(new Set(['GATE_USER GATE SELECT CURRENT_ROLE()', 'GATE_USER GATE SHOW ROLES']));
  }, 60_000);

  it('makes a token that it signs, and does not use it: the keys may be served by what is not up yet', async () => {
    const token = { issuer: 'https://gate.example', audience: 'https://acme.snowflakecomputing.com' };
    expect(
      await checked({ credential: { externalOAuth: { ...token, signingKey: gateKey.privateKey } } }),
    ).toBeUndefined();
    expect(await checked({ credential: { externalOAuth: { ...token, signingKey: 'no key' } } })).toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it.each<[string, () => Partial<SnowflakeOptions>, object, RegExp]>([
    ['a wrong key', () => ({ credential: wrongKey }), { step: 'login', engineCode: '390144' }, /JWT token is invalid/],
    [
      'a wrong key of the admin',
      () => ({ roles: ephemeral({ admin: { user: 'GATE_USER', role: 'GATE', credential: wrongKey } }) }),
      { step: 'login', engineCode: '390144' },
      /JWT token is invalid/,
    ],
    [
      'a user that is not there',
      () => ({ user: 'NOBODY' }),
      { step: 'login', engineCode: '390144' },
      /JWT token is invalid/,
    ],
    ['another account', () => ({ account: 'other' }), { step: 'login', engineCode: '390144' }, /JWT token is invalid/],
    [
      'a host where nobody listens',
      () => ({ url: 'http://127.0.0.1:9' }),
      { step: 'login', why: 'ECONNREFUSED' },
      /connect ECONNREFUSED 127\.0\.0\.1:9/,
    ],
    [
      'a host that there is not',
      () => ({ url: 'https://no-such-account.invalid' }),
      { step: 'login' },
      /no-such-account\.invalid/,
    ],
    [
      'an access role that there is not',
      () => ({ roles: ephemeral({ accessRole: ({ schema }: { readonly schema: string }) => `${schema}_NONE` }) }),
      { step: 'access_role' },
      /undefined/,
    ],
    [
      'a role that the user does not hold',
      () => ({ roles: prepared }),
      { step: 'login' },
      /Incorrect username or password/,
    ],
  ])(
    'fails for %s, with the cause for the operator',
    async (_what, more, detail, cause) => {
      const error = await checked(more());
      expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE', detail });
      expect(
        String((error as Error).cause instanceof Error ? ((error as Error).cause as Error).message : undefined),
      ).toMatch(cause);
      expect(JSON.stringify([error, (error as Error).cause])).not.toContain('PRIVATE KEY');
    },
    60_000,
  );

  it('fails for an account that answers with no login', async () => {
    for (const status of [403, 404]) {
      server.fault(({ path }) => (path.startsWith('/session/v1/login') ? { status } : undefined));
      const error = await checked();
      expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE', detail: { step: 'login' } });
    }
  }, 60_000);

  it('heeds its signal while nobody answers', async () => {
    server.fault(({ path }) => (path.startsWith('/session/v1/login') ? { silent: true } : undefined));
    const stop = new AbortController();
    const connector = connectorFor(server, {});
    const check = connector.check?.(stop.signal).catch((error: unknown) => error);
    stop.abort(new AccessError('CONFIG_INVALID', 'late'));
    expect(await check).toMatchObject({ message: 'late' });
    server.fault(undefined);
    await connector.close?.();
  }, 60_000);

  it('stops the gateway from starting, by the name of the connection', async () => {
    const starting = buildGateway({
      connections: { warehouse: connectorFor(server, { credential: wrongKey }) },
      identity: memoryIdentity({}),
      audit: memoryAudit(),
      policy: memoryPolicy([]),
      analyzer: { ...memoryAnalyzer(), dialects: ['snowflake'] },
    });
    await expect(starting).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/connections\.warehouse.*step login/s),
    });
  }, 60_000);
});

function readsOnly({ schema, access }: { readonly schema: string; readonly access: string }): string {
  if (access === 'write') throw new Error('nobody writes');
  return schema;
}

describe('roles that two schemas share', () => {
  const good = {
    account: 'acme',
    warehouse: 'WH',
    user: 'AGENT',
    credential: { accessToken: 'x' },
    schemas: ['ACME.OPS', 'ACME.FINANCE'],
  };

  it.each<[string, SnowflakeOptions['roles']]>([
    ['an access role for all', ephemeral({ accessRole: () => 'ALL_READ' })],
    [
      'one role for reading',
      ephemeral({
        accessRole: ({ schema, access }: { readonly schema: string; readonly access: string }) =>
          access === 'read' ? 'READER' : schema,
      }),
    ],
    [
      'one that writes here and reads there',
      ephemeral({
        accessRole: ({ schema, access }: { readonly schema: string; readonly access: string }) =>
          (schema === 'OPS') === (access === 'read') ? 'A' : `${schema}_B`,
      }),
    ],
    ['a prepared one', { strategy: 'prepared', role: () => 'ALL_READ' }],
  ])('are refused, both named: %s', (_what, roles) => {
    expect(() => snowflake({ ...good, roles })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/ACME\.OPS and ACME\.FINANCE/),
      }),
    );
  });

  it('are not those of one schema alone, nor those that a function has none of', () => {
    expect(() =>
      snowflake({ ...good, schemas: ['ACME.OPS'], roles: ephemeral({ accessRole: () => 'OPS' }) }),
    ).not.toThrow();
    expect(() => snowflake({ ...good, roles: ephemeral({ accessRole: readsOnly }) })).not.toThrow();
  });

  it.each([
    'https://:pw@acme.example',
    'https://acme.example/?x=1',
    'https://acme.example/#x',
    'https://a@acme.example',
  ])('an address that is more than an origin is refused: %s', (url) => {
    expect(() => snowflake({ ...good, schemas: ['ACME.OPS'], url, roles: prepared })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
