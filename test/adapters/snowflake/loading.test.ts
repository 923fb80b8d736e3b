import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { account, agentKey, gateKey } from './account.js';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-loading-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('loads the driver with the first session and not before, silenced whatever its configuration file says', async () => {
  const server = await account();
  const paths: string[] = [];
  server.fault(({ path }) => {
    paths.push(path);
    return undefined;
  });
  const config = join(folder, 'client.json');
  writeFileSync(config, JSON.stringify({ common: { log_level: 'DEBUG', log_path: folder } }));
  const settings = { url: `http://${server.host}:${server.port}`, account: server.account, agentKey: agentKey.privateKey, gateKey: gateKey.privateKey };
  const root = join(import.meta.dirname, '../../..');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--no-warnings', '--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(import.meta.dirname, 'loading.ts'), JSON.stringify(settings)], { cwd: folder, env: { ...process.env, SF_CLIENT_CONFIG_FILE: config, HOME: folder }, timeout: 100_000 });
  expect(JSON.parse(stdout)).toEqual({
    beforeOpen: false, afterOpen: true, rows: 3, configFile: null,
    env: { SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true', SNOWFLAKE_DISABLE_MINICORE: '1', SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: '1' }, native: [],
  });
  expect(stderr).toBe('');
  // The driver makes the directory of its cache when it is imported; nothing is put in it.
  expect(readdirSync(folder, { recursive: true }).map(String).toSorted()).toEqual(['.cache', join('.cache', 'snowflake'), 'client.json']);
  expect(paths.filter((path) => path.startsWith('/telemetry'))).toEqual([]);
  await server.close();
}, 120_000);
