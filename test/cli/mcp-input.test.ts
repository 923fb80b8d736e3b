import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { memoryIdentity } from '../../src/adapters/memory/index.js';
import { AccessError } from '../../src/core/index.js';
import { connect, house, serve, session } from '../adapters/mcp/test-gateway.js';
import { meta } from '../adapters/mcp/wire.js';
import { shipped } from '../support/built.js';

const root = join(import.meta.dirname, '../..');
const token = 'canary-4711';
/** Commands take their time to start on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });
const patience = { timeout: 60_000 };
const identity = memoryIdentity({ [token]: { subject: 'agent-a' } });

interface Line {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: object;
  readonly error?: { readonly code: number; readonly message: string };
}

/** The command with its input and output in our hands. */
function started(url: string) {
  const child = spawn(process.execPath, [shipped, 'mcp', '--url', url], {
    cwd: root,
    env: { ...process.env, SALLYPORT_TOKEN: token },
  });
  const lines: Line[] = [];
  let [rest, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    const pieces = (rest + chunk.toString()).split('\n');
    rest = pieces.pop() ?? '';
    lines.push(...pieces.map((line) => JSON.parse(line) as Line));
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([code]) => code as number);
  return {
    write: (text: string) => child.stdin.write(text),
    end: () => child.stdin.end(),
    lines,
    ended,
    err: () => err,
    answers: () => lines.filter(({ id }) => id !== undefined),
  };
}

const ping = (id: number): string => `${JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })}\n`;

/** One call, as each revision says it. */
const spoken = {
  '2026-07-28': (id: number, name: string, args: object) =>
    `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args, _meta: { ...meta(), progressToken: id } } })}\n`,
  '2025-11-25': (id: number, name: string, args: object) =>
    `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args, _meta: { progressToken: id } } })}\n`,
};
const revisions = Object.entries(spoken);

/** An engine whose statements run until they are cancelled. */
function endless() {
  const cancelled: string[] = [];
  const answer = async ({ canonical }: { readonly canonical: string }, signal: AbortSignal) => {
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        cancelled.push(canonical);
        reject(new AccessError('ABORTED'));
      });
    });
    return { columns: [], rows: [] };
  };
  return { answer, cancelled };
}

describe('what stands on the input of sallyport mcp', () => {
  it('is passed on where it is a message; what is none is not answered, and stops nothing', async () => {
    const { gateway, audit } = await house(undefined, { identity });
    const command = started((await serve(gateway)).url);
    for (const junk of [
      'hello',
      '{',
      '',
      '{}',
      '[]',
      '[1]',
      'null',
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"1.0","id":1,"method":"ping"}',
      '\u0000\u0007',
      `{"jsonrpc":"2.0","id":{},"method":"ping"}`,
      '{"__proto__":{"id":1}}',
    ])
      command.write(`${junk}\n`);
    const whole = ping(1);
    for (const piece of [whole.slice(0, 9), whole.slice(9), ping(2)]) command.write(piece);
    await expect.poll(() => command.lines.length, patience).toBe(2);
    command.end();
    expect(await command.ended).toBe(0);
    expect(new Set(command.lines.map(({ id, result }) => JSON.stringify([id, result])))).toEqual(
      new Set(['[1,{}]', '[2,{}]']),
    );
    expect(command.err()).not.toContain(token);
    expect(audit.events).toHaveLength(1);
  });

  it('is refused by the gateway where it is too large, and the next is answered', async () => {
    const { gateway, audit } = await house(undefined, { identity });
    const command = started((await serve(gateway)).url);
    command.write(spoken['2025-11-25'](1, 'run_statement', { session: 'x', sql: 'x'.repeat(2_000_000) }));
    await expect.poll(() => command.lines.length, patience).toBe(1);
    command.write(ping(2));
    await expect.poll(() => command.lines.length, patience).toBe(2);
    command.end();
    expect(await command.ended).toBe(0);
    expect(command.lines).toEqual([
      {
        jsonrpc: '2.0',
        id: 1,
        error: expect.objectContaining({
          message: expect.stringMatching(/larger than 1048576 bytes|cannot be reached/),
        }),
      },
      { jsonrpc: '2.0', id: 2, result: {} },
    ]);
    expect(audit.events).toHaveLength(1);
  });

  it('without an end is not kept: the command fails', async () => {
    const { gateway } = await house(undefined, { identity });
    const command = started((await serve(gateway)).url);
    command.write(ping(1));
    await expect.poll(() => command.lines.length, patience).toBe(1);
    command.write('x'.repeat(11 * 1_048_576));
    expect(await command.ended).toBe(70);
    expect(command.lines).toHaveLength(1);
  });

  it.each(revisions)('ends while a statement of %s runs: it is cancelled at the engine', async (_revision, callOf) => {
    const engine = endless();
    const { gateway } = await house(engine.answer, { identity });
    const { url } = await serve(gateway, { progressMs: 5 });
    const id = await session(await connect(url, { token }));
    const command = started(url);
    command.write(callOf(1, 'run_statement', { session: id, sql: 'SELECT orders' }));
    await expect
      .poll(() => command.lines.some(({ method }) => method === 'notifications/progress'), patience)
      .toBe(true);
    expect(engine.cancelled).toEqual([]);
    command.end();
    expect(await command.ended).toBe(0);
    await expect.poll(() => engine.cancelled, patience).toEqual(['SELECT orders']);
    expect(command.answers()).toEqual([]);
  });

  it.each(revisions)(
    'waits for an answer that a gateway of %s does not give any more: it is told so',
    async (_revision, callOf) => {
      const { gateway } = await house(endless().answer, { identity });
      const served = await serve(gateway, { progressMs: 5 });
      const id = await session(await connect(served.url, { token }));
      const command = started(served.url);
      command.write(callOf(1, 'run_statement', { session: id, sql: 'SELECT orders' }));
      await expect
        .poll(() => command.lines.some(({ method }) => method === 'notifications/progress'), patience)
        .toBe(true);
      served.stop();
      await expect.poll(() => command.answers().length, patience).toBe(1);
      expect(command.answers()[0]).toMatchObject({ id: 1, error: { message: 'The gateway cannot be reached.' } });
      command.end();
      expect(await command.ended).toBe(0);
    },
  );
});
