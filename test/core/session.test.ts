import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/core/index.js';
import { FakeClock } from './fake-clock.js';
import { as, codeOf, house, rowsOf, valueOf } from './test-gateway.js';

const forever = (_statement: unknown, signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );

async function* endless(): AsyncGenerator<readonly Row[]> {
  for (;;) {
    yield [[1], [2], [3]];
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const many = (): { columns: string[]; rows: Row[] } => ({
  columns: ['A'],
  rows: Array.from({ length: 10 }, (_, row) => [row]),
});

describe('a session', () => {
  it('cancels the running statement at its deadline, and says so in the answer and the record', async () => {
    const clock = new FakeClock();
    const { session, run, codes, engine, audit } = await house({ clock }, forever);
    const id = await session({ ttlMs: 50 });
    const running = run(id);
    await expect.poll(() => engine.ran).toEqual(['SELECT orders']);
    clock.forward(50);
    expect(codeOf(await running)).toBe('SESSION_EXPIRED');
    await expect.poll(codes).toContain('session.expired');
    expect(engine.live()).toBe(0);
    const failed = audit.events.find((event) => event.code === 'statement.failed');
    expect(failed?.data).toMatchObject({ code: 'SESSION_EXPIRED' });
    expect(codeOf(await run(id))).toBe('SESSION_EXPIRED');
  });

  it('stops a stream of rows at its deadline', async () => {
    const clock = new FakeClock();
    const { session, run, audit } = await house({ clock }, () => ({ columns: ['A'], rows: endless() }));
    const result = valueOf(await run(await session({ ttlMs: 80 })));
    const reading = rowsOf(result);
    setImmediate(() => clock.forward(80));
    await expect(reading).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
    await expect.poll(() => audit.events.map((event) => event.code)).toContain('session.expired');
    const delivered = audit.events.find((event) => event.code === 'statement.delivered');
    expect(delivered?.data).toMatchObject({ code: 'SESSION_EXPIRED', truncated: false });
    expect(result.delivery()?.rows).toBe(delivered?.data['rows']);
  });

  it('ends when its token does', async () => {
    const { memoryIdentity } = await import('../../src/adapters/memory/index.js');
    const expiresAt = Date.now() + 5_000;
    const { open } = await house({ identity: memoryIdentity({ 'token-a': { subject: 'agent-a', expiresAt } }) });
    expect(valueOf(await open()).expiresAt).toBeLessThanOrEqual(expiresAt);
  });

  it('is closed for a caller that left while it opened', async () => {
    const { gateway, codes, engine } = await house();
    const leave = new AbortController();
    const opening = gateway.open(
      {
        ...as('token-a'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'read',
        ttlMs: 60_000,
        reason: 'a test',
      },
      leave.signal,
    );
    leave.abort();
    expect(codeOf(await opening)).toBe('ABORTED');
    expect(engine.live()).toBe(0);
    expect(codes().filter((code) => code === 'session.opened').length).toBe(
      codes().filter((code) => code === 'session.closed').length,
    );
  });

  it('runs one statement at a time, in order, and refuses a crowd', async () => {
    let running = 0;
    let most = 0;
    const { session, run, engine } = await house({ limits: { waitingStatements: 2 } }, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return { columns: ['A'], rows: [[1]] };
    });
    const id = await session();
    const outcomes = await Promise.all(['one', 'two', 'three', 'four'].map((name) => run(id, `SELECT ${name}`)));
    expect(outcomes.map(codeOf)).toEqual(['completed', 'completed', 'completed', 'SESSION_BUSY']);
    expect(most).toBe(1);
    expect(engine.ran).toEqual(['SELECT one', 'SELECT two', 'SELECT three']);
  });

  it('lets the next statement in when an unread result is released', async () => {
    const { session, run } = await house({}, ({ canonical }) => ({
      columns: ['A'],
      rows: canonical.endsWith('endless') ? endless() : [[1]],
    }));
    const id = await session();
    const first = valueOf(await run(id, 'SELECT endless'));
    const second = run(id, 'SELECT one');
    await first.batches[Symbol.asyncIterator]().return?.();
    expect(await rowsOf(valueOf(await second))).toEqual([[1]]);
  });

  it('frees a caller at once whose engine does not heed the cancel, and then gives up the session', async () => {
    const { session, run, codes, engine } = await house(
      { limits: { closeTimeoutMs: 30 } },
      () => new Promise<never>(() => undefined),
    );
    const id = await session();
    const leave = new AbortController();
    const running = run(id, 'SELECT orders', 'token-a', leave.signal);
    await expect.poll(() => engine.ran.length).toBe(1);
    leave.abort();
    expect(codeOf(await running)).toBe('ABORTED');
    await expect.poll(codes).toContain('session.closed');
    expect(codeOf(await run(id))).toBe('SESSION_CLOSED');
  });

  it('counts against its actor until it is gone', async () => {
    const { gateway, open, session } = await house({ limits: { sessionsPerActor: 2 } });
    const first = await session();
    await session({ ...as('token-for-alice') });
    expect(codeOf(await open())).toBe('TOO_MANY_SESSIONS');
    expect(codeOf(await open(as('token-b')))).toBe('completed');
    await gateway.close({ ...as('token-a'), session: first });
    expect(codeOf(await open())).toBe('completed');
  });

  it('closes only once, for all who ask', async () => {
    const { gateway, session, codes } = await house();
    const id = await session();
    const ends = await Promise.all(Array.from({ length: 10 }, () => gateway.close({ ...as('token-a'), session: id })));
    expect(new Set(ends.map((end) => valueOf(end).state))).toEqual(new Set(['closed']));
    expect(codes().filter((code) => code === 'session.closed')).toHaveLength(1);
  });

  it('cuts what goes over the row and byte caps, and says so', async () => {
    for (const [limits, rows] of [
      [{ maxRows: 4 }, 4],
      [{ maxBytes: 35 }, 3],
      [{ maxRows: 10 }, 10],
    ] as const) {
      const { session, run, audit } = await house({ limits }, many);
      const result = valueOf(await run(await session()));
      expect(await rowsOf(result)).toHaveLength(rows);
      expect(result.delivery()?.truncated).toBe(rows < 10);
      expect(audit.events.at(-1)?.data).toMatchObject({ rows, truncated: rows < 10 });
    }
  });

  it('does not survive the gateway, and nothing runs after', async () => {
    const { gateway, session, run, codes, engine } = await house({}, forever);
    const id = await session();
    const running = run(id);
    await expect.poll(() => engine.ran.length).toBe(1);
    await gateway.shutdown();
    expect(['SHUTTING_DOWN', 'SESSION_CLOSED']).toContain(codeOf(await running));
    expect(codeOf(await run(id))).toBe('SHUTTING_DOWN');
    expect(codes().slice(-3)).toEqual(['statement.failed', 'session.closed', 'gateway.stopped']);
  });
});
