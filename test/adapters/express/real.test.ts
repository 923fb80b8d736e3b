import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../../src/core/index.js';
import { FakeClock } from '../../core/fake-clock.js';
import { opening } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';
import { realHouse } from './real-parts.js';

const endless = 'SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(10000000) b';

let directory = '';
let gateway: Gateway;
let clock: FakeClock;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-express-'));
  clock = new FakeClock();
  gateway = await realHouse(directory, { clock });
});
afterEach(async () => {
  await gateway.shutdown();
  await rm(directory, { recursive: true });
});

type Event = { readonly code: string; readonly data: Readonly<Record<string, unknown>> };

describe.each(hosts)('a real database and a real record, $name', ({ host }) => {
  it('values arrive unharmed', async () => {
    const { ask, session } = await mount(gateway, { host });
    const sql = `SELECT 9007199254740993 AS big, 12.50::DECIMAL(12, 2) AS amount, TIMESTAMP '2026-01-02 03:04:05' AS at, NULL AS nothing, 'ü🦊"\n' AS "n", 1 AS "n", '__proto__' AS "__proto__"`;
    const path = `/sessions/${await session()}/statements`;
    const { json } = await ask('POST', path, { body: { sql } });
    const columns = json['columns'] as readonly { readonly name: string }[];
    expect(columns.map(({ name }) => name)).toEqual(['big', 'amount', 'at', 'nothing', 'n', 'n', '__proto__']);
    expect(json['rows']).toEqual([
      ['9007199254740993', '12.50', expect.stringContaining('2026-01-02T03:04:05'), null, 'ü🦊"\n', 1, '__proto__'],
    ]);
    const lines = (await ask('POST', path, { body: { sql }, headers: { accept: 'application/x-ndjson' } })).text.split(
      '\n',
    );
    expect(JSON.parse(lines[1] as string)).toEqual({ rows: json['rows'] });
  });

  it('what the engine refuses is said without its words', async () => {
    const { ask, session } = await mount(gateway, { host });
    const { status, json, text } = await ask('POST', `/sessions/${await session()}/statements`, {
      body: { sql: `SELECT no_such_thing('secret value') FROM nowhere` },
    });
    expect([status, json['code']]).toEqual([422, 'ENGINE_REJECTED']);
    expect(text).not.toMatch(/secret|nowhere|no_such_thing/);
  });

  it('a client that leaves cancels its query in the database, and the session goes on', async () => {
    const { ask, session } = await mount(gateway, { host });
    const id = await session();
    const leaving = new AbortController();
    const asking = ask('POST', `/sessions/${id}/statements`, { body: { sql: endless }, signal: leaving.signal });
    const codes = async () =>
      ((await ask('GET', `/sessions/${id}/record`)).json['events'] as Event[]).map((event) => event.code);
    await expect.poll(codes).toContain('statement.authorized');
    leaving.abort();
    await expect(asking).rejects.toThrow();
    expect((await ask('POST', `/sessions/${id}/statements`, { body: { sql: 'SELECT 1 AS n' } })).json['rows']).toEqual([
      [1],
    ]);
    const { events } = (await ask('GET', `/sessions/${id}/record`)).json as unknown as { events: Event[] };
    expect(events.map(({ code, data }) => [code, data['code']])).toContainEqual(['statement.failed', 'ABORTED']);
  });

  it('the deadline cancels a query, and the answer and the record say so', async () => {
    const { ask } = await mount(gateway, { host });
    const opened = await ask('POST', '/sessions', { body: { ...opening, ttl: 1 } });
    const here = `/sessions/${String(opened.json['id'])}`;
    const asking = ask('POST', `${here}/statements`, { body: { sql: endless } });
    const codes = async () =>
      ((await ask('GET', `${here}/record`)).json['events'] as Event[]).map((event) => event.code);
    await expect.poll(codes).toContain('statement.authorized');
    clock.forward(1_000);
    const { status, json } = await asking;
    expect([status, json['code']]).toEqual([410, 'SESSION_EXPIRED']);
    expect((await ask('GET', here)).json).toMatchObject({ endedBy: 'deadline' });
    const { events } = (await ask('GET', `${here}/record`)).json as unknown as { events: Event[] };
    expect(events.map(({ code, data }) => [code, data['code']])).toContainEqual([
      'statement.failed',
      'SESSION_EXPIRED',
    ]);
  });

  it('a gateway that is closing says so', async () => {
    const { ask } = await mount(gateway, { host });
    await gateway.shutdown();
    const { status, json, headers } = await ask('GET', '/connections');
    expect([status, json['code'], headers.get('retry-after')]).toEqual([503, 'SHUTTING_DOWN', '5']);
  });
});
