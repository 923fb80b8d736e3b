import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, importPKCS8, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnowflakeCredential, SnowflakeOptions } from '../../../src/adapters/snowflake/index.js';
import type { SnowflakeServer } from '../../../src/snowflake-server/index.js';
import { account, agentKey, connectorFor, drained, gateKey, grantOf, left, nothing, statement } from './account.js';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-credentials-'));
const path = join(folder, 'agent.p8');
const encrypted = createPrivateKey(agentKey.privateKey)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
  .toString();
writeFileSync(path, encrypted);
afterAll(() => rmSync(folder, { recursive: true }));

const [issuer, audience] = ['https://gate.example', 'https://acme.snowflakecomputing.com'];
const bare = await exportJWK(createPublicKey(gateKey.publicKey));
const jwk = { ...bare, kid: await calculateJwkThumbprint(bare), alg: 'RS256' };
const signed = async (claims: object, from: string, to: string): Promise<string> =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: jwk.kid })
    .setIssuer(from)
    .setAudience(to)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(await importPKCS8(gateKey.privateKey, 'RS256'));

let server: SnowflakeServer;

beforeAll(async () => {
  server = await account({ integrations: [{ issuer, audience, jwks: { keys: [jwk] } }] });
  server.catalog.changeUser('AGENT', {
    tokens: [{ token: 'pat-restricted', role: 'OPS_READ' }, 'pat-free'],
    workload: {
      issuer: 'https://cluster.example',
      subject: 'system:serviceaccount:jit:gateway',
      jwks: { keys: [jwk] },
    },
  });
  // The driver gives a workload's token to Snowflake's own hosts only, and to those named here.
  process.env['SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES'] = server.host;
}, 60_000);
afterAll(async () => {
  delete process.env['SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES'];
  await server.close();
});

const prepared: SnowflakeOptions['roles'] = { strategy: 'prepared', role: () => 'OPS_READ' };
const workload = (token: () => Promise<string>): SnowflakeCredential => ({
  workloadIdentity: { provider: 'OIDC', token },
});
const cluster = { sub: 'system:serviceaccount:jit:gateway' };

describe('a session by each kind of credential', () => {
  it.each<[string, SnowflakeCredential, SnowflakeOptions['roles'] | undefined]>([
    ['a key', { keyPair: { privateKey: agentKey.privateKey } }, undefined],
    [
      'a key that is asked for',
      { keyPair: { privateKey: async (user) => (user === 'AGENT' ? encrypted : ''), passphrase: () => 'open sesame' } },
      undefined,
    ],
    ['an encrypted key in a file', { keyPair: { path, passphrase: 'open sesame' } }, undefined],
    [
      'a token that is signed for the grant',
      { externalOAuth: { issuer, audience, signingKey: gateKey.privateKey } },
      undefined,
    ],
    [
      'a token of OAuth for one role',
      { oauth: { token: (user) => signed({ sub: user, scp: ['session:role:OPS_READ'] }, issuer, audience) } },
      prepared,
    ],
    ['an access token for one role', { accessToken: 'pat-restricted' }, prepared],
    ['an access token for any role', { accessToken: async () => 'pat-free' }, undefined],
    [
      'the identity of a workload',
      workload(() => signed(cluster, 'https://cluster.example', 'snowflakecomputing.com')),
      undefined,
    ],
  ])(
    '%s: opens, reads its schema and no other, and leaves nothing',
    async (_name, credential, roles) => {
      server.catalog.changeUser('AGENT', { defaultSecondaryRoles: 'ALL' });
      if (roles !== undefined) server.catalog.user('AGENT').granted.add('OPS_READ');
      server.catalog.user('AGENT').granted.add('FINANCE_READ');
      const before = server.history.length;
      const connector = connectorFor(server, {
        credential,
        schemas: ['ACME.OPS'],
        ...(roles === undefined ? {} : { roles }),
      });
      try {
        const session = await connector.open(grantOf(), new AbortController().signal);
        expect(
          await drained(
            await session.run(statement('SELECT ID FROM CUSTOMERS WHERE ID < 2'), new AbortController().signal),
          ),
        ).toEqual([[1]]);
        await expect(
          session.run(statement('SELECT SALARY FROM ACME.FINANCE.PAYROLL'), new AbortController().signal),
        ).rejects.toMatchObject({ code: 'ENGINE_REJECTED', detail: { engineCode: '002003' } });
        await session.close();
      } finally {
        await connector.close?.();
        server.catalog.user('AGENT').granted.clear();
      }
      expect(
        server.history.slice(before).filter(({ text, error }) => error !== undefined && !text.includes('PAYROLL')),
      ).toEqual([]);
      expect(left(server)).toEqual(nothing);
    },
    60_000,
  );

  it.each<[string, SnowflakeCredential]>([
    ['another key', { keyPair: { privateKey: gateKey.privateKey } }],
    ['an access token that is none', { accessToken: 'planted-token' }],
    ['an access token for another role', { accessToken: 'pat-restricted' }],
    [
      'a token of another issuer',
      { externalOAuth: { issuer: 'https://other.example', audience, signingKey: gateKey.privateKey } },
    ],
    [
      'a workload that is another',
      workload(() =>
        signed({ sub: 'system:serviceaccount:other:gateway' }, 'https://cluster.example', 'snowflakecomputing.com'),
      ),
    ],
    [
      "a workload's token for somebody else",
      workload(() => signed(cluster, 'https://cluster.example', 'https://elsewhere.example')),
    ],
  ])(
    '%s: is refused, leaves nothing, and is not repeated',
    async (_name, credential) => {
      const connector = connectorFor(server, { credential });
      const error: unknown = await connector
        .open(grantOf(), new AbortController().signal)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE', detail: { step: 'login' } });
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('planted');
      await connector.close?.();
      expect(left(server)).toEqual(nothing);
    },
    60_000,
  );
});
