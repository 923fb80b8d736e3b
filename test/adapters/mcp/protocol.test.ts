import { once } from 'node:events';
import { connect as socket } from 'node:net';
import type { ServerContext } from '@modelcontextprotocol/server';
import { describe, expect, it, vi } from 'vitest';
import { reportProgress } from '../../../src/adapters/mcp/progress.js';
import { house, opening, serve } from './test-gateway.js';
import { legacy, meta, modern, post } from './wire.js';

describe('what is not as the specification has it', () => {
  it.each([
    ['a name in the header that is not the one in the body', { 'mcp-name': 'close_session' }, 400, -32_020],
    ['a method in the header that is not the one in the body', { 'mcp-method': 'tools/list' }, 400, -32_020],
    ['another revision in the header', { 'mcp-protocol-version': '2025-11-25' }, 400, -32_020],
    ['a header twice', { 'mcp-name': 'open_session, open_session' }, 400, -32_020],
  ])('%s: nothing runs', async (_what, headers, status, code) => {
    const { gateway, engine, audit } = await house();
    const { url } = await serve(gateway);
    const answered = await modern(url, 'open_session', opening, { headers });
    expect([answered.status, answered.message.error?.code]).toEqual([status, code]);
    expect([engine.live(), audit.events.length]).toEqual([0, 1]);
  });

  it.each([
    [
      'a revision nobody knows',
      { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta({}, '2099-01-01') } },
      { 'mcp-protocol-version': '2099-01-01', 'mcp-method': 'tools/list' },
      400,
    ],
    ['no JSON-RPC', { hello: 'world' }, {}, 400],
    ['a batch of this revision', [{ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta() } }], {}, 400],
    ['another type', { jsonrpc: '2.0', id: 1, method: 'ping' }, { 'content-type': 'text/plain' }, 415],
    ['an answer that nobody can read', { jsonrpc: '2.0', id: 1, method: 'ping' }, { accept: 'text/html' }, 406],
  ])('%s is refused', async (_what, message, headers, status) => {
    const { gateway } = await house();
    const { url } = await serve(gateway);
    const answered = await post(url, message, { headers });
    expect([answered.status, typeof answered.message.error?.code]).toEqual([status, 'number']);
  });

  it.each([
    ['a MiB too much', `{"a":"${'x'.repeat(1_048_576)}"}`, 413],
    ['half of a JSON text', '{"jsonrpc":"2.0","id":1,"method":"tools/ca', 400],
    ['nothing', '', 400],
    ['very deep JSON', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400],
    ['a prototype', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"__proto__","arguments":{}}}', 200],
  ])('%s is refused', async (_what, body, status) => {
    const { gateway, audit } = await house();
    const { url } = await serve(gateway);
    const answered = await post(url, undefined, { body });
    expect([answered.status, typeof answered.message.error?.code]).toEqual([status, 'number']);
    expect(audit.events).toHaveLength(1);
    expect((await post(url, { jsonrpc: '2.0', id: 1, method: 'ping' })).status).toBe(200);
  });

  it('a subscription is acknowledged for nothing, and ends: nothing here ever changes by itself', async () => {
    const { gateway } = await house();
    const { url } = await serve(gateway);
    const notifications = {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      resourceSubscriptions: ['sallyport://guide/agents'],
    };
    for (let n = 0; n < 3; n += 1) {
      const { status, text } = await post(
        url,
        { jsonrpc: '2.0', id: 7, method: 'subscriptions/listen', params: { notifications, _meta: meta() } },
        { headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' } },
      );
      const [first, last] = text
        .split('\n')
        .flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6)) as object] : []));
      expect([status, first, last]).toEqual([
        200,
        {
          jsonrpc: '2.0',
          method: 'notifications/subscriptions/acknowledged',
          params: { notifications: {}, _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } },
        },
        {
          jsonrpc: '2.0',
          id: 7,
          result: {
            resultType: 'complete',
            _meta: expect.objectContaining({ 'io.modelcontextprotocol/subscriptionId': 7 }),
          },
        },
      ]);
    }
  });

  const calling = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'open_session', arguments: opening } };
  const mirrored = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'open_session' };

  it.each(Object.keys(mirrored))('a request of 2026-07-28 without %s: nothing runs', async (left) => {
    const { gateway, engine, audit } = await house();
    const { url } = await serve(gateway);
    const headers = Object.fromEntries(Object.entries(mirrored).filter(([name]) => name !== left));
    const answered = await post(url, { ...calling, params: { ...calling.params, _meta: meta() } }, { headers });
    expect([answered.status, answered.message.error?.code]).toEqual([400, -32_020]);
    expect([engine.live(), audit.events.length]).toEqual([0, 1]);
  });

  it.each([
    ['2026-07-28', { ...mirrored }],
    ['2025-11-25', { 'mcp-protocol-version': '2025-11-25' }],
    ['2025-06-18', { 'mcp-protocol-version': '2025-06-18' }],
    ['2025-03-26', { 'mcp-protocol-version': '2025-03-26' }],
    ['none', {}],
  ] as const)('a batch, revision %s: nothing runs', async (_version, headers) => {
    const { gateway, engine, audit } = await house();
    const { url } = await serve(gateway);
    for (const batch of [[calling], [calling, { ...calling, id: 2 }], []]) {
      const { status, message } = await post(url, batch, { headers });
      expect([status, message.error?.code, message.error?.data?.['reason'], Object.hasOwn(message, 'id')]).toEqual([
        400,
        -32_600,
        'request.batch',
        false,
      ]);
    }
    expect([engine.live(), audit.events.length]).toEqual([0, 1]);
  });

  it('a message that wants no answer makes nothing run', async () => {
    const { gateway, engine, audit } = await house();
    const { url } = await serve(gateway);
    const { id: _, ...unasked } = calling;
    for (const message of [
      unasked,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 1, result: {} },
    ]) {
      const { status, text } = await post(url, message, { headers: { 'mcp-protocol-version': '2025-11-25' } });
      expect([status, text]).toEqual([202, '']);
    }
    expect((await post(url, { ...calling, id: null })).status).toBe(400);
    expect([engine.live(), audit.events.length]).toEqual([0, 1]);
  });

  it.each(['x', '2026-07-28, 2025-11-25', '1999-01-01', '2027-01-01', '../', '"2025-11-25"', '0'])(
    'the revision "%s" in the header: nothing runs',
    async (version) => {
      const { gateway, engine } = await house();
      const { url } = await serve(gateway);
      for (const answered of [
        await legacy(url, 'open_session', opening, { version }),
        await modern(url, 'open_session', opening, { headers: { 'mcp-protocol-version': version } }),
      ]) {
        expect([answered.status, typeof answered.message.error?.code]).toEqual([400, 'number']);
      }
      expect(engine.live()).toBe(0);
    },
  );

  it('a method there is not is 404 in 2026-07-28, so that a proxy sees it too', async () => {
    const { gateway } = await house();
    const { url } = await serve(gateway);
    const answered = await post(
      url,
      { jsonrpc: '2.0', id: 1, method: 'gateway/drop', params: { _meta: meta() } },
      { headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'gateway/drop' } },
    );
    expect([answered.status, answered.message.error?.code]).toEqual([404, -32_601]);
  });

  it('no code of ours stands where the specification keeps them for itself', async () => {
    const { gateway } = await house();
    const { url } = await serve(gateway);
    const refused = [
      await post(url, calling, { token: 'stolen' }),
      await post(url, calling, { headers: { origin: 'https://evil.example' } }),
      await post(url, calling, { headers: { 'content-type': 'text/plain' } }),
      await post(url, undefined, { body: '{' }),
      await post(url, undefined, { body: `"${'x'.repeat(1_048_577)}"` }),
      await post(`${url}?x`, calling),
      await post(url, [calling]),
    ];
    expect(refused.map(({ status, message }) => [status, message.error?.code])).toEqual([
      [401, 401],
      [403, 403],
      [415, -32_600],
      [400, -32_700],
      [413, -32_600],
      [400, -32_600],
      [400, -32_600],
    ]);
  });
});

