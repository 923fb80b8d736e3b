import { describe, expect, it } from 'vitest';
import type { MemoryStatementHandler } from '../../src/adapters/memory/index.js';
import { createDeferred } from '../../src/core/async/deferred.js';
import {
  AccessError,
  withoutEffect,
  type Identified,
  type RunRequest,
  type StatementResult,
} from '../../src/core/index.js';
import { IdempotentExecution } from '../../src/core/request/idempotent-execution.js';
import type { Sessions } from '../../src/core/session/sessions.js';
import type { RequestContext } from '../../src/core/request/context.js';
import { MemoryIdempotencyStore } from '../../src/core/request/idempotency-store.js';
import { FakeClock } from './fake-clock.js';
import { office } from './approvals/test-reviewers.js';
import { as, codeOf, house, rowsOf, valueOf } from './test-gateway.js';

const done: MemoryStatementHandler = () => ({ columns: [], rows: [], affected: 3 });
const writer = { ...as('token-w'), access: 'write' } as const;

/** A session for writing, and one statement asked in it with a key. */
async function keyed(answer: MemoryStatementHandler = done, parts: Parameters<typeof house>[0] = {}) {
  const built = await house(parts, answer);
  const session = await built.session(writer);
  const write = (more: Partial<RunRequest> = {}, signal?: AbortSignal) =>
    built.gateway.run({ ...as('token-w'), session, sql: 'DELETE orders', idempotencyKey: 'k1', ...more }, signal);
  return { ...built, id: session, write };
}

describe('a write with an idempotency key', () => {
  it('runs once: asked again it is answered with what became of it, and the record says so', async () => {
    const { write, engine, audit } = await keyed();
    const first = valueOf(await write());
    const again = await write();
    expect(valueOf(again)).toMatchObject({
      statement: first.statement,
      queryId: first.queryId,
      kind: 'write',
      operation: 'DELETE',
      affected: 3,
      replayed: true,
      columns: [],
    });
    expect(await rowsOf(valueOf(again))).toEqual([]);
    expect([engine.ran, first.replayed]).toEqual([['DELETE orders'], undefined]);
    expect(audit.events.filter(({ statement }) => statement === again.id)).toMatchObject([
      { code: 'statement.replayed', data: { of: first.statement, end: 'executed', by: 'key' } },
    ]);
  });

  it('runs once for a hundred that ask at once', async () => {
    const gate = createDeferred();
    const { write, engine } = await keyed(async () => {
      await gate.promise;
      return { columns: [], rows: [], affected: 1 };
    });
    const all = Array.from({ length: 100 }, () => write());
    await expect.poll(() => engine.ran.length).toBe(1);
    gate.resolve();
    const results = (await Promise.all(all)).map(valueOf);
    expect(engine.ran).toEqual(['DELETE orders']);
    expect(new Set(results.map(({ statement }) => statement)).size).toBe(1);
    expect(results.filter(({ replayed }) => replayed === true)).toHaveLength(99);
  });

  it('is answered "in progress" where the first still runs after a while', async () => {
    const clock = new FakeClock();
    const gate = createDeferred();
    const { write, engine } = await keyed(
      async () => {
        await gate.promise;
        return { columns: [], rows: [] };
      },
      { clock },
    );
    const first = write();
    await expect.poll(() => engine.ran.length).toBe(1);
    const second = write();
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.forward(30_000);
    expect(await second).toMatchObject({ status: 'denied', code: 'SESSION_BUSY', reason: 'key.in_progress' });
    gate.resolve();
    valueOf(await first);
  });

  it('cannot be used for other bytes', async () => {
    const { write, engine } = await keyed();
    valueOf(await write());
    for (const other of [{ sql: 'DELETE customers' }, { binds: [1] }])
      expect(await write(other)).toMatchObject({ status: 'denied', code: 'INVALID_REQUEST', reason: 'key.reused' });
    expect(engine.ran).toHaveLength(1);
  });

  it('is a name within its session', async () => {
    const { write, session, gateway, engine } = await keyed();
    valueOf(await write());
    valueOf(
      await gateway.run({
        ...as('token-w'),
        session: await session(writer),
        sql: 'DELETE customers',
        idempotencyKey: 'k1',
      }),
    );
    expect(engine.ran).toHaveLength(2);
    expect(codeOf(await write({ ...as('token-a') }))).toBe('NOT_FOUND');
  });

  it('is told also after the end of its session', async () => {
    const { write, gateway, id } = await keyed();
    const first = valueOf(await write());
    valueOf(await gateway.close({ ...as('token-w'), session: id }));
    expect(valueOf(await write())).toMatchObject({ statement: first.statement, replayed: true });
    expect(codeOf(await write({ idempotencyKey: 'k2' }))).toBe('SESSION_CLOSED');
  });

  it('stays unknown where its end is unknown', async () => {
    const { write, engine } = await keyed(() => {
      throw new AccessError('ENGINE_UNAVAILABLE');
    });
    const first = await write();
    for (const outcome of [first, await write()])
      expect(outcome).toMatchObject({ status: 'failed', error: { code: 'OUTCOME_UNKNOWN', retryable: false } });
    expect(await write()).toMatchObject({ error: { detail: { statement: first.id, after: 'ENGINE_UNAVAILABLE' } } });
    expect(engine.ran).toHaveLength(1);
  });

  it.each<[string, AccessError]>([
    ['was not sent', withoutEffect(new AccessError('ENGINE_UNAVAILABLE'))],
    ['was refused by the engine', new AccessError('ENGINE_REJECTED')],
  ])('may run again where it %s', async (_name, error) => {
    let failing = true;
    const { write, engine } = await keyed(() => {
      if (failing) throw error;
      return { columns: [], rows: [] };
    });
    expect(codeOf(await write())).toBe(error.code);
    failing = false;
    expect(valueOf(await write()).replayed).toBeUndefined();
    expect(engine.ran).toHaveLength(2);
  });

  it('is asked again where it was denied, also for other bytes', async () => {
    const { write, engine } = await keyed();
    for (const _again of [1, 2]) expect(codeOf(await write({ sql: 'DROP orders' }))).toBe('NOT_PERMITTED');
    valueOf(await write());
    expect(engine.ran).toEqual(['DELETE orders']);
  });

  it('lets who waits for the first leave, and lets the next one in where the first came to nothing', async () => {
    const gate = createDeferred();
    const { write, engine } = await keyed(async () => {
      await gate.promise;
      throw new AccessError('ENGINE_REJECTED');
    });
    const leave = new AbortController();
    const first = write();
    await expect.poll(() => engine.ran.length).toBe(1);
    const second = write({}, leave.signal);
    const third = write();
    await new Promise((resolve) => setTimeout(resolve, 10));
    leave.abort();
    expect(codeOf(await second)).toBe('ABORTED');
    gate.resolve();
    expect([codeOf(await first), codeOf(await third)]).toEqual(['ENGINE_REJECTED', 'ENGINE_REJECTED']);
  });

  it('means nothing for what only reads', async () => {
    const { write, engine } = await keyed(() => ({ columns: ['N'], rows: [[1]] }));
    for (const _again of [1, 2]) expect(await rowsOf(valueOf(await write({ sql: 'SELECT orders' })))).toEqual([[1]]);
    expect(engine.ran).toHaveLength(2);
  });

  it.each(['', 'x'.repeat(256), 7])('is refused where the key cannot be one: %s', async (idempotencyKey) => {
    const { write } = await keyed();
    expect(await write({ idempotencyKey: idempotencyKey as string })).toMatchObject({
      code: 'INVALID_REQUEST',
      reason: 'request.idempotencyKey',
    });
  });

  it('is kept within bounds', async () => {
    const keys = new MemoryIdempotencyStore({ perSession: 2, names: 3 });
    const outcome = { end: 'none', statement: 's', code: 'c' } as const;
    for (const [session, name] of [
      ['a', '1'],
      ['a', '2'],
      ['b', '1'],
    ] as const) {
      expect(await keys.claim(session, [name], 'x')).toEqual({ state: 'first' });
      await keys.resolve(session, name, outcome);
    }
    expect(await keys.claim('a', ['3'], 'x')).toEqual({ state: 'full' });
    expect(await keys.claim('b', ['2'], 'x')).toEqual({ state: 'full' });
    await keys.release('a');
    expect(await keys.claim('a', ['1'], 'x')).toMatchObject({ state: 'known' });
    expect(await keys.claim('b', ['2'], 'x')).toEqual({ state: 'first' });
    expect(await keys.claim('a', ['1'], 'x')).toEqual({ state: 'first' });
  });
});

