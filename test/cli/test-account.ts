import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { snowflakeServer, type SnowflakeServer } from '../../src/snowflake-server/index.js';
import { connected, gone, ran, type Connection } from '../snowflake-server/driver.js';
import { inProcess, type Ended } from './command.js';

const keyPair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
export const [adminKey, gateKey, agentKey] = [keyPair(), keyPair(), keyPair()];
const folder = mkdtempSync(join(tmpdir(), 'sallyport-doctor-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
export const [adminPath, gatePublic, agentPublic, gatePrivate] = [
  file('admin.p8', adminKey.privateKey),
  file('gate.pub', gateKey.publicKey),
  file('agent.pub', agentKey.publicKey),
  file('gate.p8', gateKey.privateKey),
];
afterAll(() => rmSync(folder, { recursive: true }));

let server: SnowflakeServer | undefined;
let admin: Connection;

beforeAll(() => {
  process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] = 'true';
});

/** An account with two schemas and one who may do all. */
export async function account(): Promise<SnowflakeServer> {
  const made = await snowflakeServer({
    databases: { ACME: ['OPS', 'FINANCE'] },
    setup:
      'CREATE TABLE ACME.OPS.ORDERS AS SELECT 7 AS ID; CREATE VIEW ACME.OPS.OPEN_ORDERS AS SELECT ID FROM ACME.OPS.ORDERS; CREATE TABLE ACME.FINANCE.PAYROLL AS SELECT 9000 AS SALARY',
  });
  made.catalog.addUser(
    {
      name: 'ROOT',
      type: 'SERVICE',
      publicKey: adminKey.publicKey,
      defaultRole: 'ACCOUNTADMIN',
      defaultSecondaryRoles: 'NONE',
    },
    ['ACCOUNTADMIN', 'SECURITYADMIN'],
  );
  server = made;
  admin = await connected(made, {
    username: 'ROOT',
    authenticator: 'SNOWFLAKE_JWT',
    privateKey: adminKey.privateKey,
    role: 'ACCOUNTADMIN',
  });
  return made;
}
afterEach(async () => {
  if (server === undefined) return;
  await gone(admin);
  await server.close();
  server = undefined;
});

/** Two schemas, two agents. */
export const plan = [
  '--schema',
  'ACME.OPS',
  '--schema',
  'ACME.FINANCE',
  '--agent',
  'AGENT',
  '--agent',
  'AGENT_2',
  '--warehouse',
  'AGENTS',
  '--egress',
  '203.0.113.7',
  '--egress',
  '198.51.100.0/24',
];
/** The script that makes an account fit, for the plan above. */
export const setup = (...more: string[]): Promise<Ended> => inProcess(['snowflake', 'setup', ...plan, ...more]);
const asRoot = (): string[] => [
  '--account',
  'acme',
  '--url',
  `http://${server?.host}:${server?.port}`,
  '--user',
  'ROOT',
  '--role',
  'ACCOUNTADMIN',
  '--private-key',
  adminPath,
];
/** What is wrong with the account, asked by one who may see it all. */
export const doctor = (...more: string[]): Promise<Ended> =>
  inProcess(['snowflake', 'doctor', ...plan, ...asRoot(), ...more]);

/** What doctor says as JSON. */
export interface Told {
  readonly clean: boolean;
  readonly findings: readonly {
    readonly code: string;
    readonly subject: string;
    readonly what: string;
    readonly why: string;
    readonly fix: readonly string[];
  }[];
  readonly notes: Told['findings'];
  readonly unknown: readonly { readonly checks: readonly string[]; readonly subject: string }[];
}

/** Every statement of a script, in its order; comments stay outside. */
export function statementsOf(script: string): readonly string[] {
  return script
    .split(/;\n/)
    .map((each) => each.replaceAll(/^--.*\n?/gm, '').trim())
    .filter((each) => each !== '');
}

/** Runs them as one who may do all. */
export async function runAll(statements: readonly string[]): Promise<void> {
  for (const sql of statements)
    await ran(admin, sql).catch((error: unknown) => Promise.reject(new Error(`${sql}: ${String(error)}`)));
}
