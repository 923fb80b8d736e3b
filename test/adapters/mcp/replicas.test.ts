import { once } from 'node:events';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { call, connect, eras, house, opening, serve, session } from './test-gateway.js';

const proxies: Server[] = [];
afterEach(() => {
  for (const proxy of proxies.splice(0)) {
    proxy.closeAllConnections();
    proxy.close();
  }
});

/** Sends each request to the next port, whoever it is from. */
async function roundRobin(ports: readonly number[]): Promise<string> {
  let turn = 0;
  const proxy = createServer((request, response) => {
    const port = ports[turn++ % ports.length] as number;
    const onward = forward(
      { port, host: '127.0.0.1', path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }).listen(0, '127.0.0.1');
  proxies.push(proxy);
  await once(proxy, 'listening');
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/mcp`;
}

describe.each(eras)('two replicas and no affinity, client of $era', ({ options }) => {
  it('the mount keeps nothing that a client needs: over one store every call finds its session', async () => {
    const { gateway, engine } = await house();
    const replicas = [await serve(gateway), await serve(gateway)];
    const client = await connect(await roundRobin(replicas.map(({ port }) => port)), options);
    for (let round = 0; round < 3; round += 1) {
      const id = await session(client);
      expect((await client.listTools()).tools).toHaveLength(8);
      expect((await call(client, 'describe_scope', { session: id })).status).toBe('completed');
      for (let n = 0; n < 3; n += 1)
        expect((await call(client, 'run_statement', { session: id, sql: 'SELECT orders' })).data).toMatchObject({
          result: { rowCount: 2 },
        });
      expect((await call(client, 'close_session', { session: id })).data).toMatchObject({
        session: { state: 'closed' },
      });
    }
    expect([engine.ran.length, engine.live()]).toEqual([9, 0]);
  });

  it('sessions in memory are of the replica that opened them: the other one knows of none, and says so', async () => {
    const houses = [await house(), await house()];
    const served = await Promise.all(houses.map(({ gateway }) => serve(gateway)));
    const client = await connect(await roundRobin(served.map(({ port }) => port)), options);
    for (let n = 0; n < 4; n += 1) expect((await call(client, 'list_connections')).status).toBe('completed');
    const opened = await call(client, 'open_session', opening);
    const { id } = (opened.data as unknown as { session: { id: string } }).session;
    const answers = [
      await call(client, 'run_statement', { session: id, sql: 'SELECT orders' }),
      await call(client, 'run_statement', { session: id, sql: 'SELECT orders' }),
    ];
    expect(new Set(answers.map(({ status, data }) => data.problem?.reason ?? status))).toEqual(
      new Set(['completed', 'session.unknown']),
    );
    expect(houses.flatMap(({ engine }) => engine.ran)).toEqual(['SELECT orders']);
  });
});