describe('a used ticket that is shown again', () => {
  it('is answered with what became of it, never a second run', async () => {
    const { ticket, decide, write, engine } = await office({}, undefined, done);
    const asked = await ticket();
    valueOf(await decide(asked));
    const first = valueOf(await write({ ticket: asked }));
    expect(valueOf(await write({ ticket: asked }))).toMatchObject({
      statement: first.statement,
      affected: 3,
      replayed: true,
    });
    expect(engine.ran).toEqual(['DELETE orders']);
  });

  it('runs once for a hundred that show it at once', async () => {
    const { ticket, decide, write, engine } = await office({}, undefined, done);
    const asked = await ticket();
    valueOf(await decide(asked));
    const results = (await Promise.all(Array.from({ length: 100 }, () => write({ ticket: asked })))).map(valueOf);
    expect([engine.ran, results.filter(({ replayed }) => replayed === true).length]).toEqual([['DELETE orders'], 99]);
  });

  it('and with a key from the first asking on: by either name it is the same', async () => {
    const { ticket, decide, write, engine } = await office({}, undefined, done);
    const asked = await ticket(await write({ idempotencyKey: 'k' }));
    expect(await ticket(await write({ idempotencyKey: 'k' }))).toBe(asked);
    expect(await write({ idempotencyKey: 'k', sql: 'DELETE customers' })).toMatchObject({ reason: 'key.reused' });
    valueOf(await decide(asked));
    const { statement } = valueOf(await write({ idempotencyKey: 'k', ticket: asked }));
    for (const by of [{ ticket: asked }, { idempotencyKey: 'k' }, { idempotencyKey: 'k', ticket: asked }])
      expect(valueOf(await write(by))).toMatchObject({ statement, replayed: true });
    expect(engine.ran).toEqual(['DELETE orders']);
  });

  it('is unknown where it is unknown, and says that nothing came of it where that is sure', async () => {
    const lost = await office({}, undefined, () => {
      throw new AccessError('ENGINE_UNAVAILABLE');
    });
    const asked = await lost.ticket();
    valueOf(await lost.decide(asked));
    for (const _again of [1, 2])
      expect(await lost.write({ ticket: asked })).toMatchObject({ error: { code: 'OUTCOME_UNKNOWN' } });
    const refused = await office({}, undefined, () => {
      throw new AccessError('ENGINE_REJECTED');
    });
    const other = await refused.ticket();
    valueOf(await refused.decide(other));
    expect(codeOf(await refused.write({ ticket: other }))).toBe('ENGINE_REJECTED');
    expect(await refused.write({ ticket: other })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.spent',
      hint: 'Ask again without a ticket.',
    });
    expect([lost.engine.ran.length, refused.engine.ran.length]).toEqual([1, 1]);
  });

  it('is used once also where there is no room to remember it', async () => {
    const keys = new MemoryIdempotencyStore({ names: 0 });
    expect(await keys.claim('s', ['ticket:t'], 'x')).toEqual({ state: 'full' });
    const { ticket, decide, id, gateway } = await office({}, undefined, done);
    const sessions = { find: () => ({ id, grant: { scope: {} }, connector: {} }) } as unknown as Sessions;
    const asked = await ticket();
    valueOf(await decide(asked));
    const once = new IdempotentExecution({ keys, sessions, clock: new FakeClock() });
    const facts = {
      identity: {},
      asked: { session: id, statement: { sql: 'DELETE orders', binds: [] } },
      ticket: asked,
    } as unknown as Identified<'run'>;
    const run = async (): Promise<StatementResult> =>
      valueOf(await gateway.run({ ...as('agent'), session: id, sql: 'DELETE orders', ticket: asked }));
    const trip = { eventFacts: {} } as unknown as RequestContext;
    expect(await once.run(facts, trip, run)).toMatchObject({ affected: 3 });
    expect(await once.run({ ...facts, idempotencyKey: 'k' }, trip, run)).toMatchObject({
      code: 'SESSION_BUSY',
      reason: 'key.full',
    });
  });

  it('tells nobody else anything', async () => {
    const { ticket, decide, write } = await office({}, undefined, done);
    const asked = await ticket();
    valueOf(await decide(asked));
    valueOf(await write({ ticket: asked }));
    expect(codeOf(await write({ ticket: asked, ...as('agent-elsewhere') }))).toBe('NOT_FOUND');
    expect(await write({ ticket: asked, sql: 'DELETE customers' })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.text',
    });
  });
});

