import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoint, type Endpoint } from './endpoint.js';

/**
 * Where the tools of tools/package.json are installed, as .ci/run does it:
 * cp test/conformance/tools/package.json DIR && npm install --prefix DIR && MCP_TOOLS=DIR npx vitest run
 * test/conformance
 */
const folder = process.env['MCP_TOOLS'] ?? '';
const there = folder !== '' && existsSync(join(folder, 'node_modules/@modelcontextprotocol/conformance'));
if (!there) {
  if (process.env['CI'] === 'true') throw new Error('the MCP conformance suite is not where MCP_TOOLS says');
  console.log(
    'skipped: the MCP conformance suite and the inspector are not here; set MCP_TOOLS to where they are installed',
  );
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(script: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(
    join(folder, 'node_modules/node/bin/node'),
    [join(folder, 'node_modules/@modelcontextprotocol', script), ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

async function inspect(url: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out } = await run('inspector/clients/launcher/build/index.js', [
    '--cli',
    url,
    '--header',
    'Authorization: Bearer t',
    ...args,
  ]);
  // A tool that refuses is an exit code of its own, with the answer all the same.
  if (!out.startsWith('{')) throw new Error(`${code} ${out}`);
  return JSON.parse(out) as Record<string, unknown>;
}

/**
 * What passes at least in each revision, so that a run in which nothing was asked is not taken for one in which all was
 * well.
 */
const passing = [
  [
    '2026-07-28',
    40,
    90,
    [
      'server-stateless',
      'http-header-validation',
      'caching',
      'sep-2164-resource-not-found',
      'tools-list',
      'resources-list',
      'dns-rebinding-protection',
    ],
  ],
  ['2025-11-25', 33, 36, ['server-initialize', 'ping', 'tools-list', 'resources-list', 'dns-rebinding-protection']],
  ['2025-06-18', 27, 30, ['server-initialize', 'ping', 'tools-list', 'resources-list']],
] as const;

describe.skipIf(!there)('from outside', () => {
  let at: Endpoint;
  beforeAll(async () => {
    at = await endpoint();
  });
  afterAll(() => at.close());

  it.each(passing)(
    'the conformance suite of %s passes, but for what is not here',
    async (version, scenarios, checks, well) => {
      const { code, out, err } = await run('conformance/dist/index.js', [
        'server',
        '--url',
        at.open,
        '--suite',
        'all',
        '--spec-version',
        version,
        '--expected-failures',
        join(import.meta.dirname, 'not-here.yml'),
      ]);
      const summary = out.slice(out.indexOf('=== SUMMARY ==='));
      expect([code, summary, err]).toEqual([0, expect.stringContaining('Baseline check passed'), expect.anything()]);
      const counted = [...summary.matchAll(/^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed$/gm)];
      const passed = counted.reduce((sum, [, , count]) => sum + Number(count), 0);
      console.log(
        `MCP conformance ${version}: ${counted.length} scenarios, ${passed} checks passed, ${counted.reduce((sum, [, , , count]) => sum + Number(count), 0)} are of what is not here`,
      );
      expect([counted.length >= scenarios, passed >= checks]).toEqual([true, true]);
      for (const scenario of well)
        expect(Number(counted.find(([, name]) => name === scenario)?.[2])).toBeGreaterThan(0);
    },
    300_000,
  );

  it('the inspector signs in, lists every tool and calls each', async () => {
    const call = async (
      tool: string,
      args: Readonly<Record<string, unknown>> = {},
    ): Promise<Record<string, unknown>> => {
      const given = Object.entries(args).flatMap(([name, value]) => [
        '--tool-arg',
        `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ]);
      return (await inspect(at.guarded, '--method', 'tools/call', '--tool-name', tool, ...given))[
        'structuredContent'
      ] as Record<string, unknown>;
    };
    const { tools } = (await inspect(at.guarded, '--method', 'tools/list')) as { tools: { name: string }[] };
    const called = [
      'list_connections',
      'open_session',
      'describe_scope',
      'explain_statement',
      'run_statement',
      'more_rows',
      'session_record',
      'close_session',
    ];
    expect(tools.map(({ name }) => name)).toEqual(called);
    expect(await call('list_connections')).toMatchObject({ status: 'completed' });
    const { session } = (await call('open_session', {
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'read',
      ttl: 600,
      reason: 'the inspector',
    })) as { session: { id: string } };
    const sql = 'SELECT orders';
    for (const [tool, args] of [
      ['describe_scope', {}],
      ['explain_statement', { sql }],
      ['session_record', {}],
    ] as const) {
      expect([tool, await call(tool, { session: session.id, ...args })]).toEqual([
        tool,
        expect.objectContaining({ status: 'completed' }),
      ]);
    }
    const { result } = (await call('run_statement', { session: session.id, sql })) as {
      result: { rows: unknown; more: string };
    };
    expect(result.rows).toEqual([[1], [2]]);
    expect(await call('more_rows', { session: session.id, more: result.more })).toMatchObject({
      status: 'completed',
      result: { rows: [[3]] },
    });
    expect(await call('close_session', { session: session.id })).toMatchObject({ session: { state: 'closed' } });
  }, 300_000);

  it('a client that was written for 2025-06-18 works through the loop', async () => {
    const { client, version } = await olderClient(at.guarded);
    expect(version()).toBe('2025-06-18');
    const call = async (name: string, args: object): Promise<Record<string, unknown>> =>
      (await client.callTool({ name, arguments: args })).structuredContent;
    const { session } = (await call('open_session', {
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'read',
      ttl: 600,
      reason: 'an older client',
    })) as { session: { id: string } };
    expect(await call('run_statement', { session: session.id, sql: 'SELECT orders' })).toMatchObject({
      status: 'completed',
      result: { rows: [[1], [2]] },
    });
    expect(await call('run_statement', { session: session.id, sql: 'SELECT acme.finance.payroll' })).toMatchObject({
      status: 'denied',
      problem: { code: 'OUT_OF_SCOPE' },
    });
    expect(await call('close_session', { session: session.id })).toMatchObject({ session: { state: 'closed' } });
    await client.close();
  }, 60_000);
});

interface Older {
  connect(transport: unknown): Promise<void>;
  callTool(call: object): Promise<{ readonly structuredContent: Record<string, unknown> }>;
  close(): Promise<void>;
}

/** The vendor's own client of that time. */
async function olderClient(
  url: string,
): Promise<{ readonly client: Older; readonly version: () => string | undefined }> {
  const home = join(folder, 'node_modules/client-of-2025-06-18');
  expect((JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }).version).toBe('1.17.5');
  const { Client } = (await import(join(home, 'dist/esm/client/index.js'))) as { Client: new (about: object) => Older };
  const { StreamableHTTPClientTransport } = (await import(join(home, 'dist/esm/client/streamableHttp.js'))) as {
    StreamableHTTPClientTransport: new (url: URL, options: object) => { readonly protocolVersion?: string };
  };
  const client = new Client({ name: 'older', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: 'Bearer t' } },
  });
  await client.connect(transport);
  return { client, version: () => transport.protocolVersion };
}
