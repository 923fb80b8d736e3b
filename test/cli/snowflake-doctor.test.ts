import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snowflake, type SnowflakeOptions } from '../../src/adapters/snowflake/index.js';
import { formatRoleComment } from '../../src/adapters/snowflake/roles/role-comment.js';
import { findingCodes } from '../../src/cli/snowflake/doctor/finding-codes.js';
import type { SnowflakeServer } from '../../src/snowflake-server/index.js';
import { accessRole, grantOf } from '../adapters/snowflake/account.js';
import { inProcess, sallyport } from './command.js';
import {
  account,
  adminPath,
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
  type Told,
} from './test-account.js';

/** Everything wrong that there is to find. */
function spoil({ catalog }: SnowflakeServer): void {
  catalog.addUser({ name: 'SALLYPORT', password: 'pw', publicKey: gateKey.publicKey }, ['SALLYPORT']);
  catalog.addUser(
    {
      name: 'AGENT',
      type: 'SERVICE_AGENT',
      defaultSecondaryRoles: 'NONE',
      parameters: { NETWORK_POLICY: 'ANYWHERE' },
      policies: { SESSION: 'SALLYPORT.POLICIES.LOOSE', AUTHENTICATION: 'SALLYPORT.POLICIES.LOOSE' },
    },
    ['OPS_READ'],
  );
  catalog.things.set(
    'NETWORK RULE',
    'ACME.OPS.ALL_OF_IT',
    new Map<string, string | readonly string[]>([
      ['TYPE', 'IPV4'],
      ['VALUE_LIST', ['203.0.113.9', '0.0.0.0/0']],
    ]),
  );
  catalog.things.set('NETWORK POLICY', 'ANYWHERE', new Map([['ALLOWED_NETWORK_RULE_LIST', ['ACME.OPS.ALL_OF_IT']]]));
  catalog.things.set('SESSION POLICY', 'SALLYPORT.POLICIES.LOOSE', new Map());
  catalog.things.set('AUTHENTICATION POLICY', 'SALLYPORT.POLICIES.LOOSE', new Map());
  catalog.things.set('WAREHOUSE', 'AGENTS', new Map());
  for (const name of ['SALLYPORT', 'OPS_READ', 'OPS_WRITE', 'FINANCE_READ', 'HELPDESK'])
    catalog.createRole(name, 'ACCOUNTADMIN');
  catalog.grant('SALLYPORT', { privilege: 'MANAGE GRANTS', on: 'ACCOUNT', name: 'ACCOUNT' });
  catalog.grant('SALLYPORT', { privilege: 'CREATE USER', on: 'ACCOUNT', name: 'ACCOUNT' });
  catalog.role('SALLYPORT').roles.add('HELPDESK');
  catalog.role('HELPDESK').roles.add('SECURITYADMIN');
  catalog.grant('OPS_READ', { privilege: 'SELECT', on: 'TABLE', name: 'ACME.FINANCE.PAYROLL' });
  catalog.grant('OPS_READ', { privilege: 'INSERT', on: 'TABLE', name: 'ACME.OPS.ORDERS' });
  catalog.grantFuture('OPS_READ', { privilege: 'SELECT', on: 'TABLE', name: 'ACME.OPS' });
  catalog.grant('PUBLIC', { privilege: 'SELECT', on: 'TABLE', name: 'ACME.OPS.ORDERS' });
  catalog.createRole(
    'SALLYPORT_00112233445566778899AABBCCDDEEFF',
    'SALLYPORT',
    formatRoleComment({ session: '00000000-0000-4000-8000-000000000001', until: Date.UTC(2026, 0, 2) }),
  );
  catalog.createRole(
    'SALLYPORT_FFEEDDCCBBAA99887766554433221100',
    'SALLYPORT',
    formatRoleComment({ session: crypto.randomUUID(), until: Date.now() + 3_600_000 }),
  );
  catalog.routines.push(
    { kind: 'FUNCTION', schema: 'ACME.OPS', name: 'F', arguments: 'F(NUMBER) RETURN NUMBER' },
    { kind: 'PROCEDURE', schema: 'ACME.OPS', name: 'P', arguments: 'P() RETURN VARCHAR' },
  );
}

