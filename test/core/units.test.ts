import { describe, expect, it } from 'vitest';
import { AccessError, denials, deny, faults, isStop, newId, systemClock, getTimeLeft } from '../../src/core/index.js';
import { omitUndefined } from '../../src/core/data/omit-undefined.js';
import { deepFreeze } from '../../src/core/data/deep-freeze.js';
import { mintGrant } from '../../src/core/session/grant.js';
import { StatementQueue } from '../../src/core/session/statement-queue.js';
import { RowLimiter } from '../../src/core/session/row-limiter.js';
import { resolveMaxTtl, tightenLimits } from '../../src/core/request/obligations.js';
import { SharedTimeout } from '../../src/core/async/shared-timeout.js';
import { estimateRowSize } from '../../src/core/session/row-size.js';
import { FakeClock } from './fake-clock.js';

const entrant = { statement: 'a statement', clock: systemClock };

describe('ids', () => {
  it('are UUIDv7: they sort by time, and never repeat', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => newId(1_790_000_000_000 + index));
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(Array.from({ length: 5_000 }, () => newId(0).slice(9))).size).toBe(5_000);
    expect(Number.parseInt((ids[0] as string).replace('-', '').slice(0, 12), 16)).toBe(1_790_000_000_000);
  });
});

describe('facts', () => {
  it('are copies that can never change, and the same object when they were facts already', () => {
    const given = { a: { b: [1, { c: 'x' }] } };
    const kept = deepFreeze(given);
    given.a.b.push(2);
    expect(kept).toEqual({ a: { b: [1, { c: 'x' }] } });
    expect(() => (kept.a.b as unknown[]).push(3)).toThrow(TypeError);
    expect(() => {
      (kept.a.b[1] as { c: string }).c = 'y';
    }).toThrow(TypeError);
    expect(deepFreeze(kept)).toBe(kept);
    const byHand = Object.freeze({ list: Object.freeze([Object.freeze({ x: 1 })]) });
    expect(deepFreeze(byHand)).toBe(byHand);
  });

  it('are not fooled by what is frozen only on the outside, or reads anew each time', () => {
    const inner = { n: 1 };
    const kept = deepFreeze(Object.freeze({ inner }));
    inner.n = 2;
    expect(kept.inner.n).toBe(1);
    let reads = 0;
    const getter = deepFreeze(
      Object.freeze({
        get n() {
          return (reads += 1);
        },
      }),
    );
    expect([getter.n, getter.n, reads]).toEqual([1, 1, 1]);
  });

  it('leave __proto__ behind', () => {
    const kept = deepFreeze(JSON.parse('{"__proto__":{"admin":true},"a":1}') as { a: number; admin?: boolean });
    expect(kept.admin).toBeUndefined();
    expect(Object.keys(kept)).toEqual(['a']);
    expect(deepFreeze(Object.freeze(JSON.parse('{"__proto__":{"admin":true}}') as object))).toEqual({});
  });

  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a date', new Date()],
    ['a map', new Map()],
    ['an instance', new URL('https://acme.example')],
    [
      'what nests without end',
      (() => {
        const loop: unknown[] = [];
        loop.push(loop);
        return loop;
      })(),
    ],
  ])('refuse %s', (_name, value) => {
    expect(() => deepFreeze({ value })).toThrow(TypeError);
  });

  it('may nest 64 deep and no deeper', () => {
    const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);
    expect(() => deepFreeze(nest(64))).not.toThrow();
    expect(() => deepFreeze(nest(66))).toThrow(TypeError);
  });
});

describe('a grant', () => {
  it('runs down on the monotonic clock, whatever the wall clock does, and cannot be forged', () => {
    const clock = new FakeClock();
    const grant = mintGrant(clock, 1_000, { id: 'g' } as never);
    clock.wall += 10_000_000;
    clock.forward(400);
    expect(getTimeLeft(grant, clock)).toBe(600);
    clock.forward(601);
    expect(getTimeLeft(grant, clock)).toBe(0);
    expect(() => getTimeLeft({ ...grant }, clock)).toThrow(expect.objectContaining({ code: 'GRANT_INVALID' }));
  });
});

