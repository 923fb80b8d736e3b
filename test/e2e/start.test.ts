import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import '../support/built.js';

const root = join(import.meta.dirname, '../..');

/** A host that does nothing but start, as a process of its own. */
function host(parts: string): { readonly status: number | null; readonly said: string } {
  const program = `
    import { createGateway } from 'sallyport';
    import { duckdb } from 'sallyport/duckdb';
    import { memoryAudit, memoryIdentity, memoryPolicy } from 'sallyport/memory';
    await createGateway({ connections: { warehouse: duckdb({ schemas: ['ACME.OPS'] }) }, identity: memoryIdentity({}), policy: memoryPolicy([]), audit: memoryAudit(), ...${parts} });`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, said: stderr };
}

describe('a host whose gateway cannot start ends and says why', () => {
  it('where a part does not answer and nothing else is under way', () => {
    const { status, said } = host(
      `{ policy: { ...memoryPolicy([]), check: () => new Promise(() => {}) }, startCheck: { timeoutMs: 3_000 } }`,
    );
    expect(said).toContain('the gateway cannot start: policy: its check did not end within 3000 ms');
    expect(status).toBe(1);
  });

  it('with the text of the engine, for who reads what a process says last', () => {
    const { status, said } = host(
      `{ connections: { warehouse: duckdb({ path: '/nope/x.duckdb', schemas: ['ACME.OPS'] }) } }`,
    );
    expect(said).toMatch(/the gateway cannot start: connections\.warehouse: [\s\S]*IO Error: [^\n]*\/nope\/x\.duckdb/);
    expect(status).toBe(1);
  });

  it('where an option is misspelt', () => {
    const { status, said } = host(`{ plugin: [] }`);
    expect(said).toContain('createGateway: unknown option "plugin"; did you mean "plugins"?');
    expect(status).toBe(1);
  });
});