/** A session of the agent's, opened and closed. */
async function opened(server: SnowflakeServer, more: Partial<SnowflakeOptions>): Promise<void> {
  const connector = snowflake({
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
  try {
    await (await connector.open(grantOf('read'), new AbortController().signal)).close();
  } finally {
    await connector.close?.();
  }
}

/** What doctor says of it first, the worst before the rest. */
const wrong = [
  'USER_PASSWORD SALLYPORT: it has a password, and no second factor',
  'USER_SECONDARY_ROLES SALLYPORT: its default secondary roles are ["ALL"]',
  'USER_MISSING AGENT_2: there is no such user',
  'NETWORK_POLICY_MISSING SALLYPORT: no network policy holds for it, of its own or of the account',
  'NETWORK_POLICY_OPEN AGENT: its network policy ANYWHERE allows 0.0.0.0/0',
  'MANAGE_GRANTS SALLYPORT: it holds MANAGE GRANTS',
  'MANAGE_GRANTS SALLYPORT: it inherits MANAGE GRANTS by way of HELPDESK, SECURITYADMIN',
  'ACCESS_ROLE_WIDE OPS_READ: it holds SELECT on TABLE ACME.FINANCE.PAYROLL',
  'ACCESS_ROLE_LEVEL OPS_READ: it is for reading, and holds INSERT on TABLE ACME.OPS.ORDERS',
  'ACCESS_ROLE_MISSING FINANCE_WRITE: there is no such role',
  'FUTURE_GRANT OPS_READ: it is to get SELECT on every new table in ACME.OPS',
  'UNLOAD_INLINE_URL SALLYPORT: PREVENT_UNLOAD_TO_INLINE_URL is false',
  'UNLOAD_INLINE_URL AGENT: PREVENT_UNLOAD_TO_INLINE_URL is false',
  'USER_TYPE SALLYPORT: it is of type PERSON',
  'USER_STANDING_ROLE AGENT: it holds the role OPS_READ, outside of any session',
  'SESSION_POLICY_MISSING SALLYPORT: it has no session policy',
  'LOGIN_POLICY_MISSING SALLYPORT: it has no authentication policy',
  'SESSION_POLICY_SECONDARY_ROLES AGENT: its session policy allows [ALL] as secondary roles',
  'LOGIN_POLICY_OPEN AGENT: its authentication policy allows [ALL]',
  'GATEWAY_EXTRA SALLYPORT: it holds CREATE USER on ACCOUNT ACCOUNT',
  'GATEWAY_CREATE_ROLE SALLYPORT: it does not hold CREATE ROLE',
  'ACCESS_ROLE_OWNER OPS_READ: the role SALLYPORT does not own it',
  'ACCESS_ROLE_OWNER OPS_WRITE: the role SALLYPORT does not own it',
  'ACCESS_ROLE_OWNER FINANCE_READ: the role SALLYPORT does not own it',
  'ACCESS_ROLE_OWNER FINANCE_WRITE: the role SALLYPORT does not own it',
  'PUBLIC_AI PUBLIC: it holds USE AI FUNCTIONS on ACCOUNT ACCOUNT',
  'PUBLIC_AI PUBLIC: it holds USAGE on DATABASE ROLE SNOWFLAKE.CORTEX_USER',
  'PUBLIC_AI PUBLIC: it holds USAGE on DATABASE ROLE SNOWFLAKE.COPILOT_USER',
  'PUBLIC_GRANT PUBLIC: it holds SELECT on TABLE ACME.OPS.ORDERS',
  'UNLOAD_INTERNAL_STAGE SALLYPORT: PREVENT_UNLOAD_TO_INTERNAL_STAGES is false',
  'UNLOAD_INTERNAL_STAGE AGENT: PREVENT_UNLOAD_TO_INTERNAL_STAGES is false',
  'STAGE_INTEGRATION the account: REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_CREATION is false',
  'STAGE_INTEGRATION the account: REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_OPERATION is false',
  'RESOURCE_MONITOR AGENTS: no resource monitor watches it',
  'SESSION_LIFESPAN AGENT: its session policy lets a session live without an end',
  'SESSION_SCOPE_MISSING AGENT: its session policy sets no restricted session scope',
  'STATEMENT_TIMEOUT AGENTS: its statement timeout is 172800 seconds',
  'STATEMENT_TIMEOUT AGENT: its statement timeout is 172800 seconds',
  'ROLE_LEFT SALLYPORT_00112233445566778899AABBCCDDEEFF: the time of its session 00000000-0000-4000-8000-000000000001 was over at 2026-01-02T00:00:00.000Z',
];

/** Codes that were found by one of the tests. */
const seen = new Set<string>();

describe('sallyport snowflake doctor', () => {
  it('finds everything that is wrong, and the statements that it prints mend it', async () => {
    const server = await account();
    spoil(server);
    for (let round = 0; round < 4; round += 1) {
      const { code, out } = await doctor('--json');
      const told = JSON.parse(out) as Told;
      for (const each of [...told.findings, ...told.notes]) seen.add(each.code);
      if (round === 0)
        expect(told.findings.map(({ code: each, subject, what }) => `${each} ${subject}: ${what}`)).toEqual(wrong);
      expect(told.findings.every(({ why, fix }) => why !== '' && fix.length > 0)).toBe(true);
      expect(code).toBe(told.clean ? 0 : 1);
      if (told.clean) break;
      await runAll(told.findings.flatMap(({ fix }) => fix));
    }
    const last = await doctor();
    expect([last.code, last.out.slice(-'Nothing found.\n'.length)]).toEqual([0, 'Nothing found.\n']);
    expect([...server.catalog.roles.keys()].filter((name) => name.startsWith('SALLYPORT_'))).toEqual([
      'SALLYPORT_FFEEDDCCBBAA99887766554433221100',
    ]);
  }, 240_000);

  it('is not green where the restricted session scope is one that nobody applies', async () => {
    const server = await account();
    await runAll(
      statementsOf(
        (await setup('--public-key', `SALLYPORT=${gatePublic}`, '--public-key', `AGENT=${agentPublic}`)).out,
      ),
    );
    expect(JSON.parse((await doctor('--json')).out)).toMatchObject({ clean: true, findings: [] });
    await runAll(['ALTER USER "AGENT" SET TYPE = SERVICE']);
    const { code, out } = await doctor('--json');
    const { findings } = JSON.parse(out) as Told;
    for (const each of findings) seen.add(each.code);
    expect([code, findings.map((each) => `${each.code} ${each.subject}: ${each.what}`)]).toEqual([
      1,
      [
        'SESSION_SCOPE_IDLE AGENT: its session policy sets the restricted session scope SALLYPORT.POLICIES.SALLYPORT_SCOPE, and it is of type SERVICE',
      ],
    ]);
    await expect(opened(server, { requireActiveAgent: true })).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      detail: { step: 'verification', differs: 'agent' },
    });
    await opened(server, {});
    await runAll(findings.flatMap(({ fix }) => fix));
    expect((await doctor()).out).toContain('Nothing found.');
    await opened(server, { requireActiveAgent: true });
  }, 240_000);

  it('looks at the integration for tokens: that it is there, and that who comes in by it is an agent', async () => {
    const server = await account();
    const tokens = [
      '--external-oauth',
      'https://gate.example',
      '--jwks-url',
      'https://gate.example/jwks.json',
      '--audience',
      'https://acme.example',
      '--user-type',
      'SERVICE',
      '--users-only',
      '--public-key',
      `SALLYPORT=${gatePublic}`,
    ];
    const look = async (): Promise<readonly string[]> => {
      const { findings } = JSON.parse((await doctor('--json', ...tokens)).out) as Told;
      for (const each of findings) seen.add(each.code);
      return findings
        .filter(({ code }) => /^(?:INTEGRATION|SESSION_SCOPE)/.test(code))
        .map(({ code, subject }) => `${code} ${subject}`);
    };
    expect(await look()).toEqual(['INTEGRATION_MISSING SALLYPORT_TOKENS']);
    const missing = (JSON.parse((await doctor('--json', ...tokens)).out) as Told).findings.find(
      ({ code }) => code === 'INTEGRATION_MISSING',
    );
    expect(missing?.fix.join(';')).toContain("EXTERNAL_OAUTH_AUDIENCE_LIST = ('https://acme.example')");
    await runAll(statementsOf((await setup(...tokens)).out));
    expect(await look()).toEqual([]);
    await runAll(['ALTER SECURITY INTEGRATION SALLYPORT_TOKENS SET IS_AGENTIC = FALSE']);
    expect(await look()).toEqual([
      'SESSION_SCOPE_IDLE AGENT',
      'SESSION_SCOPE_IDLE AGENT_2',
      'INTEGRATION_NOT_AGENTIC SALLYPORT_TOKENS',
    ]);
    expect(server.sessions()).toBe(1);
  }, 240_000);

  it('runs as the README prints it, and so does setup', async () => {
    const server = await account();
    const lines = [
      ...readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8').matchAll(
        /^npx sallyport (snowflake (?:setup|doctor) [^#>\n]*)/gm,
      ),
    ].map(([, line = '']) => line.trim().split(/\s+/));
    expect(lines.map(([, name]) => name)).toEqual(['setup', 'doctor']);
    const before = { ...process.env };
    Object.assign(process.env, {
      SNOWFLAKE_ACCOUNT: 'acme',
      SNOWFLAKE_URL: `http://${server.host}:${server.port}`,
      SNOWFLAKE_USER: 'ROOT',
      SNOWFLAKE_ROLE: 'ACCOUNTADMIN',
      SNOWFLAKE_PRIVATE_KEY_PATH: adminPath,
    });
    try {
      const [made, looked] = [await inProcess(lines[0] ?? []), await inProcess(lines[1] ?? [])];
      expect([made.code, made.err, looked.code, looked.err]).toEqual([0, '', 1, '']);
      await runAll(statementsOf(made.out));
      expect(await inProcess(lines[1] ?? [])).toMatchObject({
        code: 0,
        out: expect.stringContaining('Nothing found.') as string,
      });
    } finally {
      process.env = before;
    }
  }, 240_000);

  it('calls unknown what it may not see, and is not green for it', async () => {
    await account();
    await runAll(statementsOf((await setup('--public-key', `SALLYPORT=${gatePublic}`)).out));
    const { code, out } = await doctor(
      '--json',
      '--user',
      'SALLYPORT',
      '--role',
      'SALLYPORT',
      '--private-key',
      gatePrivate,
    );
    const told = JSON.parse(out) as Told;
    expect(code).toBe(1);
    expect(told.clean).toBe(false);
    expect(told.findings).toEqual([]);
    const unknown = new Set(told.unknown.flatMap(({ checks }) => checks));
    for (const check of [
      'USER_TYPE',
      'USER_SECONDARY_ROLES',
      'USER_PASSWORD',
      'USER_STANDING_ROLE',
      'NETWORK_POLICY_MISSING',
      'SESSION_POLICY_MISSING',
      'LOGIN_POLICY_MISSING',
      'FUTURE_GRANT',
      'UNLOAD_INLINE_URL',
      'RESOURCE_MONITOR',
      'DEFINER_RIGHTS',
    ])
      expect(unknown, check).toContain(check);
    const words = await doctor('--user', 'SALLYPORT', '--role', 'SALLYPORT', '--private-key', gatePrivate);
    expect(words.out).toMatch(/^unknown {3}USER_TYPE[^]*not visible to SALLYPORT\.\n$/m);
  }, 120_000);

  it('ends with 70 where the account cannot be reached or will not let it in, and repeats no secret', async () => {
    const server = await account();
    const closed = await doctor('--url', 'http://127.0.0.1:9');
    expect([closed.code, closed.out]).toEqual([70, '']);
    const stranger = await doctor('--private-key', gatePrivate);
    expect(stranger).toMatchObject({
      code: 70,
      out: '',
      err: expect.stringMatching(/^sallyport: the account cannot be reached: login, \d+\n$/) as string,
    });
    server.fault(({ sql }) => (sql?.startsWith('SHOW FUTURE') === true ? { status: 503 } : undefined));
    const broken = await doctor();
    expect([broken.code, broken.out]).toEqual([70, '']);
    expect(`${closed.err}${stranger.err}${broken.err}`).not.toContain(gateKey.privateKey.split('\n')[2]);
  }, 120_000);

  it('takes settings from the environment, a token among them, and is a command of its own', async () => {
    const server = await account();
    const { catalog } = server;
    const root = catalog.user('ROOT');
    catalog.users.set('ROOT', { ...root, tokens: ['pat-4711'] });
    const env = {
      SNOWFLAKE_ACCOUNT: 'acme',
      SNOWFLAKE_URL: `http://${server.host}:${server.port}`,
      SNOWFLAKE_USER: 'ROOT',
      SNOWFLAKE_ROLE: 'ACCOUNTADMIN',
      SNOWFLAKE_TOKEN: 'pat-4711',
      SNOWFLAKE_WAREHOUSE: 'AGENTS',
    };
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
      const { code, out, err } = await sallyport(['snowflake', 'doctor', '--schema', 'ACME.OPS', '--agent', 'AGENT']);
      expect([
        code,
        err.replaceAll(
          /^.*(?:AWS SDK|versions published|will require|To continue|and security|More information|trace-warnings|Warning).*\n|^\n/gm,
          '',
        ),
      ]).toEqual([1, '']);
      expect(out).toMatch(/^high {6}USER_MISSING {2}SALLYPORT: there is no such user\n/);
      expect(out).not.toContain('pat-4711');
    } finally {
      process.env = before;
    }
  }, 120_000);

  it.each<[string, string[], string]>([
    [
      'no account',
      [...plan, '--user', 'U', '--role', 'R', '--private-key', 'x'],
      '--account is missing, and so is SNOWFLAKE_ACCOUNT',
    ],
    ['no key', [...plan, '--account', 'a', '--user', 'U', '--role', 'R'], '--private-key is missing'],
    [
      'an account that is none',
      [...plan, '--account', 'a/b', '--user', 'U', '--role', 'R', '--private-key', 'x'],
      'account must be an account identifier',
    ],
    [
      'an address in clear',
      [...plan, '--account', 'a', '--url', 'http://x.example', '--user', 'U', '--role', 'R', '--private-key', 'x'],
      'url must be https',
    ],
  ])('refuses %s', async (_what, args, message) => {
    const { code, out, err } = await inProcess(['snowflake', 'doctor', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('has found each of its codes above', () => {
    expect([...seen].toSorted()).toEqual(Object.keys(findingCodes).toSorted());
  });

  it('has every code in the documentation, and no other', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/snowflake.md'), 'utf8');
    const told = [...page.matchAll(/^\| `([A-Z_]+)` \| (high|medium|low|info) \|/gm)].map(
      ([, code, severity]) => `${code} ${severity}`,
    );
    expect(told.toSorted()).toEqual(
      Object.entries(findingCodes)
        .map(([code, { severity }]) => `${code} ${severity}`)
        .toSorted(),
    );
  });
});

describe('sallyport snowflake', () => {
  it.each([
    ['snowflake', '--help'],
    ['snowflake', 'setup', '-h'],
    ['snowflake', 'doctor', '--help'],
  ])('%s %s %s explains', async (...args) => {
    const { code, out } = await inProcess(args.filter((each) => each !== undefined));
    expect(out).toMatch(/^Usage: sallyport snowflake[^]*Exit codes/);
    expect(code).toBe(0);
  });

  it.each([[['snowflake']], [['snowflake', 'nothing']]])('%j is wrong', async (args) => {
    expect(await inProcess(args)).toMatchObject({ code: 2, out: '' });
  });
});
