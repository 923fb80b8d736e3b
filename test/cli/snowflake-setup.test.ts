import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { snowflake, type SnowflakeOptions } from '../../src/adapters/snowflake/index.js';
import type { SnowflakeServer } from '../../src/snowflake-server/index.js';
import { accessRole, drained, grantOf, statement } from '../adapters/snowflake/account.js';
import { inProcess } from './command.js';
import {
  account,
  agentKey,
  agentPublic,
  doctor,
  gateKey,
  gatePrivate,
  gatePublic,
  plan,
  runAll,
  setup,
  statementsOf,
} from './test-account.js';

const never = new AbortController().signal;
const options = (server: SnowflakeServer, more: Partial<SnowflakeOptions>): SnowflakeOptions => ({
  account: 'acme',
  url: `http://${server.host}:${server.port}`,
  warehouse: 'AGENTS',
  user: 'AGENT',
  credential: { keyPair: { privateKey: agentKey.privateKey } },
  schemas: ['ACME.OPS'],
  roles: {
    strategy: 'ephemeral',
    accessRole,
    admin: { user: 'SALLYPORT', role: 'SALLYPORT', credential: { keyPair: { privateKey: gateKey.privateKey } } },
  },
  ...more,
});

/** A session reads its schema and nothing else, and leaves nothing. */
async function proveLoop(server: SnowflakeServer, more: Partial<SnowflakeOptions>): Promise<void> {
  const connector = snowflake(options(server, more));
  const session = await connector.open(grantOf('read'), never);
  expect(await drained(await session.run(statement('SELECT ID FROM OPEN_ORDERS'), never))).toEqual([[7]]);
  await expect(session.run(statement('SELECT SALARY FROM ACME.FINANCE.PAYROLL'), never)).rejects.toMatchObject({
    code: 'ENGINE_REJECTED',
  });
  await session.close();
  await connector.close?.();
  expect([...server.catalog.roles.keys()].filter((name) => name.startsWith('SALLYPORT_'))).toEqual([]);
}

