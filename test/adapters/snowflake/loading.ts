/** One session, as a process of its own in a directory of its own: says when the driver was loaded, and what it left. */
import { createRequire } from 'node:module';
import { snowflake } from '../../../src/adapters/snowflake/index.js';
import { drained, grantOf, statement } from './account.js';

const { url, account, agentKey, gateKey } = JSON.parse(process.argv[2] ?? '') as Readonly<Record<string, string>>;
const { cache } = createRequire(import.meta.url);
const loaded = (): boolean => Object.keys(cache).some((path) => path.includes('snowflake-sdk'));
const key = (privateKey = '') => ({ keyPair: { privateKey } });
const connector = snowflake({
  account: account ?? '', url: url ?? '', warehouse: 'WH', user: 'AGENT', credential: key(agentKey), schemas: ['ACME.OPS'],
  roles: { strategy: 'ephemeral', accessRole: () => 'OPS_READ', admin: { user: 'GATE_USER', role: 'GATE', credential: key(gateKey) } },
});
const beforeOpen = loaded();
const session = await connector.open(grantOf(), new AbortController().signal);
const rows = (await drained(await session.run(statement('SELECT ID FROM CUSTOMERS'), new AbortController().signal))).length;
await session.close();
await connector.close?.();
const env = Object.fromEntries(['SNOWFLAKE_DISABLE_PLATFORM_DETECTION', 'SNOWFLAKE_DISABLE_MINICORE', 'SF_TELEMETRY_DISABLE_CONNECTION_SHAPE'].map((name) => [name, process.env[name]]));
const native = Object.keys(cache).filter((path) => /sf_mini_core.*\.node$/.test(path));
console.log(JSON.stringify({ beforeOpen, afterOpen: loaded(), rows, configFile: process.env['SF_CLIENT_CONFIG_FILE'] ?? null, env, native }));
