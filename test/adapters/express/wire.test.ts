import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../../src/http/server/read-body.js';
import { house, opening } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';
import { until } from './streams.js';

const auth = 'Authorization: Bearer a';
const json = 'Content-Type: application/json';

function head(line: string, ...headers: readonly string[]): string {
  return `${[line, 'Host: x', ...headers].join('\r\n')}\r\n\r\n`;
}

interface Line {
  readonly socket: Socket;
  /** All that has come so far. */
  readonly text: () => string;
  readonly closed: Promise<unknown>;
}

async function dial(port: number): Promise<Line> {
  const socket = connect(port, '127.0.0.1')
    .setEncoding('latin1')
    .on('error', () => undefined);
  let text = '';
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  // Not `once`, which rejects where the server was quicker to close than we to stop writing.
  const closed = new Promise((resolve) => {
    socket.on('close', resolve);
  });
  await once(socket, 'connect');
  return { socket, text: () => text, closed };
}

describe.each(hosts)('on the wire, $name', ({ host }) => {
  it('an endless body is answered at 1 MiB, and the connection ends', async () => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    const { socket, text, closed } = await dial(port);
    socket.write(head('POST /jit/sessions HTTP/1.1', auth, json, 'Transfer-Encoding: chunked'));
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    let sent = 0;
    const pump = setInterval(() => {
      sent += socket.writable && socket.write(chunk) ? 1 : 0;
    }, 1);
    await closed;
    clearInterval(pump);
    expect(sent).toBeGreaterThan(15);
    expect(text()).toMatch(/^HTTP\/1.1 413 /);
    expect(text()).toContain('request.too_large');
  });

  it('a body announced too large is answered before it is sent', async () => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    const { socket, text, closed } = await dial(port);
    socket.write(head('POST /jit/sessions HTTP/1.1', auth, json, 'Content-Length: 1048577'));
    await closed;
    expect(text()).toMatch(/^HTTP\/1.1 413 /);
  });

  it('a body that comes byte by byte is taken', async () => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    const { socket, text } = await dial(port);
    const body = Buffer.from(JSON.stringify({ ...opening, reason: 'Grüße 🦊' }));
    socket.write(head('POST /jit/sessions HTTP/1.1', auth, json, `Content-Length: ${body.length}`));
    for (const byte of body) {
      socket.write(Uint8Array.of(byte));
      await sleep(0);
    }
    await until(() => text().includes('\r\n\r\n'));
    expect(text()).toMatch(/^HTTP\/1.1 201 /);
    expect(Buffer.from(text(), 'latin1').toString()).toContain('"reason":"Grüße 🦊"');
    socket.destroy();
  });

  it('a client that leaves within its body opens nothing', async () => {
    const { gateway, audit, engine } = await house();
    const seen = { begun: false, left: false };
    const { port, ask } = await mount(gateway, {
      host,
      before: (app) =>
        void app.use((request, _response, next) => {
          if (request.method === 'POST') {
            seen.begun = true;
            request.once('close', () => {
              seen.left = true;
            });
          }
          next();
        }),
    });
    const { socket, closed } = await dial(port);
    socket.write(head('POST /jit/sessions HTTP/1.1', auth, json, 'Content-Length: 500') + JSON.stringify(opening));
    await until(() => seen.begun);
    socket.destroy();
    await closed;
    await until(() => seen.left);
    expect((await ask('GET', '/connections')).status).toBe(200);
    expect([audit.events.map(({ code }) => code), engine.live()]).toEqual([['gateway.started'], 0]);
  });

  it('a client that left before we were asked opens nothing', async () => {
    const { gateway, audit } = await house();
    const seen = { begun: false, asked: false };
    const { port, session } = await mount(gateway, {
      host,
      before: (app) =>
        void app.use(host.json(), (_request, response, next) => {
          if (seen.begun) return next();
          seen.begun = true;
          response.once('close', () => {
            setImmediate(() => {
              next();
              seen.asked = true;
            });
          });
        }),
    });
    const { socket } = await dial(port);
    const body = JSON.stringify(opening);
    socket.write(head('POST /jit/sessions HTTP/1.1', auth, json, `Content-Length: ${body.length}`) + body);
    await until(() => seen.begun);
    socket.destroy();
    await until(() => seen.asked);
    // Somebody after it who stays gets a session, and is the only one.
    await session();
    expect(audit.events.filter(({ code }) => code === 'session.opened')).toHaveLength(1);
  });

  it('requests sent at once on one connection are answered in order', async () => {
    const { gateway } = await house();
    const { port, session } = await mount(gateway, { host });
    const id = await session();
    const { socket, text } = await dial(port);
    const run = (sql: string): string => {
      const body = JSON.stringify({ sql });
      return (
        head(
          `POST /jit/sessions/${id}/statements HTTP/1.1`,
          auth,
          json,
          'Accept: application/x-ndjson',
          `Content-Length: ${body.length}`,
        ) + body
      );
    };
    socket.write(
      run('SELECT orders') +
        run('nonsense') +
        head('GET /jit/sessions/x HTTP/1.1', auth) +
        head('GET /jit/openapi.json HTTP/1.1') +
        head('GET /jit/connections HTTP/1.1', auth, 'Connection: close'),
    );
    await once(socket, 'close');
    expect([...text().matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '200',
      '422',
      '404',
      '200',
      '200',
    ]);
  });

  it('a refused body does not become the next request', async () => {
    const { gateway, audit } = await house();
    const { port } = await mount(gateway, { host });
    const { socket, text, closed } = await dial(port);
    const smuggled = head('GET /jit/connections HTTP/1.1', auth);
    socket.write(
      head('POST /jit/sessions HTTP/1.1', auth, 'Content-Type: text/plain', `Content-Length: ${smuggled.length}`) +
        smuggled,
    );
    socket.end(head('GET /jit/sessions/x HTTP/1.1', auth, 'Connection: close'));
    await closed;
    expect([...text().matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['415', '404']);
    expect(audit.events).toHaveLength(1);
  });

  it('a whole address as target is the same path', async () => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    const { socket, text, closed } = await dial(port);
    socket.end(head('GET http://elsewhere/jit/connections HTTP/1.1', auth, 'Connection: close'));
    await closed;
    expect(text()).toMatch(/^HTTP\/1.1 200 /);
  });

  it('paths made to confuse are nobody’s', async () => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    for (const path of [
      '/jit///connections',
      '/jit/./connections',
      '/jit/sessions/../connections',
      '/jit/connections#x',
      '/jit/connections%00',
      '/jit/connections;x',
      `/jit/sessions/${'x'.repeat(6_000)}/${'y'.repeat(6_000)}`,
    ]) {
      const { socket, text, closed } = await dial(port);
      socket.end(head(`GET ${path} HTTP/1.1`, auth, 'Connection: close'));
      await closed;
      expect([path, text().slice(9, 12), text().includes('sallyport')]).toEqual([path, '404', false]);
    }
  });

  it('an id of any shape is an unknown id', async () => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    for (const id of ['..', '%2e%2e', '%', '%00', '*', "'--", '{session}', 'x'.repeat(255)]) {
      const { socket, text, closed } = await dial(port);
      socket.end(head(`GET /jit/sessions/${id} HTTP/1.1`, auth, 'Connection: close'));
      await closed;
      expect([id, text().slice(9, 12), text().includes('"reason":"session.unknown"')]).toEqual([id, '404', true]);
    }
  });
});

it('a request that is over before it is read is over', async () => {
  const read: unknown[] = [];
  const server = createServer((request) => {
    request.destroy();
    setImmediate(() => void readBody(request).then((body) => read.push(body)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { socket } = await dial((server.address() as { port: number }).port);
  socket.write(head('POST / HTTP/1.1', json, 'Content-Length: 10'));
  await until(() => read.length > 0);
  server.close();
  expect(read).toEqual(['gone']);
});