describe('sallyport snowflake setup', () => {
  it('prints what makes an account fit: doctor finds nothing, twice over, and a session has what it needs', async () => {
    const server = await account();
    const keys = [
      '--public-key',
      `SALLYPORT=${gatePublic}`,
      '--public-key',
      `AGENT=${agentPublic}`,
      '--public-key',
      `AGENT_2=${agentPublic}`,
    ];
    const script = await setup(...keys);
    expect([script.code, script.err]).toEqual([0, '']);
    for (let round = 0; round < 2; round += 1) {
      await runAll(statementsOf(script.out));
      const told = await doctor('--json');
      expect(JSON.parse(told.out)).toMatchObject({
        clean: true,
        findings: [],
        unknown: [],
        notes: [{ code: 'DEFINER_RIGHTS', what: 'view OPEN_ORDERS' }],
      });
      expect([told.code, told.err]).toEqual([0, '']);
    }
    expect((await doctor()).out).toMatch(
      /^note {6}DEFINER_RIGHTS {2}ACME\.OPS: view OPEN_ORDERS\n[^]*\nNothing found\.\n$/,
    );
    await proveLoop(server, {});
  }, 120_000);

  it('does so for tokens that the gateway signs', async () => {
    const server = await account();
    const signing = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey;
    const credential = {
      externalOAuth: {
        issuer: 'https://gate.example',
        audience: 'https://acme.snowflakecomputing.com',
        signingKey: signing,
      },
    };
    const keys = createServer(
      (_request, response) =>
        void snowflake(options(server, { credential }))
          .jwks()
          .then((jwks) => response.end(JSON.stringify(jwks))),
    ).listen(0, '127.0.0.1');
    await once(keys, 'listening');
    const script = await setup(
      '--public-key',
      `SALLYPORT=${gatePublic}`,
      '--external-oauth',
      'https://gate.example',
      '--jwks-url',
      `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks.json`,
    );
    await runAll(statementsOf(script.out));
    const told = await doctor('--external-oauth', 'https://gate.example');
    expect([told.code, told.err]).toEqual([0, '']);
    await proveLoop(server, { credential });
    keys.close();
  }, 120_000);

  it('puts every name in quotes, and lets none out of them', async () => {
    const { out } = await inProcess([
      'snowflake',
      'setup',
      '--schema',
      '"a"" ; DROP"."x\'y"',
      '--agent',
      '"A""; DROP USER B; --"',
      '--warehouse',
      '"w; --"',
      '--egress',
      '203.0.113.7',
      '--access-role',
      '{database}_{schema}_{access}',
    ]);
    expect(out).toContain('GRANT USAGE ON SCHEMA "a"" ; DROP"."x\'y" TO ROLE "a"" ; DROP_x\'y_READ";');
    expect(out).toContain('CREATE USER IF NOT EXISTS "A""; DROP USER B; --" TYPE = SERVICE_AGENT');
    expect(out).toContain('Left out: a restricted session scope.');
    expect(out).not.toContain('$$');
    // What is left when quoted names, texts and comments are gone holds no name of ours.
    const bare = out.replaceAll(/^--.*$/gm, '').replaceAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, '');
    expect(bare).not.toContain('DROP');
  });

  it('asks for keys that it was not given, and marks what concerns everybody', async () => {
    const { out } = await setup('--users-only');
    expect(out).toContain(`-- ALTER USER "AGENT" SET RSA_PUBLIC_KEY = '...';`);
    expect(out).toMatch(/^-- REVOKE USE AI FUNCTIONS ON ACCOUNT FROM ROLE PUBLIC;$/m);
    expect(statementsOf(out).filter((sql) => /ALTER ACCOUNT|PUBLIC$/.test(sql))).toEqual([]);
    expect(out).toContain('sallyport snowflake doctor --schema ACME.OPS');
    expect(
      statementsOf((await setup('--user-type', 'SERVICE')).out).some(
        (sql) => sql.includes('SERVICE_AGENT') || sql.includes('RESTRICTED'),
      ),
    ).toBe(false);
  });

  it.each<[string, string[], string]>([
    ['no schema', ['--agent', 'A', '--warehouse', 'W', '--egress', '1.2.3.4'], '--schema is missing'],
    ['no agent', ['--schema', 'A.B', '--warehouse', 'W', '--egress', '1.2.3.4'], '--agent is missing'],
    ['no address', ['--schema', 'A.B', '--agent', 'A', '--warehouse', 'W'], '--egress is missing'],
    ['the whole internet', [...plan, '--egress', '0.0.0.0/0'], 'must not be the whole internet'],
    ['no address at all', [...plan, '--egress', "1.2.3.4'); DROP"], '--egress takes'],
    ['a name with a line break', [...plan, '--agent', '"a\nb"'], '--agent takes'],
    ['a name that is none', [...plan, '--agent', 'a;b'], '--agent takes'],
    ['one user for two', [...plan, '--agent', 'agent'], 'name each user once'],
    ['the gateway as an agent', [...plan, '--agent', 'SALLYPORT'], 'name each user once'],
    ['one role for two schemas', [...plan, '--access-role', 'READERS'], 'gives one name to two roles'],
    [
      'an unknown word in a template',
      [...plan, '--access-role', '{x}_{database}_{schema}_{access}'],
      '--access-role knows',
    ],
    ['another type', [...plan, '--user-type', 'PERSON'], '--user-type takes'],
    ['a home in quotes', [...plan, '--home', '"a b".C'], '--home takes'],
    ['a prefix', [...plan, '--prefix', 'x'], '--prefix takes'],
    ['no number', [...plan, '--credits', '1; DROP'], '--credits takes'],
    ['a private key', [...plan, '--public-key', `AGENT=${gatePrivate}`], 'holds a private key'],
    ['a key of nobody', [...plan, '--public-key', `NOBODY=${gatePublic}`], 'no user of'],
    ['a file that is not there', [...plan, '--public-key', 'AGENT=/nowhere/x'], 'cannot be read (ENOENT)'],
    ['no keys of the issuer', [...plan, '--external-oauth', 'https://x.example'], '--jwks-url is missing'],
    [
      'an issuer in clear',
      [...plan, '--external-oauth', 'http://x.example', '--jwks-url', 'https://x.example'],
      '--external-oauth takes',
    ],
    ['keys without an issuer', [...plan, '--jwks-url', 'https://x.example'], 'go with --external-oauth'],
    ['a word too many', [...plan, 'x'], 'unknown argument'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, out, err } = await inProcess(['snowflake', 'setup', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toContain(gateKey.privateKey.split('\n')[2]);
  });
});
