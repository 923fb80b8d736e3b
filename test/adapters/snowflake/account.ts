import { generateKeyPairSync } from 'node:crypto';
import { snowflake, type SnowflakeConnector, type SnowflakeOptions } from '../../../src/adapters/snowflake/index.js';
import type {
  Access,
  Bind,
  EngineStatement,
  Execution,
  Grant,
  Row,
  SchemaRef,
  StatementKind,
} from '../../../src/core/index.js';
import { snowflakeServer, type SnowflakeServer } from '../../../src/snowflake-server/index.js';

const keyPair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
export const [agentKey, gateKey] = [keyPair(), keyPair()];

export const setup = [
  "CREATE TABLE ACME.OPS.ORDERS AS SELECT range AS ID, 'name ' || range AS NAME FROM range(25000)",
  "CREATE TABLE ACME.OPS.CUSTOMERS AS SELECT * FROM (VALUES (1, 'Ada'), (2, 'Grace'), (3, NULL)) t(ID, CUSTOMER)",
  'CREATE TABLE ACME.FINANCE.PAYROLL AS SELECT 1 AS ID, 9000 AS SALARY',
].join('; ');

/**
 * An account as `sallyport snowflake setup` would leave it: access roles that a gateway owns, one agent's user, one
 * gateway's.
 */
export async function account(more: Partial<Parameters<typeof snowflakeServer>[0]> = {}): Promise<SnowflakeServer> {
  const server = await snowflakeServer({ databases: { ACME: ['OPS', 'FINANCE'] }, setup, ...more });
  const { catalog } = server;
  catalog.createRole('GATE', 'ACCOUNTADMIN');
  catalog.grant('GATE', { privilege: 'CREATE ROLE', on: 'ACCOUNT', name: 'ACCOUNT' });
  for (const [schema, tables] of [
    ['OPS', ['ORDERS', 'CUSTOMERS']],
    ['FINANCE', ['PAYROLL']],
  ] as const) {
    for (const access of ['READ', 'WRITE']) {
      const role = `${schema}_${access}`;
      catalog.createRole(role, 'GATE');
      catalog.grant(role, { privilege: 'USAGE', on: 'DATABASE', name: 'ACME' });
      catalog.grant(role, { privilege: 'USAGE', on: 'SCHEMA', name: `ACME.${schema}` });
      const privileges = access === 'READ' ? ['SELECT'] : ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
      for (const table of tables)
        for (const privilege of privileges)
          catalog.grant(role, { privilege, on: 'TABLE', name: `ACME.${schema}.${table}` });
    }
  }
  catalog.addUser({ name: 'AGENT', type: 'SERVICE', publicKey: agentKey.publicKey, defaultSecondaryRoles: 'NONE' });
  catalog.addUser({ name: 'AGENT_2', type: 'SERVICE', publicKey: agentKey.publicKey, defaultSecondaryRoles: 'NONE' });
  catalog.addUser(
    {
      name: 'GATE_USER',
      type: 'SERVICE',
      publicKey: gateKey.publicKey,
      defaultRole: 'GATE',
      defaultSecondaryRoles: 'NONE',
    },
    ['GATE'],
  );
  return server;
}

export const accessRole = ({ schema, access }: SchemaRef & { readonly access: Access }): string =>
  `${schema}_${access.toUpperCase()}`;

export function connectorFor(
  server: SnowflakeServer,
  { reapEveryMs = 60_000, ...more }: Partial<SnowflakeOptions> & { readonly reapEveryMs?: number } = {},
): SnowflakeConnector {
  return snowflake({
    account: server.account,
    url: `http://${server.host}:${server.port}`,
    warehouse: 'WH',
    user: 'AGENT',
    credential: { keyPair: { privateKey: agentKey.privateKey } },
    schemas: ['ACME.OPS', 'ACME.FINANCE'],
    roles: {
      strategy: 'ephemeral',
      accessRole,
      reapEveryMs,
      admin: { user: 'GATE_USER', role: 'GATE', credential: { keyPair: { privateKey: gateKey.privateKey } } },
    },
    ...more,
  });
}

export function grantOf(access: Access = 'read', schema = 'OPS', ttlMs = 60_000): Grant {
  const person = { id: 'idp:alice', subject: 'alice', issuer: 'idp' };
  return {
    id: crypto.randomUUID(),
    session: crypto.randomUUID(),
    identity: {
      principal: person,
      actor: { ...person, id: 'idp:agent', subject: 'agent' },
      expiresAt: Date.now() + ttlMs,
    },
    scope: { connection: 'warehouse', database: 'ACME', schema, access },
    limits: { maxRows: 1e6, maxBytes: 1e9 },
    rules: [],
    policyVersion: 'v',
    issuedAt: Date.now(),
    expiresAt: Date.now() + ttlMs,
  } as unknown as Grant;
}

/** What is left of us in the account. */
export function left(server: SnowflakeServer): {
  readonly sessions: number;
  readonly roles: readonly string[];
  readonly granted: readonly string[];
} {
  return {
    sessions: server.sessions(),
    roles: [...server.catalog.roles.keys()].filter((name) => name.startsWith('SALLYPORT_')),
    granted: [...(server.catalog.users.get('AGENT')?.granted ?? [])],
  };
}

export const nothing = { sessions: 0, roles: [], granted: [] } as const;

export function statement(sql: string, kind: StatementKind = 'read', binds: readonly Bind[] = []): EngineStatement {
  const analysis = {
    kind,
    operation: '',
    canonical: sql,
    digest: '',
    redacted: '',
    summary: '',
    reads: [],
    writes: [],
    functions: [],
  };
  return {
    id: crypto.randomUUID(),
    text: sql,
    canonical: sql,
    binds,
    analysis,
    limits: { maxRows: 1e9, maxBytes: 1e12 },
    timeLeftMs: 60_000,
  };
}

export async function drained(execution: Execution): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of execution.batches) rows.push(...batch);
  return rows;
}