describe('a body that comes slowly', () => {
  it('and stops: nothing runs, and others are answered meanwhile', async () => {
    const { gateway, engine, audit } = await house();
    const { url, port } = await serve(gateway);
    const whole = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'open_session', arguments: opening },
    });
    const slow = socket(port, '127.0.0.1');
    await once(slow, 'connect');
    slow.write(
      `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: ${whole.length}\r\n\r\n`,
    );
    for (const piece of [whole.slice(0, 20), whole.slice(20, 60)]) {
      slow.write(piece);
      expect((await post(url, { jsonrpc: '2.0', id: 1, method: 'ping' })).status).toBe(200);
    }
    slow.destroy();
    await once(slow, 'close');
    expect((await post(url, { jsonrpc: '2.0', id: 1, method: 'ping' })).status).toBe(200);
    expect([engine.live(), audit.events.length]).toEqual([0, 1]);
  });

  it('and stops before anybody is known: it is answered and closed without being read', async () => {
    const { gateway } = await house();
    const { port } = await serve(gateway);
    const slow = socket(port, '127.0.0.1');
    let said = '';
    slow.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    slow.write(
      'POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer stolen\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{',
    );
    await once(slow, 'end');
    slow.destroy();
    expect(said).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('progress', () => {
  it.each([
    ['x'.repeat(255), 3],
    ['x'.repeat(256), 0],
    [0, 3],
    [undefined, 0],
  ])('under the token %#: told, unless the token costs more than it is worth', async (progressToken, times) => {
    vi.useFakeTimers();
    try {
      const told: unknown[] = [];
      const context = {
        mcpReq: { _meta: { progressToken }, notify: async (message: unknown) => void told.push(message) },
      } as unknown as ServerContext;
      const working = reportProgress(
        context,
        10,
        () =>
          new Promise<void>((resolve) => {
            setTimeout(resolve, 35);
          }),
      );
      await vi.advanceTimersByTimeAsync(35);
      await working;
      await vi.advanceTimersByTimeAsync(35);
      // A timer that went on would have told more by now.
      expect(told).toHaveLength(times);
    } finally {
      vi.useRealTimers();
    }
  });
});
