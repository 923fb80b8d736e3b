import { createServer } from 'node:http';
import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { expressRouter } from '../../../src/adapters/express/index.js';
import type { Gateway } from '../../../src/core/index.js';
import { house, opening } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';

describe.each(hosts)('in a host application, $name', ({ host }) => {
  it('answers its own paths and leaves every other to the host', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, {
      host,
      after: (app) =>
        void app.use((request, response) => void response.status(418).json({ host: request.originalUrl })),
    });
    for (const path of [
      '',
      '/',
      '/mcp',
      '/sessions/',
      '/sessions//statements',
      '/connections/',
      '/connections/x',
      '/Connections',
      '/sessions/x/statements/y',
      '/sessions/x/record/',
      '/approvals/x/decision/y',
      '/openapi',
      '/__proto__',
      '/sessions/x/constructor',
      '/%73essions',
    ]) {
      const { status, json } = await ask('GET', path);
      expect([path, status, json]).toEqual([path, 418, { host: `/jit${path}` }]);
    }
  });

  it('lives at the root beside the host’s routes', async () => {
    const { gateway } = await house();
    const { url } = await mount(gateway, {
      host,
      before: (app) =>
        void app.use(expressRouter(gateway)).get('/health', (_request, response) => void response.json({ ok: true })),
    });
    const root = url.replace('/jit', '');
    expect(await (await fetch(`${root}/health`)).json()).toEqual({ ok: true });
    const opened = await fetch(`${root}/sessions`, {
      method: 'POST',
      headers: { authorization: 'Bearer a', 'content-type': 'application/json' },
      body: JSON.stringify(opening),
    });
    expect([opened.status, opened.headers.get('location')]).toEqual([201, expect.stringMatching(/^\/sessions\//)]);
  });

  it('lives in a router within a router, behind what the host puts before it', async () => {
    const { gateway } = await house();
    const { url } = await mount(gateway, {
      host,
      before: (app) => {
        const inner = host
          .Router()
          .use('/access', (_request, _response, next) => void setTimeout(next, 5), host.json(), expressRouter(gateway));
        app.use('/api', host.Router().use('/v1', inner));
      },
    });
    const root = url.replace('/jit', '/api/v1/access');
    const headers = { authorization: 'Bearer a', 'content-type': 'application/json' };
    const opened = await fetch(`${root}/sessions`, { method: 'POST', headers, body: JSON.stringify(opening) });
    const location = opened.headers.get('location') ?? '';
    expect([opened.status, location]).toEqual([201, expect.stringMatching(/^\/api\/v1\/access\/sessions\//)]);
    expect((await fetch(new URL(location, root), { headers })).status).toBe(200);
    expect(await (await fetch(`${root}/openapi.json`)).json()).toMatchObject({ servers: [{ url: '/api/v1/access' }] });
  });

  it('says which methods a path takes', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, { host });
    for (const [method, path, allow] of [
      ['POST', '/connections', 'OPTIONS, GET, HEAD'],
      ['PUT', '/sessions', 'OPTIONS, GET, HEAD, POST'],
      ['PUT', '/sessions/x', 'OPTIONS, GET, HEAD, DELETE'],
      ['GET', '/sessions/x/statements', 'OPTIONS, POST'],
      ['DELETE', '/openapi.json', 'OPTIONS, GET, HEAD'],
    ] as const) {
      const refused = await ask(method, path);
      expect([path, refused.status, refused.json['reason'], refused.headers.get('allow')]).toEqual([
        path,
        405,
        'request.method',
        allow,
      ]);
      const options = await ask('OPTIONS', path);
      expect([path, options.status, options.headers.get('allow'), options.text]).toEqual([path, 204, allow, '']);
    }
  });

  it('answers HEAD as GET without a body', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, { host });
    const [head, get] = [await ask('HEAD', '/connections'), await ask('GET', '/connections')];
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', String(get.text.length)]);
    expect((await ask('HEAD', '/sessions/x')).status).toBe(404);
  });

  it('every answer forbids caching and sniffing', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host });
    const id = await session();
    const answers = [
      await ask('GET', '/connections'),
      await ask('GET', '/sessions/x'),
      await ask('OPTIONS', '/sessions'),
      await ask('PUT', '/sessions'),
      await ask('GET', '/openapi.json', { token: '' }),
      await ask('POST', `/sessions/${id}/statements`, {
        body: { sql: 'SELECT orders' },
        headers: { accept: 'application/x-ndjson' },
      }),
      await ask('GET', '/connections', { token: '' }),
    ];
    for (const { headers } of answers)
      expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
  });

  it('a bug of ours stays ours: one 500, nothing of it shown, the host’s error handler not called', async () => {
    let called = false;
    const faults: unknown[] = [];
    const broken = {
      run: () => undefined,
      connections: () => Promise.reject(new Error('secret')),
    } as unknown as Gateway;
    const { ask } = await mount(broken, {
      host,
      options: {
        onFault: (fault) => {
          faults.push(fault.cause);
          throw new Error('the log is full');
        },
      },
      after: (app) =>
        void app.use((_error: unknown, _request: unknown, response: { end(): void }, _next: unknown) => {
          called = true;
          response.end();
        }),
    });
    const { status, text, json } = await ask('GET', '/connections');
    expect([status, json['code'], called]).toEqual([500, 'INTERNAL', false]);
    expect(text).not.toContain('secret');
    expect(faults).toEqual([new Error('secret')]);
  });

  it('a host that breaks the answer does not bring the service down', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, {
      host,
      before: (app) =>
        void app.use('/jit', (_request, response, next) => {
          Object.assign(response, {
            writeHead: () => {
              throw new Error('the host’s own');
            },
          });
          next();
        }),
    });
    await expect(ask('GET', '/connections')).rejects.toThrow();
    await expect(ask('GET', '/connections', { token: '' })).rejects.toThrow();
  });

  it('believes the host about the client’s address, and caps what the client says of itself', async () => {
    const { gateway, audit } = await house();
    const { ask } = await mount(gateway, { host, before: (app) => void app.set('trust proxy', true) });
    await ask('POST', '/sessions', {
      body: opening,
      headers: { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'x'.repeat(5_000) },
    });
    await ask('POST', '/sessions', { body: opening, headers: { 'x-forwarded-for': 'y'.repeat(5_000) } });
    expect(audit.events.find((event) => event.code === 'session.opened')?.data['transport']).toEqual({
      protocol: 'rest',
      address: '203.0.113.9',
      userAgent: 'x'.repeat(256),
    });
    expect(audit.events.at(-1)?.data['transport']).toMatchObject({ address: 'y'.repeat(64) });
  });

  it('keeps many at once apart', async () => {
    const { gateway } = await house(({ binds }) => ({ columns: ['N'], rows: [[binds[0] ?? null]] }), {
      limits: { waitingStatements: 100 },
    });
    const { ask, session } = await mount(gateway, { host });
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => session(index % 2 === 0 ? 'a' : 'b')));
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const { json } = await ask('POST', `/sessions/${String(ids[n % 20])}/statements`, {
          token: n % 2 === 0 ? 'a' : 'b',
          body: { sql: 'SELECT orders', binds: [n] },
        });
        return json['rows'];
      }),
    );
    expect(answers).toEqual(Array.from({ length: 200 }, (_, n) => [[n]]));
  });
});

