// Copies the parser of @polyglot-sql/sdk, as it is published, into dist. Its package.json demands Node 22 or newer,
// though this build of it runs on Node 20.19 as well: as a dependency it would
// warn everybody on Node 20, and stop an install with engine-strict. The version is the one in package-lock.json; every
// test runs on this copy.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const from = dirname(createRequire(import.meta.url).resolve('@polyglot-sql/sdk'));
const to = join(import.meta.dirname, '../dist/vendor/polyglot-sql');
mkdirSync(to, { recursive: true });
for (const name of ['index.cjs', 'polyglot_sql.wasm', '../LICENSE'])
  copyFileSync(join(from, name), join(to, name.replace('../', '')));
// Of its package.json, what says whose work it is: entry points count in a package's root only.
const { name, version, license, repository } = JSON.parse(readFileSync(join(from, '../package.json'), 'utf8'));
writeFileSync(join(to, 'package.json'), `${JSON.stringify({ name, version, license, repository }, undefined, 2)}\n`);
