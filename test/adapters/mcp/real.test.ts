import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gateway } from '../../../src/core/index.js';
import { realHouse } from '../express/real-parts.js';
import { call, connect, eras, serve, session } from './test-gateway.js';
import { legacy, modern, post } from './wire.js';

/** More than any machine counts in the time that a test has. */
const endless = 'SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(10000000) b';

vi.setConfig({ testTimeout: 120_000 });

let directory = '';
let gateway: Gateway;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-mcp-'));
  gateway = await realHouse(directory);
});
afterEach(async () => {
  await gateway.shutdown();
  await rm(directory, { recursive: true });
});

/** What the record says of a session, as its owner reads it. */
async function recorded(id: string): Promise<readonly (readonly [string, unknown])[]> {
  const outcome = await gateway.record({ credential: { scheme: 'bearer', token: 'a' }, session: id });
  return outcome.status === 'completed'
    ? outcome.value.events.map(({ code, data }) => [code, data['code']] as const)
    : [];
}

const begun = (id: string) =>
  expect
    .poll(async () => (await recorded(id)).map(([code]) => code), { timeout: 60_000 })
    .toContain('statement.authorized');

/** One engine connection is one session: it answers again only when the statement before is over. */
async function free(url: string, id: string): Promise<void> {
  const after = await call(await connect(url), 'run_statement', { session: id, sql: 'SELECT 1 AS n' });
  expect(after.data).toMatchObject({ result: { rows: [[1]] } });
  expect(await recorded(id)).toContainEqual(['statement.failed', 'ABORTED']);
}

describe.each(eras)('a real database, client of $era', ({ options }) => {
  it('a statement that the client cancels ends in the database, and the session goes on', async () => {
    const { url } = await serve(gateway);
    const client = await connect(url, options);
    const id = await session(client);
    const leaving = new AbortController();
    const running = call(client, 'run_statement', { session: id, sql: endless }, { signal: leaving.signal });
    await begun(id);
    leaving.abort();
    await expect(running).rejects.toThrow();
    await free(url, id);
  });

  it('the deadline of the session ends it too, and says so', async () => {
    const { url } = await serve(gateway);
    const client = await connect(url, options);
    const id = await session(client, { ttl: 5 });
    expect((await call(client, 'run_statement', { session: id, sql: endless })).data).toMatchObject({
      problem: { code: 'SESSION_EXPIRED' },
    });
    expect(await recorded(id)).toContainEqual(['statement.failed', 'SESSION_EXPIRED']);
  });
});

describe('a real database', () => {
  it.each([
    ['2026-07-28', modern],
    ['2025-11-25', legacy],
    [
      '2025-06-18',
      (...[url, name, args, sent]: Parameters<typeof legacy>) =>
        legacy(url, name, args, { ...sent, version: '2025-06-18' }),
    ],
  ] as const)('a client of %s that closes its stream ends its statement', async (_era, send) => {
    const { url } = await serve(gateway);
    const id = await session(await connect(url));
    const leaving = new AbortController();
    const running = send(url, 'run_statement', { session: id, sql: endless }, { signal: leaving.signal });
    await begun(id);
    leaving.abort();
    await expect(running).rejects.toThrow();
    await free(url, id);
  });

  it('a message that cancels (2025-11-25) ends the statement it names', async () => {
    const { url } = await serve(gateway);
    const id = await session(await connect(url));
    const running = legacy(url, 'run_statement', { session: id, sql: endless }, { id: 41 });
    await begun(id);
    await post(
      url,
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 41 } },
      { headers: { 'mcp-protocol-version': '2025-11-25' } },
    );
    await running.catch(() => undefined);
    await free(url, id);
  });
});
