import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { memoryIdentity } from '../../../src/adapters/memory/index.js';
import { AccessError, type IdentityProvider } from '../../../src/core/index.js';
import { house } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';
import { columns, inLines, linesOf, settled, source, sql, unread, until } from './streams.js';

describe.each(hosts)('clients that are slow, or leave, $name', ({ host }) => {
  it('a slow one is waited for, and gets all', async () => {
    const rows = source(600);
    const { gateway } = await house(() => ({ columns, rows: rows.rows }));
    const mounted = await mount(gateway, { host });
    const answer = await unread(mounted, await mounted.session());
    const held = await settled(() => rows.pulled);
    expect(held).toBeLessThan(300);
    const text = await answer.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '');
    expect(linesOf(text).at(-1)).toEqual({ end: { status: 'complete', rows: 600_000, truncated: false } });
  });

  it('a client that leaves while rows flow cancels its statement', async () => {
    const rows = source(100_000);
    const { gateway, audit } = await house(() => ({ columns, rows: rows.rows }));
    const faults: unknown[] = [];
    const mounted = await mount(gateway, { host, options: { onFault: (fault) => faults.push(fault) } });
    const answer = await unread(mounted, await mounted.session());
    await settled(() => rows.pulled);
    answer.destroy();
    await until(() => rows.ended && audit.events.some((event) => event.code === 'statement.delivered'));
    expect(audit.events.at(-1)?.data).toMatchObject({ code: 'ABORTED', truncated: false });
    expect(faults).toEqual([]);
  });

  it.each([
    ['lines', inLines],
    ['one piece', {}],
  ])('a client that leaves while it waits for %s cancels its statement at once', async (_form, headers) => {
    let waiting = false;
    let cancelled = false;
    const { gateway, audit } = await house(
      (_statement, signal) =>
        new Promise((_resolve, reject) => {
          waiting = true;
          signal.addEventListener('abort', () => {
            cancelled = true;
            reject(new AccessError('ABORTED'));
          });
        }),
    );
    const { ask, session } = await mount(gateway, { host });
    const leaving = new AbortController();
    const asking = ask('POST', `/sessions/${await session()}/statements`, {
      body: sql,
      headers,
      signal: leaving.signal,
    });
    await until(() => waiting);
    leaving.abort();
    await expect(asking).rejects.toThrow();
    await until(() => audit.events.some((event) => event.code === 'statement.failed'));
    expect([cancelled, audit.events.at(-1)?.data['code']]).toEqual([true, 'ABORTED']);
  });

  it('a client that reads nothing for too long is cut off', async () => {
    const rows = source(100_000);
    const { gateway } = await house(() => ({ columns, rows: rows.rows }));
    const mounted = await mount(gateway, { host, options: { stallMs: 100 } });
    const answer = await unread(mounted, await mounted.session());
    await until(() => rows.ended);
    await expect(answer.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '')).rejects.toThrow();
  });

  it('one piece is sent as fast as it is read, whatever is in it', async () => {
    const rows = Array.from({ length: 5_000 }, (_, n) => [n, 'ü🦊'.repeat(200)]);
    const { gateway } = await house(() => ({ columns, rows }));
    const mounted = await mount(gateway, { host });
    const answer = await unread(mounted, await mounted.session(), {});
    await sleep(100);
    const text = await answer.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '');
    expect(Buffer.byteLength(text)).toBe(Number(answer.headers['content-length']));
    expect((JSON.parse(text) as { rows: unknown }).rows).toEqual(rows);
  });

  it('one piece that nobody reads is not kept for ever', async () => {
    const rows = Array.from({ length: 70_000 }, (_, n) => [n, 'x'.repeat(100)]);
    const { gateway } = await house(() => ({ columns, rows }));
    let left = 0;
    const mounted = await mount(gateway, {
      host,
      options: { stallMs: 100, jsonRows: 100_000 },
      before: (app) =>
        void app.use((_request, response, next) => {
          response.once('close', () => {
            left += response.writableFinished ? 0 : 1;
          });
          next();
        }),
    });
    const answer = await unread(mounted, await mounted.session(), {});
    await until(() => left === 1);
    await expect(answer.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '')).rejects.toThrow();
  });

  it('a client that reads slowly, but reads, is not', async () => {
    const rows = source(300);
    const { gateway } = await house(() => ({ columns, rows: rows.rows }));
    const mounted = await mount(gateway, { host, options: { stallMs: 2_000 } });
    const answer = await unread(mounted, await mounted.session());
    let last = '';
    const began = performance.now();
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      last = (last + chunk.toString('latin1')).slice(-100);
      // Longer in all than it may read nothing, however fast or slow the machine is.
      if (performance.now() - began < 2_500) await sleep(10);
    }
    expect(performance.now() - began).toBeGreaterThan(2_500);
    expect(last).toContain('"status":"complete","rows":300000');
  });

  it('the end of the session ends a stream, and the last line says so', async () => {
    const rows = source(100_000);
    const { gateway } = await house(() => ({ columns, rows: rows.rows }));
    const faults: unknown[] = [];
    const mounted = await mount(gateway, { host, options: { onFault: (fault) => faults.push(fault) } });
    const session = await mounted.session();
    const answer = await unread(mounted, session);
    await settled(() => rows.pulled);
    await mounted.ask('DELETE', `/sessions/${session}`);
    expect(rows.ended).toBe(true);
    const text = await answer.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '');
    expect(linesOf(text).at(-1)).toMatchObject({
      end: { status: 'failed', problem: { code: 'SESSION_CLOSED', status: 410 } },
    });
    expect(faults).toEqual([]);
  });

  it('who asks for the end and leaves gets it all the same', async () => {
    const door = { asked: false, open: () => undefined as void, way: Promise.resolve() };
    const identity = memoryIdentity({ a: { subject: 'agent-a' } });
    const authenticate: IdentityProvider['authenticate'] = async (credential, signal) => {
      door.asked = true;
      await door.way;
      return identity.authenticate(credential, signal);
    };
    const { gateway, engine } = await house(undefined, { identity: { authenticate } });
    let left = false;
    const mounted = await mount(gateway, {
      host,
      before: (app) =>
        void app.use((asked, _response, next) => {
          if (asked.method === 'DELETE')
            asked.socket.once('close', () => {
              left = true;
            });
          next();
        }),
    });
    const path = `/jit/sessions/${await mounted.session()}`;
    Object.assign(door, {
      asked: false,
      way: new Promise<void>((resolve) => {
        door.open = resolve;
      }),
    });
    const asking = request({
      port: mounted.port,
      host: '127.0.0.1',
      method: 'DELETE',
      path,
      headers: { authorization: 'Bearer a' },
    });
    asking.on('error', () => undefined).end();
    await until(() => door.asked);
    asking.destroy();
    await until(() => left);
    expect(engine.live()).toBe(1);
    door.open();
    await until(() => engine.live() === 0);
  });
});