describe('a name in a session that is not known here any more', () => {
  it.each([{ idempotencyKey: 'k1' }, { ticket: 'of-before' }])(
    'is answered with where to look, and not as if nothing had run: %j',
    async (named) => {
      const { gateway } = await house();
      const asked = await gateway.run({
        ...as('token-w'),
        session: 'of-an-earlier-run',
        sql: 'DELETE orders',
        ...named,
      });
      expect(asked).toMatchObject({
        status: 'denied',
        code: 'NOT_FOUND',
        reason: 'session.unknown',
        hint: expect.stringContaining('may have run') as string,
      });
      expect(
        await gateway.run({ ...as('token-w'), session: 'of-an-earlier-run', sql: 'DELETE orders' }),
      ).not.toHaveProperty('hint', expect.stringContaining('may have run'));
    },
  );
});

/** Takes names in a session until there is no room, and says how many. */
async function fill(keys: MemoryIdempotencyStore, session: string, most: number): Promise<number> {
  for (let taken = 0; taken < most; taken += 1)
    if ((await keys.claim(session, [`key:${taken}`], 'bytes')).state !== 'first') return taken;
  return most;
}

describe('the room for names', () => {
  it('is not all for those who came first: where it is scarce, each session still has some', async () => {
    const keys = new MemoryIdempotencyStore({ perSession: 100, names: 1_000 });
    let taken = 0;
    for (let session = 0; session < 16; session += 1) taken += await fill(keys, `greedy-${session}`, 200);
    expect(taken).toBeLessThan(800);
    expect(await fill(keys, 'another', 10)).toBe(10);
  });

  it('a session that is over and has nothing left is forgotten', async () => {
    const keys = new MemoryIdempotencyStore({ names: 2 });
    await keys.claim('s', ['key:1'], 'bytes');
    await keys.release('s');
    await keys.resolve('s', 'key:1', 'free');
    await keys.claim('s', ['key:1'], 'bytes');
    await keys.claim('t', ['key:1'], 'bytes');
    // Were the first one among those that are over, it would give way.
    expect(await keys.claim('u', ['key:1'], 'bytes')).toEqual({ state: 'full' });
  });
});
