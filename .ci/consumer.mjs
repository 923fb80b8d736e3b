// Installs the packed package alone, without any optional peer, and type-checks and runs its root entry as a stranger would; then with the peers of the MCP mount, and reads what agents read.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const here = resolve(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'consumer-'));
const { devDependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const mcp = ['server', 'client'].map((name) => `@modelcontextprotocol/${name}`);
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

try {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', home], here));
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--omit=optional', '--legacy-peer-deps', join(home, filename)], home);
  writeFileSync(join(home, 'use.ts'), `import { createGateway, type Plugin } from 'sallyport';\nimport { memoryAudit } from 'sallyport/memory';\nexport const plugin: Plugin = { name: 'p', setup: () => undefined };\nexport const built = createGateway;\nexport const audit = memoryAudit();\n`);
  writeFileSync(join(home, 'use.mjs'), `import { createGateway } from 'sallyport';\nconst code = await createGateway({ connections: {} }).catch((error) => error.code);\nif (code !== 'CONFIG_INVALID') throw new Error('expected CONFIG_INVALID, got ' + code);\n`);
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, skipLibCheck: false, types: [] }, files: ['use.ts'] }));
  mkdirSync(join(home, 'node_modules/@types'), { recursive: true });
  run(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '-p', home], home);
  run(process.execPath, ['use.mjs'], home);
  console.log('the root entry type-checks and runs with no optional peer installed');

  const command = () => spawnSync(process.execPath, ['node_modules/sallyport/dist/cli/main.js', 'mcp', '--url', 'http://127.0.0.1:9/mcp'], { cwd: home, encoding: 'utf8', input: '{"jsonrpc":"2.0","id":1,"method":"ping"}\n', env: { ...process.env, SALLYPORT_TOKEN: 't' } });
  const without = command();
  if (without.status !== 2 || !without.stderr.includes('needs the packages @modelcontextprotocol/client')) throw new Error(`sallyport mcp without its peers: ${without.status} ${without.stderr}`);
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--legacy-peer-deps', ...mcp.map((name) => `${name}@${devDependencies[name]}`)], home);
  writeFileSync(join(home, 'mcp.mjs'), `
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createGateway } from 'sallyport';
import { memoryAnalyzer, memoryAudit, memoryEngine, memoryIdentity, memoryPolicy } from 'sallyport/memory';
import { mcpRouter } from 'sallyport/mcp';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
const gateway = await createGateway({
  connections: { warehouse: memoryEngine([{ database: 'ACME', schema: 'OPS' }], () => ({ columns: [], rows: [] })) },
  identity: memoryIdentity({ t: { subject: 'stranger' } }), policy: memoryPolicy([]), analyzer: memoryAnalyzer(), audit: memoryAudit(),
});
const mount = mcpRouter(gateway);
const server = createServer((request, response) => mount(request, response, () => response.writeHead(404).end())).listen(0, '127.0.0.1');
await once(server, 'listening');
const client = new Client({ name: 'stranger', version: '1' }, { versionNegotiation: { mode: 'auto' } });
await client.connect(new StreamableHTTPClientTransport(new URL('http://127.0.0.1:' + server.address().port + '/'), { requestInit: { headers: { authorization: 'Bearer t' } } }));
const { contents } = await client.readResource({ uri: 'sallyport://guide/agents' });
if (!contents[0].text.startsWith('# For agents')) throw new Error('the guide for agents is not in the package');
await client.close();
server.closeAllConnections();
server.close();
await gateway.shutdown();
`);
  run(process.execPath, ['mcp.mjs'], home);
  const withPeers = command();
  if (withPeers.status !== 0) throw new Error(`sallyport mcp: ${withPeers.status} ${withPeers.stderr}`);
  console.log('the MCP mount and sallyport mcp run from the packed package, with the guide for agents');
} finally {
  rmSync(home, { recursive: true, force: true });
}
