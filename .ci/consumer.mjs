// Installs the packed package alone, without any optional peer, and type-checks and runs its root entry as a stranger would.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const here = resolve(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'consumer-'));
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
} finally {
  rmSync(home, { recursive: true, force: true });
}
