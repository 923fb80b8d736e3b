import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { memoryIdentity } from '../../../src/adapters/memory/index.js';
import { AccessError, type IdentityProvider, type Row } from '../../../src/core/index.js';
import { house } from './house.js';
import { hosts, mount, type Mounted } from './mounted.js';

const sql = { sql: 'SELECT orders' };
const inLines = { accept: 'application/x-ndjson' };
const columns = ['ID', 'NAME'];

interface Source {
  readonly rows: AsyncIterable<readonly Row[]>;
  pulled: number;
  ended: boolean;
}

/** Batches of 1,000 rows of about 100 bytes, counted as they are pulled. */
function source(batches: number): Source {
  const state: Source = { pulled: 0, ended: false, rows: rows() };
  async function* rows(): AsyncGenerator<readonly Row[]> {
    try {
      for (let batch = 0; batch < batches; batch++) {
        state.pulled += 1;
        yield Array.from({ length: 1_000 }, (_, row) => [batch * 1_000 + row, 'x'.repeat(90)]);
      }
    } finally {
      state.ended = true;
    }
  }
  return state;
}

/** An answer whose body nobody reads yet. */
async function unread({ port }: Mounted, session: string, form: Readonly<Record<string, string>> = inLines): Promise<IncomingMessage> {
  const asking = request({ port, host: '127.0.0.1', method: 'POST', path: `/jit/sessions/${session}/statements`, headers: { authorization: 'Bearer a', 'content-type': 'application/json', ...form } });
  asking.on('error', () => undefined).end(JSON.stringify(sql));
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return answer.on('error', () => undefined);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/** Waits until a figure no longer moves, and gives it. */
async function settled(figure: () => number): Promise<number> {
  for (let before = -1; before !== figure(); await sleep(150)) before = figure();
  return figure();
}

const linesOf = (text: string) => text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

describe.each(hosts)('rows over $name', ({ host }) => {
  it('come in lines: head, rows, end', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host });
    const { status, headers, text } = await ask('POST', `/sessions/${await session()}/statements`, { body: sql, headers: inLines });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    expect(linesOf(text)).toEqual([
      expect.objectContaining({ statement: expect.any(String), kind: 'read', columns: [{ name: 'ID', type: 'JSON' }, { name: 'NAME', type: 'JSON' }] }),
      { rows: [[1, 'one'], [2, null]] },
      { end: { status: 'complete', rows: 2, truncated: false } },
    ]);
  });

  it('a batch of any size becomes lines of a fair length', async () => {
    const { gateway } = await house(() => ({ columns, rows: Array.from({ length: 5_000 }, (_, n) => [n, '']) }));
    const { ask, session } = await mount(gateway, { host });
    const lines = linesOf((await ask('POST', `/sessions/${await session()}/statements`, { body: sql, headers: inLines })).text);
    expect(lines.slice(1, -1).map((each) => (each['rows'] as unknown[]).length)).toEqual([64, 2_048, 2_048, 840]);
    expect(lines.slice(1, -1).flatMap((each) => each['rows'] as Row[]).map(([n]) => n)).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
  });

  it('heavy rows go few to a line', async () => {
    const heavy = 'x'.repeat(300_000);
    const { gateway } = await house(() => ({ columns, rows: Array.from({ length: 70 }, (_, n) => [n, heavy]) }));
    const { ask, session } = await mount(gateway, { host });
    const lines = linesOf((await ask('POST', `/sessions/${await session()}/statements`, { body: sql, headers: inLines })).text);
    expect(lines.slice(1, -1).map((each) => (each['rows'] as unknown[]).length)).toEqual([64, 1, 1, 1, 1, 1, 1]);
  });

  it('no rows are an answer too', async () => {
    const { gateway } = await house(() => ({ columns, rows: [] }));
    const { ask, session } = await mount(gateway, { host });
    const path = `/sessions/${await session()}/statements`;
    expect((await ask('POST', path, { body: sql })).json).toMatchObject({ rows: [], rowCount: 0, truncated: false });
    expect(linesOf((await ask('POST', path, { body: sql, headers: inLines })).text)).toHaveLength(2);
  });

  it('one JSON answer holds what its caps allow, says so, and lets the engine go', async () => {
    const rows = source(1_000);
    const { gateway, engine } = await house(() => ({ columns, rows: rows.rows }));
    const { ask, session } = await mount(gateway, { host, options: { jsonRows: 1_500 } });
    const { json } = await ask('POST', `/sessions/${await session()}/statements`, { body: sql });
    expect(json).toMatchObject({ rowCount: 1_500, truncated: true, hint: expect.stringContaining('application/x-ndjson') });
    expect(json['rows']).toHaveLength(1_500);
    await until(() => rows.ended);
    expect(rows.pulled).toBeLessThan(10);
    expect(engine.ran).toHaveLength(1);
  });

  it.each([[1, 0], [104, 0], [105, 1], [210, 2], [250, 2]])('%i bytes hold %i rows of 105', async (jsonBytes, expected) => {
    const row = [1, 'é'.repeat(49)];
    const { gateway } = await house(() => ({ columns, rows: [row, row, row] }));
    const { ask, session } = await mount(gateway, { host, options: { jsonBytes } });
    const { json } = await ask('POST', `/sessions/${await session()}/statements`, { body: sql });
    expect(json).toMatchObject({ rowCount: expected, truncated: true, rows: [row, row, row].slice(0, expected) });
  });

  it('exactly as many rows as the cap are not cut', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host, options: { jsonRows: 2 } });
    const { json } = await ask('POST', `/sessions/${await session()}/statements`, { body: sql });
    expect(json).toMatchObject({ rowCount: 2, truncated: false });
    expect(json['hint']).toBeUndefined();
  });

  it('the gateway’s own cap is said in both forms', async () => {
    const { gateway } = await house(undefined, { limits: { maxRows: 1 } });
    const { ask, session } = await mount(gateway, { host });
    const path = `/sessions/${await session()}/statements`;
    expect((await ask('POST', path, { body: sql })).json).toMatchObject({ rows: [[1, 'one']], truncated: true });
    expect(linesOf((await ask('POST', path, { body: sql, headers: inLines })).text).at(-1)).toEqual({ end: { status: 'complete', rows: 1, truncated: true } });
  });

  it('an engine that breaks off says so: a problem instead of rows, or as the last line', async () => {
    const { gateway } = await house(() => ({ columns, rows: (async function* () {
      for (let batch = 0; batch < 4; batch++) yield [[batch, '']];
      throw new AccessError('ENGINE_UNAVAILABLE', 'the engine is gone', { detail: { engineCode: 'X1' } });
    })() }));
    const faults: string[] = [];
    const { ask, session } = await mount(gateway, { host, options: { onFault: ({ code }, id) => faults.push(`${code} ${id}`) } });
    const path = `/sessions/${await session()}/statements`;
    const whole = await ask('POST', path, { body: sql });
    expect([whole.status, whole.json['code'], whole.json['data'], whole.headers.get('retry-after')]).toEqual([503, 'ENGINE_UNAVAILABLE', { engineCode: 'X1' }, '5']);
    const lines = linesOf((await ask('POST', path, { body: sql, headers: inLines })).text);
    const head = lines[0] as { statement: string };
    expect(lines.at(-1)).toMatchObject({ end: { status: 'failed', rows: expect.any(Number), problem: { code: 'ENGINE_UNAVAILABLE', status: 503, instance: `urn:uuid:${head.statement}` } } });
    expect(faults).toEqual([expect.stringContaining('ENGINE_UNAVAILABLE'), `ENGINE_UNAVAILABLE ${head.statement}`]);
  });

  it('wait for a slow client, and all arrive', async () => {
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

  it.each([['lines', inLines], ['one piece', {}]])('a client that leaves while it waits for %s cancels its statement at once', async (_form, headers) => {
    let waiting = false;
    let cancelled = false;
    const { gateway, audit } = await house((_statement, signal) => new Promise((_resolve, reject) => {
      waiting = true;
      signal.addEventListener('abort', () => { cancelled = true; reject(new AccessError('ABORTED')); });
    }));
    const { ask, session } = await mount(gateway, { host });
    const leaving = new AbortController();
    const asking = ask('POST', `/sessions/${await session()}/statements`, { body: sql, headers, signal: leaving.signal });
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
    const mounted = await mount(gateway, { host, options: { stallMs: 100, jsonRows: 100_000 } });
    const answer = await unread(mounted, await mounted.session(), {});
    await sleep(300);
    await expect(answer.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '')).rejects.toThrow();
  });

  it('a client that reads slowly, but reads, is not', async () => {
    const rows = source(300);
    const { gateway } = await house(() => ({ columns, rows: rows.rows }));
    const mounted = await mount(gateway, { host, options: { stallMs: 200 } });
    const answer = await unread(mounted, await mounted.session());
    let last = '';
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      last = (last + chunk.toString('latin1')).slice(-100);
      await sleep(1);
    }
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
    expect(linesOf(text).at(-1)).toMatchObject({ end: { status: 'failed', problem: { code: 'SESSION_CLOSED', status: 410 } } });
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
    const mounted = await mount(gateway, { host });
    const path = `/jit/sessions/${await mounted.session()}`;
    Object.assign(door, { asked: false, way: new Promise<void>((resolve) => { door.open = resolve; }) });
    const asking = request({ port: mounted.port, host: '127.0.0.1', method: 'DELETE', path, headers: { authorization: 'Bearer a' } });
    asking.on('error', () => undefined).end();
    await until(() => door.asked);
    asking.destroy();
    await sleep(50);
    expect(engine.live()).toBe(1);
    door.open();
    await until(() => engine.live() === 0);
  });
});
