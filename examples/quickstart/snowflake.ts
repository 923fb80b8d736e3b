import { generateKeyPairSync } from 'node:crypto';
import type { Actor } from 'sallyport';
import { snowflake, type RoleFor } from 'sallyport/snowflake';
import { snowflakeServer, type SnowflakeServer } from 'sallyport/snowflake-server';
import { schemas, setup } from './database.js';
import { Trouble } from './listen.js';
import type { Warehouse } from './warehouse.js';

const tables = { OPS: ['ORDERS', 'CARRIERS'], FINANCE: ['INVOICES', 'PAYROLL'] } as const;
const privileges = { READ: ['SELECT'], WRITE: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] } as const;
const agents = ['ORDERS_AGENT', 'REPORT_AGENT', 'INTERN_AGENT'];

const accessRole: RoleFor = ({ schema, access }) => `${schema}_${access.toUpperCase()}`;

/** One Snowflake user for each agent. */
const userOf = (_principal: unknown, actor: Actor): string => actor.subject.toUpperCase().replaceAll('-', '_');

/**
 * Snowflake's own driver against a server that speaks its protocol, in this process: a role for each session, a token
 * for each grant.
 */
export async function localSnowflake(keysUrl: string): Promise<Warehouse> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const [issuer, audience] = [new URL(keysUrl).origin, 'https://acme.snowflakecomputing.com'];
  const server = await snowflakeServer({
    databases: { ACME: Object.keys(tables) },
    setup: setup.join(';\n'),
    integrations: [{ issuer, audience, jwks: new URL(keysUrl) }],
  });
  prepare(server, publicKey);
  const connector = snowflake({
    account: server.account,
    url: `http://${server.host}:${server.port}`,
    warehouse: 'AGENTS',
    schemas,
    user: userOf,
    credential: { externalOAuth: { issuer, audience, signingKey: privateKey } },
    roles: {
      strategy: 'ephemeral',
      accessRole,
      admin: { user: 'SALLYPORT', role: 'SALLYPORT', credential: { keyPair: { privateKey } } },
    },
  });
  return {
    connector,
    close: () => server.close(),
    keys: (_request, response) =>
      void connector
        .jwks()
        .then((jwks) => response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks))),
    left: () => [
      ['sessions', server.sessions()],
      ['roles SALLYPORT_…', [...server.catalog.roles.keys()].filter((name) => name.startsWith('SALLYPORT_')).length],
      [
        'roles granted to agents',
        agents.reduce((sum, name) => sum + (server.catalog.users.get(name)?.granted.size ?? 0), 0),
      ],
    ],
  };
}

/** What an account's admin does once: access roles that the gateway owns, its own user, and one for each agent. */
function prepare({ catalog }: SnowflakeServer, publicKey: string): void {
  catalog.createRole('SALLYPORT', 'ACCOUNTADMIN');
  catalog.grant('SALLYPORT', { privilege: 'CREATE ROLE', on: 'ACCOUNT', name: 'ACCOUNT' });
  catalog.addUser(
    { name: 'SALLYPORT', type: 'SERVICE', publicKey, defaultRole: 'SALLYPORT', defaultSecondaryRoles: 'NONE' },
    ['SALLYPORT'],
  );
  for (const name of agents) catalog.addUser({ name, type: 'SERVICE', defaultSecondaryRoles: 'NONE' });
  for (const [schema, names] of Object.entries(tables)) {
    for (const [access, allowed] of Object.entries(privileges)) {
      const role = `${schema}_${access}`;
      catalog.createRole(role, 'SALLYPORT');
      catalog.grant(role, { privilege: 'USAGE', on: 'DATABASE', name: 'ACME' });
      catalog.grant(role, { privilege: 'USAGE', on: 'SCHEMA', name: `ACME.${schema}` });
      for (const name of names)
        for (const privilege of allowed)
          catalog.grant(role, { privilege, on: 'TABLE', name: `ACME.${schema}.${name}` });
    }
  }
}

const needed = [
  'SNOWFLAKE_ACCOUNT',
  'SNOWFLAKE_USER',
  'SNOWFLAKE_PRIVATE_KEY_PATH',
  'SNOWFLAKE_WAREHOUSE',
  'SNOWFLAKE_ROLE',
] as const;

/** An account of your own, with the tables of snowflake.sql, as one user under one role that is there already. */
export function ownSnowflake(env: Readonly<Record<string, string | undefined>> = process.env): Warehouse {
  const missing = needed.filter((name) => !env[name]);
  if (missing.length > 0) throw new Trouble(`--snowflake needs ${missing.join(', ')} in the environment`);
  const [account = '', user = '', path = '', warehouse = '', role = ''] = needed.map((name) => env[name]);
  const { SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: passphrase, SNOWFLAKE_URL: url } = env;
  const keyPair = { path, ...(passphrase === undefined ? {} : { passphrase }) };
  return {
    connector: snowflake({
      account,
      warehouse,
      user,
      schemas: ['ACME.OPS'],
      credential: { keyPair },
      roles: { strategy: 'prepared', role: () => role },
      ...(url === undefined ? {} : { url }),
    }),
  };
}
