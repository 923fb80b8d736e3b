import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { AccessError } from '../../src/core/index.js';
import { call, eras, house, serve, session } from '../adapters/mcp/test-gateway.js';
import { shipped } from '../support/built.js';
import { sallyport } from './command.js';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'sallyport-mcp-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Commands take their time to start on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });
const patience = { timeout: 60_000 };

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

/** A client that starts the command and speaks to it over its standard input and output. */
async function started(
  args: readonly string[],
  options: object,
  env: Readonly<Record<string, string>> = { SALLYPORT_TOKEN: 'a' },
): Promise<Client> {
  const client = new Client({ name: 'stdio', version: '1' }, options);
  clients.push(client);
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [shipped, 'mcp', ...args],
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stderr: 'inherit',
    }),
  );
  return client;
}

describe.each(eras)('sallyport mcp, client of $era', ({ options }) => {
  it('the loop goes through it', async () => {
    const { gateway, engine } = await house();
    const { url } = await serve(gateway);
    const client = await started(['--url', url], options);
    expect((await client.listTools()).tools).toHaveLength(8);
    const id = await session(client);
    expect((await call(client, 'run_statement', { session: id, sql: 'SELECT orders' })).data).toMatchObject({
      result: {
        rows: [
          [1, 'one'],
          [2, null],
        ],
      },
    });
    expect(
      (await call(client, 'run_statement', { session: id, sql: 'SELECT acme.finance.payroll' })).data.problem?.code,
    ).toBe('OUT_OF_SCOPE');
    await call(client, 'close_session', { session: id });
    expect(engine.live()).toBe(0);
  });

  it('reports progress, and cancels', async () => {
    const cancelled: string[] = [];
    const { gateway } = await house(async ({ canonical }, signal) => {
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          cancelled.push(canonical);
          reject(new AccessError('ABORTED'));
        });
      });
      return { columns: [], rows: [] };
    });
    const { url } = await serve(gateway, { progressMs: 5 });
    const client = await started(['--url', url], options);
    const id = await session(client);
    const leaving = new AbortController();
    let told = 0;
    const running = call(
      client,
      'run_statement',
      { session: id, sql: 'SELECT orders' },
      {
        signal: leaving.signal,
        onprogress: () => {
          told += 1;
        },
      },
    );
    await expect.poll(() => told, patience).toBeGreaterThan(1);
    leaving.abort();
    await expect(running).rejects.toThrow();
    await expect.poll(() => cancelled, patience).toEqual(['SELECT orders']);
  });

  it('takes the token that the file holds now', async () => {
    const { gateway } = await house();
    const { url } = await serve(gateway);
    const file = join(folder, 'token');
    writeFileSync(file, 'a\n');
    const client = await started(['--url', url, '--token-file', file], options, {});
    const id = await session(client);
    writeFileSync(file, 'b');
    expect((await call(client, 'run_statement', { session: id, sql: 'SELECT orders' })).data.problem?.code).toBe(
      'NOT_FOUND',
    );
    writeFileSync(file, 'stolen');
    await expect(call(client, 'list_connections')).rejects.toThrow('The gateway does not take the token.');
    writeFileSync(file, 'a');
    expect((await call(client, 'list_connections')).status).toBe('completed');
  });
});

describe('sallyport mcp', () => {
  it.each([
    ['no address', [], 'a', '--url is missing'],
    ['no URL', ['--url', 'x'], 'a', '--url is no URL'],
    ['an address in clear', ['--url', 'http://gate.example/mcp'], 'a', '--url must be'],
    [
      'a password in the address',
      ['--url', 'https://me:secret@gate.example/mcp'],
      'a',
      '--url must hold no user or password',
    ],
    ['a word too many', ['--url', 'https://gate.example/mcp', 'x'], 'a', 'unknown argument'],
    ['an option nobody knows', ['--token', 'x'], 'a', 'Unknown option'],
    ['no token', ['--url', 'https://gate.example/mcp'], '', 'SALLYPORT_TOKEN holds no access token'],
    [
      'a token that would be a header of its own',
      ['--url', 'https://gate.example/mcp'],
      'a\r\nx: y',
      'SALLYPORT_TOKEN holds no access token',
    ],
    [
      'a file that is not there',
      ['--url', 'https://gate.example/mcp', '--token-file', join(folder, 'nothing')],
      'a',
      'cannot be read',
    ],
  ])('refuses %s', async (_what, args, token, message) => {
    const child = spawn(process.execPath, [shipped, 'mcp', ...args], {
      cwd: root,
      env: { ...process.env, SALLYPORT_TOKEN: token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number];
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toContain('secret');
  });

  it('says what it is, and is named in the help', async () => {
    expect((await sallyport(['mcp', '--help'])).out).toContain('Usage: sallyport mcp --url');
    expect((await sallyport(['--help'])).out).toContain('mcp       ');
  });

  it('answers each request, whatever the other side does, and passes on nothing that is no answer', async () => {
    const answers: ((write: (status: number, body: string, type?: string) => void) => void)[] = [
      (write) => write(500, '<html>secret stack</html>', 'text/html'),
      (write) => write(200, 'not json'),
      (write) => write(401, ''),
      (write) =>
        write(
          403,
          JSON.stringify({
            jsonrpc: '2.0',
            id: null,
            error: {
              code: -32_000,
              message: 'Pages of this origin may not call here.',
              data: { code: 'NOT_PERMITTED' },
            },
          }),
        ),
    ];
    const server = createServer((request, response) => {
      request
        .resume()
        .on('end', () =>
          answers.shift()?.((status, body, type = 'application/json') =>
            response.writeHead(status, { 'content-type': type }).end(body),
          ),
        );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const child = spawn(process.execPath, [shipped, 'mcp', '--url', `http://127.0.0.1:${port}/mcp`], {
      cwd: root,
      env: { ...process.env, SALLYPORT_TOKEN: 'a' },
    });
    const lines: { id: number; error: { code: number; message: string } }[] = [];
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const pieces = (rest + chunk.toString()).split('\n');
      rest = pieces.pop() ?? '';
      lines.push(...pieces.map((line) => JSON.parse(line) as (typeof lines)[number]));
    });
    for (let id = 1; id <= 4; id += 1) {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })}\n`);
      await expect.poll(() => lines.length, patience).toBe(id);
    }
    server.closeAllConnections();
    server.close();
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'ping' })}\n`);
    await expect.poll(() => lines.length, patience).toBe(5);
    child.stdin.end();
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    expect(lines.map(({ id, error }) => [id, error.message])).toEqual([
      [1, 'The gateway answered 500.'],
      [2, 'What the gateway answered cannot be read.'],
      [3, 'The gateway does not take the token.'],
      [4, 'Pages of this origin may not call here.'],
      [5, 'The gateway cannot be reached.'],
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });
});
