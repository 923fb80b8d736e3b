import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import type { SnowflakeServer } from '../../../src/snowflake-server/index.js';
import { account, agentKey, gateKey } from './account.js';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-loading-'));
afterAll(() => rmSync(folder, { recursive: true }));

function settingsOf(server: SnowflakeServer): object {
  return {
    url: `http://${server.host}:${server.port}`,
    account: server.account,
    agentKey: agentKey.privateKey,
    gateKey: gateKey.privateKey,
  };
}

/** Runs one of the programs beside this file in a directory of its own. */
function started(
  name: string,
  settings: object,
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const loader = join(import.meta.dirname, '../../../node_modules/tsx/dist/loader.mjs');
  const args = ['--no-warnings', '--import', loader, join(import.meta.dirname, name), JSON.stringify(settings)];
  return promisify(execFile)(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    timeout: 100_000,
  });
}

it('loads the driver with the first session and not before, silenced whatever its configuration files say, in an environment that stays as it was', async () => {
  const server = await account();
  const paths: string[] = [];
  server.fault(({ path }) => {
    paths.push(path);
    return undefined;
  });
  const config = join(folder, 'client.json');
  writeFileSync(config, JSON.stringify({ common: { log_level: 'DEBUG', log_path: folder } }));
  const settings = settingsOf(server);
  // One in the home directory, which nobody named, is one that the driver would find by itself.
  copyFileSync(config, join(folder, 'sf_client_config.json'));
  chmodSync(join(folder, 'sf_client_config.json'), 0o600);
  const { stdout, stderr } = await started('loading.ts', settings, { SF_CLIENT_CONFIG_FILE: config, HOME: folder });
  expect(JSON.parse(stdout)).toEqual({
    beforeOpen: false,
    afterOpen: true,
    rows: 3,
    environment: true,
    shared: [],
    native: [],
  });
  expect(stderr).toBe('');
  // The driver makes the directory of its cache when it is imported; nothing is put in it.
  expect(readdirSync(folder, { recursive: true }).map(String).toSorted()).toEqual([
    '.cache',
    join('.cache', 'snowflake'),
    'client.json',
    'sf_client_config.json',
  ]);
  expect(paths.filter((path) => path.startsWith('/telemetry'))).toEqual([]);
  await server.close();
}, 120_000);

const xml = {
  success: true,
  code: null,
  message: null,
  data: {
    queryId: 'q',
    rowtype: [{ name: 'X', type: 'variant', precision: null, scale: null, length: null, nullable: true }],
    rowset: [['<a>1</a>']],
    total: 1,
    returned: 1,
    parameters: [],
    version: 1,
    queryResultFormat: 'json',
    statementTypeId: 4_096,
  },
};

it('leaves the driver of its host as it was: parsers, log and environment of connections that were opened before, meanwhile and after', async () => {
  const server = await account();
  server.catalog.changeUser('AGENT', { defaultSecondaryRoles: 'NONE' });
  server.fault(({ sql }) => (sql === 'SELECT XML' ? { body: JSON.stringify(xml) } : undefined));
  const { stdout } = await started('hosting.ts', settingsOf(server));
  const usual = { variant: { V: { a: 1 } }, xml: { X: { a: 1 } }, logs: true };
  expect(JSON.parse(stdout)).toEqual({
    before: usual,
    during: [usual, usual],
    after: [usual, usual, usual],
    ours: [{ a: 1 }],
    environment: true,
  });
  expect(readdirSync(folder, { recursive: true }).map(String)).not.toContain('snowflake.log');
  await server.close();
}, 120_000);
