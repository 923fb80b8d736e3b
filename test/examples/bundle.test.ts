import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** A host that mounts nothing: it starts a gateway, asks for one statement and says what came of it. */
const program = (startCheck: boolean): string => `
import { createGateway } from 'sallyport';
import { memoryAudit, memoryEngine, memoryIdentity, memoryPolicy } from 'sallyport/memory';

const caller = { credential: { scheme: 'bearer', token: 't' } };
const causeOf = (error) => String(error?.cause?.errors?.[0]?.cause?.cause ?? error?.cause ?? '');
try {
  const gateway = await createGateway({
    ${startCheck ? '' : 'startCheck: false,'}
    connections: { warehouse: memoryEngine([{ database: 'ACME', schema: 'OPS' }], () => ({ columns: ['ID'], rows: [[1]] })) },
    identity: memoryIdentity({ t: { subject: 'alice' } }), policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]), audit: memoryAudit(),
  });
  const { value: { id: session } } = await gateway.open({ ...caller, connection: 'warehouse', schema: 'ACME.OPS', access: 'read', ttlMs: 60_000, reason: 'a test' });
  const outcome = await gateway.run({ ...caller, session, sql: 'SELECT id FROM orders' });
  console.log(JSON.stringify({ status: outcome.status, code: outcome.code ?? outcome.error?.code, reason: outcome.reason, cause: causeOf(outcome.error) }));
  await gateway.shutdown();
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message, cause: causeOf(error) }));
}
`;

describe('a host in a bundle', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules', 'sallyport'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function ran(name: string, options: BuildOptions, startCheck = true): Promise<Record<string, string>> {
    const [source, bundle] = [join(folder, `${name}.ts`), join(folder, `${name}.mjs`)];
    writeFileSync(source, program(startCheck));
    // What CommonJS packages in a bundle of ES modules need: https://github.com/evanw/esbuild/issues/1921
    const banner = {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    };
    await build({
      entryPoints: [source],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'silent',
      banner,
      ...options,
    });
    const { stdout } = await run(process.execPath, [bundle], { cwd: folder, timeout: 60_000 });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, string>;
  }

  it.each<[string, BuildOptions]>([
    ['external', { external: ['sallyport', 'sallyport/*'] }],
    ['packages', { packages: 'external' }],
  ])(
    'works with the package beside it: %s',
    async (name, options) => {
      expect(await ran(name, options)).toMatchObject({ status: 'completed' });
    },
    120_000,
  );

  it('does not start with the parsers left behind, and says why', async () => {
    const { code, message, cause } = await ran('all', {});
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain('analyzer: statements cannot be analysed: the parsers do not start');
    expect(cause).toMatch(/Cannot find module .*worker\.js/);
  }, 120_000);

  it('answers that its analyser is broken where it was not tried at the start', async () => {
    const { status, code, reason, cause } = await ran('untried', {}, false);
    expect({ status, code, reason }).toEqual({ status: 'failed', code: 'ANALYSIS_UNAVAILABLE', reason: undefined });
    expect(cause).toMatch(/Cannot find module .*worker\.js/);
  }, 120_000);
});
