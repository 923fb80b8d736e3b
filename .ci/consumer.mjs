// consumer.mjs TARBALL: installs the packed package as strangers do, each in an empty folder with peers unpinned, and
// runs what they would run. The folders are made at the same time: most of it is waiting.
import { execFile, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const here = resolve(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'consumer-'));
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const peers = Object.keys(manifest.peerDependencies);
const mcp = peers.filter((name) => name.startsWith('@modelcontextprotocol/'));
const duck = '@duckdb/node-api';
const tools = {
  npm10: ['npm@npm:npm@10', 'npm/bin/npm-cli.js'],
  npm11: ['npm@npm:npm@11', 'npm/bin/npm-cli.js'],
  pnpm10: ['pnpm@10', 'pnpm/bin/pnpm.cjs'],
  pnpm12: ['pnpm@12', 'pnpm/bin/pnpm.mjs'],
};

/** What it printed; throws with that where it fails. */
async function run(command, args, cwd) {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd, maxBuffer: 64 * 1_048_576 });
    return stdout + stderr;
  } catch (error) {
    throw new Error(
      `${command} ${args.join(' ')} in ${cwd}: ${error.code}\n${error.stdout ?? ''}${error.stderr ?? ''}`,
      { cause: error },
    );
  }
}

/** A folder of a stranger with their own program, and the packages they add one command after the other. */
class Stranger {
  #tool;

  constructor(name, tool, ...programs) {
    Object.assign(this, { name, tool, folder: join(home, name) });
    mkdirSync(this.folder);
    writeFileSync(
      join(this.folder, 'package.json'),
      JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
    );
    for (const program of programs) copyFileSync(join(here, '.ci/consumer', program), join(this.folder, program));
  }

  async with(...args) {
    this.#tool ??= await script(this.tool);
    return run(process.execPath, [this.#tool, ...args], this.folder);
  }

  add(...packages) {
    return this.with(...(this.tool.startsWith('npm') ? ['install', '--no-audit', '--no-fund'] : ['add']), ...packages);
  }

  /** Throws where one of these is not there: npm has removed a peer and ended with 0. */
  holds(...packages) {
    const missing = packages.filter((name) => !existsSync(join(this.folder, 'node_modules', name, 'package.json')));
    if (missing.length > 0) throw new Error(`${this.name}: ${missing.join(', ')} is not there after the install`);
  }

  node(...args) {
    return run(process.execPath, args, this.folder);
  }
}

const fetched = new Map();

/** The script of a package manager at its major version. */
function script(name) {
  const [spec, path] = tools[name];
  const folder = join(home, `tool-${name}`);
  if (!fetched.has(name))
    fetched.set(
      name,
      run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, spec], home).then(() =>
        join(folder, 'node_modules', path),
      ),
    );
  return fetched.get(name);
}

/**
 * No peer at all, on a machine that takes no package that its Node is too old for; then installed again by the lock
 * file.
 */
async function alone(tarball, tool) {
  const stranger = new Stranger(`alone-${tool}`, tool, 'use.ts', 'use.mjs');
  await stranger.add('--engine-strict', tarball);
  await stranger.with('ci', '--engine-strict', '--no-audit', '--no-fund');
  await stranger.node('use.mjs');
  const said = await stranger.node(
    'node_modules/sallyport/dist/cli/main.js',
    'analyze',
    '--scope',
    'ACME.OPS',
    'SELECT id FROM orders',
  );
  if (!/decision +allow\b/.test(said)) throw new Error(`sallyport analyze: ${said}`);
  return stranger;
}

async function rootTypes(stranger) {
  writeFileSync(
    join(stranger.folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2023',
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: [],
      },
      files: ['use.ts'],
    }),
  );
  mkdirSync(join(stranger.folder, 'node_modules/@types'), { recursive: true });
  await stranger.node(join(here, 'node_modules/typescript/bin/tsc'), '-p', stranger.folder);
}

/** The status and stderr of `sallyport mcp`, asked once. */
function ping({ folder }) {
  const child = spawn(
    process.execPath,
    ['node_modules/sallyport/dist/cli/main.js', 'mcp', '--url', 'http://127.0.0.1:9/mcp'],
    { cwd: folder, env: { ...process.env, SALLYPORT_TOKEN: 't' }, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  return new Promise((done) => child.once('close', (status) => done({ status, stderr })));
}

const scenarios = {
  'no peer, npm 10': (tarball) => alone(tarball, 'npm10'),
  'no peer, npm 11; then the peers of the MCP mount': async (tarball) => {
    const stranger = await alone(tarball, 'npm11');
    await rootTypes(stranger);
    const without = await ping(stranger);
    if (without.status !== 2 || !without.stderr.includes('needs the packages @modelcontextprotocol/client'))
      throw new Error(`sallyport mcp without its peers: ${without.status} ${without.stderr}`);
    await stranger.add(...mcp);
    stranger.holds('sallyport', ...mcp);
    copyFileSync(join(here, '.ci/consumer/guide.mjs'), join(stranger.folder, 'guide.mjs'));
    await stranger.node('guide.mjs');
    const withPeers = await ping(stranger);
    if (withPeers.status !== 0) throw new Error(`sallyport mcp: ${withPeers.status} ${withPeers.stderr}`);
  },
  ...Object.fromEntries(
    ['npm10', 'npm11', 'pnpm12'].map((tool) => [
      `every peer unpinned, ${tool}`,
      async (tarball) => {
        const stranger = new Stranger(`whole-${tool}`, tool, 'whole.mjs');
        await stranger.add(tarball, ...peers);
        stranger.holds('sallyport', ...peers);
        await stranger.node('whole.mjs');
      },
    ]),
  ),
  ...Object.fromEntries(
    ['npm10', 'npm11', 'pnpm10'].map((tool) => [
      `DuckDB first, or last, ${tool}`,
      async (tarball) => {
        const stranger = new Stranger(`duck-${tool}`, tool);
        await stranger.add(duck, 'express@4');
        await stranger.add(tarball);
        stranger.holds('sallyport', duck, 'express');
        const other = new Stranger(`last-${tool}`, tool);
        await other.add(tarball);
        await other.add(duck);
        await other.add('kafkajs');
        other.holds('sallyport', duck, 'kafkajs');
        await other.node(
          '--input-type=module',
          '-e',
          "import { duckdb } from 'sallyport/duckdb'; duckdb({ schemas: ['A.B'] });",
        );
      },
    ]),
  ),
};

try {
  const tarball = resolve(process.argv[2] ?? '');
  const ended = await Promise.allSettled(
    Object.entries(scenarios).map(async ([name, play]) => {
      await play(tarball);
      console.log(`holds: ${name}`);
    }),
  );
  const failed = ended.filter(({ status }) => status === 'rejected');
  for (const { reason } of failed) console.error(reason);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
