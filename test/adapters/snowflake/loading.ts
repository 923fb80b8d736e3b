/**
 * One session, as a process of its own in a directory of its own: says when the driver was loaded, and what it left.
 */
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { snowflake } from '../../../src/adapters/snowflake/index.js';
import { drained, grantOf, statement } from './account.js';

const { url, account, agentKey, gateKey } = JSON.parse(process.argv[2] ?? '') as Readonly<Record<string, string>>;
const { cache } = createRequire(import.meta.url);
/** The driver's own files are loaded for us alone; what it depends on is seen by everybody. */
const loaded = (): boolean => Object.keys(cache).some((path) => path.includes(`${sep}winston${sep}`));
const environment = JSON.stringify(process.env);
const key = (privateKey = '') => ({ keyPair: { privateKey } });
const connector = snowflake({
  account: account ?? '',
  url: url ?? '',
  warehouse: 'WH',
  user: 'AGENT',
  credential: key(agentKey),
  schemas: ['ACME.OPS'],
  roles: {
    strategy: 'ephemeral',
    accessRole: () => 'OPS_READ',
    admin: { user: 'GATE_USER', role: 'GATE', credential: key(gateKey) },
  },
});
const beforeOpen = loaded();
const session = await connector.open(grantOf(), new AbortController().signal);
const rows = (await drained(await session.run(statement('SELECT ID FROM CUSTOMERS'), new AbortController().signal)))
  .length;
await session.close();
await connector.close?.();
const native = Object.keys(cache).filter((path) => /sf_mini_core.*\.node$/.test(path));
const shared = Object.keys(cache).filter((path) => path.includes(join('snowflake-sdk', 'dist')));
console.log(
  JSON.stringify({
    beforeOpen,
    afterOpen: loaded(),
    rows,
    environment: environment === JSON.stringify(process.env),
    shared,
    native,
  }),
);