describe('setting up', () => {
  it('makes what Express takes for a handler', async () => {
    const { gateway } = await house();
    const handler: RequestHandler = expressRouter(gateway);
    expect(handler).toHaveLength(3); // four parameters would make it an error handler
  });

  it('works under plain node:http', async () => {
    const { gateway } = await house();
    const handler = expressRouter(gateway);
    const server = createServer((request, response) => handler(request, response, () => response.writeHead(404).end()));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as { port: number };
    const statuses = await Promise.all(
      ['/connections', '/else'].map(
        async (path) =>
          (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: 'Bearer a' } })).status,
      ),
    );
    server.close();
    server.closeAllConnections();
    expect(statuses).toEqual([200, 404]);
  });

  it.each([
    ['no gateway', () => expressRouter(undefined as unknown as Gateway)],
    ['a promise of one', () => expressRouter(Promise.resolve() as unknown as Gateway)],
    [
      'an unknown option',
      () => expressRouter({ run: () => undefined } as unknown as Gateway, { jsonRow: 1 } as object),
    ],
    [
      'a resource in clear',
      () => expressRouter({ run: () => undefined } as unknown as Gateway, { resource: 'http://api.acme.example/jit' }),
    ],
    [
      'a resource with a query',
      () =>
        expressRouter({ run: () => undefined } as unknown as Gateway, { resource: 'https://api.acme.example/jit?x' }),
    ],
    [
      'a log that is none',
      () => expressRouter({ run: () => undefined } as unknown as Gateway, { onFault: true } as object),
    ],
    ['a cap that is none', () => expressRouter({ run: () => undefined } as unknown as Gateway, { jsonRows: 0 })],
    ['a cap in words', () => expressRouter({ run: () => undefined } as unknown as Gateway, { stallMs: '1' } as object)],
  ])('refuses %s', (_what, setUp) => {
    expect(setUp).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
