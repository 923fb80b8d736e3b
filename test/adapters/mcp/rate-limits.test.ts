import { connect as dial } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { connect, house, serve, session } from './test-gateway.js';
import { legacy, modern } from './wire.js';

const limits = { requestsPerCaller: 1, requestBurstPerCaller: 20 };

async function flooded() {
  const { gateway, audit } = await house(undefined, { limits });
  const { url, origin, port } = await serve(gateway);
  const id = await session(await connect(url));
  for (let count = 0; count < 30; count += 1)
    await gateway.connections({ credential: { scheme: 'bearer', token: 'a' } });
  return { gateway, audit, url, origin, port, id };
}

describe('a caller who asks too much', () => {
  it.each([
    ['2026-07-28', modern],
    ['2025-11-25', legacy],
  ] as const)('ends its session over MCP all the same, %s', async (_era, ask) => {
    const { url, id, gateway } = await flooded();
    expect((await ask(url, 'session_record', { session: id })).status).toBe(429);
    const closed = await ask(url, 'close_session', { session: id });
    expect([
      closed.status,
      (closed.message.result as { structuredContent?: { session?: { state?: string } } }).structuredContent?.session
        ?.state,
    ]).toEqual([200, 'closed']);
    expect((await gateway.close({ credential: { scheme: 'bearer', token: 'a' }, session: id })).status).toBe(
      'completed',
    );
  });

  it('gets nothing else in by looking like that', async () => {
    const { url, id } = await flooded();
    const long = { session: id, more: 'x'.repeat(20_000) };
    expect((await modern(url, 'close_session', long)).status).toBe(429);
    expect((await modern(url, 'run_statement', { session: id, sql: 'close_session' })).status).toBe(429);
    expect((await modern(url, 'close_session', { session: id }, { token: 'stolen' })).status).toBe(401);
  });

  it('ends its session over REST all the same', async () => {
    const { origin, id } = await flooded();
    const ended = await fetch(`${origin}/jit/sessions/${id}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer a' },
    });
    expect(ended.status).toBe(200);
  });
});

describe('a body that comes slowly', () => {
  it.each(['/jit/sessions', '/mcp'])(
    'is waited for in so many requests of one caller and no more: %s',
    async (path) => {
      const { gateway } = await house();
      const { port } = await serve(gateway);
      const begin = async (token: string) => {
        const socket = dial(port, '127.0.0.1').on('error', () => undefined);
        socket.write(
          `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{`,
        );
        const answer = Promise.race([
          once(socket, 'data').then(([data]) => String(data).slice(9, 12)),
          sleep(500).then(() => 'waits'),
        ]);
        return { socket, answer: await answer };
      };
      const all = await Promise.all(Array.from({ length: 40 }, () => begin('a')));
      expect(all.filter(({ answer }) => answer === 'waits')).toHaveLength(32);
      expect(all.filter(({ answer }) => answer === '429')).toHaveLength(8);
      const other = await begin('b');
      expect(other.answer).toBe('waits');
      for (const { socket } of [...all, other]) socket.destroy();
      await expect
        .poll(async () => {
          const { socket, answer } = await begin('a');
          socket.destroy();
          return answer;
        })
        .toBe('waits');
    },
  );
});
