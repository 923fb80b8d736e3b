import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { memoryIdentity } from '../../../src/adapters/memory/index.js';
import type { IdentityProvider } from '../../../src/core/index.js';
import { house, opening } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';

/** Sends a head and some of a body, and says what is answered to that. */
async function begun(
  port: number,
  head: readonly string[],
  body: Buffer | string = '',
): Promise<{ readonly answer: string; readonly socket: Socket }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`${head.join('\r\n')}\r\nhost: x\r\ncontent-type: application/json\r\n\r\n`);
  socket.write(body);
  const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
  return { answer: answer.toString('latin1'), socket };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is held outside the heap, bytes, once what nobody holds any more is gone. */
function held(): number {
  collect();
  const { external, arrayBuffers } = process.memoryUsage();
  return external + arrayBuffers;
}

describe.each(hosts)('who calls is asked before a body is read, $name', ({ host }) => {
  it.each([
    'POST /jit/sessions',
    'POST /jit/sessions/x/statements',
    'POST /jit/sessions/x/explain',
    'POST /jit/approvals/x/decision',
    'POST /jit/reviews/x',
    'DELETE /jit/sessions/x?revoke',
  ])('%s is answered 401 while its body has not come', async (asked) => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    const { answer, socket } = await begun(
      port,
      [`${asked} HTTP/1.1`, 'authorization: Bearer stolen', 'content-length: 900000'],
      Buffer.alloc(10_000, 0x20),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toContain('token.unknown');
    socket.destroy();
  });

  it('a body that says its length is passed over, and the connection goes on; one that does not ends it', async () => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    const { answer, socket } = await begun(
      port,
      ['POST /jit/sessions HTTP/1.1', 'authorization: Bearer stolen', 'content-length: 200000'],
      Buffer.alloc(100_000, 0x20),
    );
    expect(answer.toLowerCase()).not.toContain('connection: close');
    const more = once(socket, 'data', { signal: AbortSignal.timeout(10_000) });
    socket.write(Buffer.alloc(100_000, 0x20));
    socket.write('GET /jit/connections HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a\r\n\r\n');
    expect(String((await more)[0])).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    for (const length of ['transfer-encoding: chunked', 'content-length: 9000000']) {
      const long = await begun(port, ['POST /jit/sessions HTTP/1.1', 'authorization: Bearer stolen', length]);
      expect(long.answer.toLowerCase()).toMatch(/^http\/1\.1 401 [\s\S]*connection: close/);
      long.socket.destroy();
    }
  });

  it('a token is verified once for a request, and it is one request', async () => {
    const known = memoryIdentity({ a: { subject: 'agent-a' } });
    let asked = 0;
    const identity: IdentityProvider = {
      authenticate: (...given) => {
        asked += 1;
        return known.authenticate(...given);
      },
    };
    const { gateway } = await house(undefined, {
      identity,
      limits: { requestsPerCaller: 3, requestBurstPerCaller: 3 },
    });
    const { ask, session } = await mount(gateway, { host });
    const id = await session();
    expect(asked).toBe(1);
    expect((await ask('POST', `/sessions/${id}/statements`, { body: { sql: 'SELECT acme.ops.orders' } })).status).toBe(
      200,
    );
    expect((await ask('GET', `/sessions/${id}`)).status).toBe(200);
    expect(asked).toBe(3);
    const refused = await ask('POST', `/sessions/${id}/statements`, { body: { sql: 'SELECT acme.ops.orders' } });
    expect([refused.status, refused.json['code'], refused.headers.get('retry-after')]).toEqual([
      429,
      'RATE_LIMITED',
      '1',
    ]);
  });

  it('a body that the host has read is taken as before', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, { host, before: (app) => void app.use(express.json()) });
    expect((await ask('POST', '/sessions', { body: opening })).status).toBe(201);
    expect((await ask('POST', '/sessions', { body: opening, token: 'stolen' })).status).toBe(401);
  });

  it('200 that nobody knows, with 990 kB each, are not held', async () => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    const before = held();
    const body = Buffer.alloc(990_000, 0x20);
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.write(
        'POST /jit/sessions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer stolen\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n',
      );
      socket.write(body);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'data', { signal: AbortSignal.timeout(20_000) })));
    await sleep(200);
    // Held whole they were 198 MB.
    expect(held() - before).toBeLessThan(100_000_000);
    for (const socket of sockets) socket.destroy();
  });
});