describe('a lane', () => {
  it('lets in one at a time, in order, and says when too many wait', async () => {
    const lane = new StatementQueue(1);
    const { signal } = new AbortController();
    const first = await lane.acquire(signal, entrant);
    const order: string[] = [];
    const second = lane.acquire(signal, entrant).then((leave) => {
      order.push('second');
      return leave;
    });
    expect(await lane.acquire(signal, entrant)).toMatchObject({ status: 'denied', code: 'SESSION_BUSY' });
    if (typeof first !== 'function') throw new Error('refused');
    first();
    first();
    expect(typeof (await second)).toBe('function');
    expect(order).toEqual(['second']);
  });

  it('goes on behind one that gave up waiting, but not before the one in it has left', async () => {
    const lane = new StatementQueue(8);
    const never = new AbortController();
    const first = await lane.acquire(never.signal, entrant);
    const impatient = new AbortController();
    const second = lane.acquire(impatient.signal, entrant);
    let entered = false;
    const third = lane.acquire(never.signal, entrant).then(() => {
      entered = true;
    });
    impatient.abort(new AccessError('ABORTED'));
    await expect(second).rejects.toMatchObject({ code: 'ABORTED' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(entered).toBe(false);
    if (typeof first === 'function') first();
    await third;
  });
});

describe('a meter', () => {
  it('takes what fits, counts it, and cuts the rest', () => {
    const meter = new RowLimiter({ maxRows: 3, maxBytes: 1_000 });
    expect(meter.take([[1], [2]])).toMatchObject({ rows: [[1], [2]] });
    expect(meter.truncated).toBe(false);
    expect(meter.take([[3], [4]])).toMatchObject({ rows: [[3]] });
    expect([meter.rows, meter.truncated]).toEqual([3, true]);
    expect(meter.bytes).toBe(3 * estimateRowSize([1]));
  });

  it('takes exactly as many bytes as are allowed', () => {
    const two = 2 * estimateRowSize(['abc']);
    for (const [maxBytes, rows] of [
      [two, 2],
      [two - 1, 1],
    ] as const)
      expect(new RowLimiter({ maxRows: 9, maxBytes }).take([['abc'], ['abc'], ['abc']]).rows).toHaveLength(rows);
  });

  it.each<[string, readonly (string | number | boolean | null | readonly number[])[]]>([
    ['text', ['abc', 'de']],
    ['truth', [true]],
    ['nothing', [null]],
    ['lists', [[1, 2, 3]]],
  ])('weighs %s about as JSON does', (_name, row) => {
    expect(Math.abs(estimateRowSize(row) - JSON.stringify(row).length)).toBeLessThanOrEqual(2);
  });
});

describe('obligations', () => {
  it('only ever tighten', () => {
    const limits = { maxRows: 10, maxBytes: 100 };
    expect(
      tightenLimits(limits, [
        { type: 'max_rows', value: 99 },
        { type: 'max_bytes', value: 7 },
      ]),
    ).toEqual({ maxRows: 10, maxBytes: 7 });
    expect(tightenLimits(limits, [{ type: 'max_rows', value: 0 }])).toEqual({ maxRows: 0, maxBytes: 100 });
    expect(resolveMaxTtl([])).toBe(Number.POSITIVE_INFINITY);
    expect(
      resolveMaxTtl([
        { type: 'max_ttl', value: 5 },
        { type: 'max_ttl', value: 3 },
      ]),
    ).toBe(3);
  });

  it('a session of no length is no session: max_ttl is at least 1', () => {
    expect(() => resolveMaxTtl([{ type: 'max_ttl', value: 0 }])).toThrow(
      expect.objectContaining({ code: 'POLICY_UNAVAILABLE' }),
    );
  });

  it.each([-1, 1.5, '3', true, null, Number.NaN])('fail on %j', (value) => {
    expect(() => tightenLimits({ maxRows: 1, maxBytes: 1 }, [{ type: 'max_rows', value }])).toThrow(
      expect.objectContaining({ code: 'POLICY_UNAVAILABLE' }),
    );
  });
});

describe('patience', () => {
  it('runs out for each at its own time, with one timer', async () => {
    const clock = new FakeClock();
    const patience = new SharedTimeout(clock, 100, () => new Error('too long'));
    const never = new Promise<never>(() => undefined);
    const first = patience.race(never).catch((error: Error) => error.message);
    clock.forward(60);
    const second = patience.race(never).catch((error: Error) => error.message);
    const quick = patience.race(Promise.resolve('done'));
    expect(clock.timers).toBe(1);
    clock.forward(40);
    expect(await Promise.race([first, second])).toBe('too long');
    expect(await Promise.race([second, Promise.resolve('still waiting')])).toBe('still waiting');
    expect(await quick).toBe('done');
    clock.forward(60);
    expect(await second).toBe('too long');
    await expect(patience.race(Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});

describe('errors', () => {
  it('know their kind and whether to try again, and carry no more than they are given', () => {
    for (const code of Object.keys(faults) as (keyof typeof faults)[])
      expect(new AccessError(code)).toMatchObject({
        code,
        message: faults[code].means,
        retryable: faults[code].retryable,
        detail: {},
      });
    expect(new AccessError('SESSION_EXPIRED')).toMatchObject({ message: denials.SESSION_EXPIRED, retryable: false });
    const cause = new Error('inner');
    expect(AccessError.from(cause, 'INTERNAL')).toMatchObject({ code: 'INTERNAL', cause });
    const own = new AccessError('ABORTED');
    expect(AccessError.from(own, 'INTERNAL')).toBe(own);
    expect([AccessError.is(own), AccessError.is({ code: 'ABORTED' }), AccessError.is(null)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('of the expected kind stop, and nothing else does', () => {
    expect(
      [deny('NOT_FOUND'), { status: 'pending' }, { status: 'completed' }, null, 'denied', undefined].map(isStop),
    ).toEqual([true, true, false, false, false, false]);
  });
});

describe('compact', () => {
  it('leaves out what is undefined and keeps null, false and nothing', () => {
    expect(omitUndefined<Record<string, unknown>>({ a: undefined, b: null, c: false, d: '', e: 0 })).toEqual({
      b: null,
      c: false,
      d: '',
      e: 0,
    });
    expect(Object.keys(omitUndefined<Record<string, unknown>>({ a: undefined }))).toEqual([]);
  });
});

describe('the system clock', () => {
  it('wakes once, or not when it is told to forget', async () => {
    let woken = 0;
    const forget = systemClock.after(1, () => {
      woken += 1;
    });
    forget();
    await new Promise<void>((resolve) => {
      systemClock.after(5, resolve);
      setTimeout(() => undefined, 20);
    });
    expect(woken).toBe(0);
    expect(
      systemClock.after(2 ** 40, () => {
        woken += 1;
      }),
    ).toBeTypeOf('function');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(woken).toBe(0);
  });
});
