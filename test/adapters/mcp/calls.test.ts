import { describe, expect, it } from 'vitest';
import { RunningCalls } from '../../../src/adapters/mcp/running-calls.js';
import { AccessError } from '../../../src/core/index.js';
import { call, connect, eras, house, serve, session } from './test-gateway.js';
import { legacy, modern, post } from './wire.js';

/** An engine whose statements run until they are cancelled or let go. */
function slow() {
  const cancelled: string[] = [];
  let [begun, go] = [0, (): void => undefined];
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const answer = async ({ canonical }: { readonly canonical: string }, signal: AbortSignal) => {
    begun += 1;
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        cancelled.push(canonical);
        reject(new AccessError('ABORTED'));
      });
      void gone.then(resolve);
    });
    return { columns: ['ID'], rows: [[1]] };
  };
  return { answer, cancelled, go, begun: () => begun };
}

describe.each(eras)('a statement that takes its time, client of $era', ({ options }) => {
  it('is reported on, to a client that asks for it', async () => {
    const engine = slow();
    const { gateway } = await house(engine.answer);
    const client = await connect((await serve(gateway, { progressMs: 5 })).url, options);
    const told: { progress: number; message?: string | undefined }[] = [];
    const running = call(
      client,
      'run_statement',
      { session: await session(client), sql: 'SELECT orders' },
      { onprogress: (progress) => told.push(progress) },
    );
    await expect.poll(() => told.length).toBeGreaterThan(2);
    engine.go();
    expect((await running).status).toBe('completed');
    expect(told.map(({ progress }) => progress)).toEqual(told.map((_, index) => index + 1));
    expect(told[0]?.message).toContain('under way');
  });

  it('is cancelled at the engine when the client cancels it, and the session goes on', async () => {
    const engine = slow();
    const { gateway, audit } = await house(engine.answer);
    const client = await connect((await serve(gateway)).url, options);
    const id = await session(client);
    const leaving = new AbortController();
    const running = call(client, 'run_statement', { session: id, sql: 'SELECT orders' }, { signal: leaving.signal });
    await expect.poll(engine.begun).toBe(1);
    leaving.abort();
    await expect(running).rejects.toThrow();
    await expect.poll(() => engine.cancelled).toEqual(['SELECT orders']);
    await expect
      .poll(() => audit.events.map(({ code, data }) => [code, data['code']]))
      .toContainEqual(['statement.failed', 'ABORTED']);
    engine.go();
    expect((await call(client, 'run_statement', { session: id, sql: 'SELECT orders' })).status).toBe('completed');
  });
});

describe.each([
  ['2026-07-28', modern],
  ['2025-11-25', legacy],
] as const)('a client of %s that is gone', (_era, send) => {
  it('cancels what it asked for', async () => {
    const engine = slow();
    const { gateway } = await house(engine.answer);
    const { url } = await serve(gateway);
    const id = await session(await connect(url));
    const leaving = new AbortController();
    const running = send(url, 'run_statement', { session: id, sql: 'SELECT orders' }, { signal: leaving.signal });
    await expect.poll(engine.begun).toBe(1);
    leaving.abort();
    await expect(running).rejects.toThrow();
    await expect.poll(() => engine.cancelled).toEqual(['SELECT orders']);
  });
});

const cancel = (url: string, requestId: unknown, token = 'a') =>
  post(
    url,
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } },
    { token, headers: { 'mcp-protocol-version': '2025-11-25' } },
  );

describe('a message that cancels (2025-11-25)', () => {
  it('is heard from whoever made the call, and from nobody else', async () => {
    const engine = slow();
    const { gateway } = await house(engine.answer);
    const { url } = await serve(gateway);
    const id = await session(await connect(url));
    const running = legacy(url, 'run_statement', { session: id, sql: 'SELECT orders' }, { id: 77 });
    await expect.poll(engine.begun).toBe(1);
    for (const [request, token] of [
      [77, 'b'],
      [77, 'c'],
      [78, 'a'],
      ['77', 'a'],
      [undefined, 'a'],
    ] as const)
      expect((await cancel(url, request, token)).status).toBeLessThan(500);
    expect(engine.cancelled).toEqual([]);
    expect((await cancel(url, 77)).status).toBe(202);
    await expect.poll(() => engine.cancelled).toEqual(['SELECT orders']);
    engine.go();
    await running.catch(() => undefined);
  });

  it('leaves calls alone that cannot be told apart', () => {
    const calls = new RunningCalls();
    const [one, two] = [calls.register('me', 1), calls.register('me', 1)];
    calls.cancel('me', 1);
    expect([one.signal.aborted, two.signal.aborted]).toEqual([false, false]);
    two.leave();
    calls.cancel('me', 1);
    expect([one.signal.aborted, two.signal.aborted]).toEqual([true, false]);
    one.leave();
    calls.cancel('me', 1);
  });
});
