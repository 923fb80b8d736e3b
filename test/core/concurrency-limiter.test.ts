import { describe, expect, it } from 'vitest';
import { ConcurrencyLimiter } from '../../src/core/async/concurrency-limiter.js';

/** A work that runs until it is let go. */
function held() {
  let free: (() => void) | undefined;
  const over = new Promise<void>((resolve) => {
    free = resolve;
  });
  return { work: () => over, free: () => free?.() };
}

const settled = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('works at once', () => {
  it('are at most so many, and at most so many of one name; one of a name that has no room keeps no other back', async () => {
    const slots = new ConcurrencyLimiter(2, 1, 10);
    const order: string[] = [];
    const first = held();
    const all = [
      slots.run('a', () => {
        order.push('a1');
        return first.work();
      }),
      slots.run('a', async () => {
        order.push('a2');
      }),
      slots.run('b', async () => {
        order.push('b1');
      }),
      slots.run('c', async () => {
        order.push('c1');
      }),
    ];
    await settled();
    expect(order).toEqual(['a1', 'b1', 'c1']);
    first.free();
    await Promise.all(all.map((each) => Promise.resolve(each)));
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2']);
  });

  it('too many that wait of one name are not taken; of another they are', async () => {
    const slots = new ConcurrencyLimiter(1, 1, 2);
    const first = held();
    const taken = [slots.run('a', first.work), slots.run('a', async () => 1), slots.run('a', async () => 2)];
    expect(slots.run('a', async () => 3)).toBeUndefined();
    const other = slots.run('b', async () => 4);
    expect(other).toBeDefined();
    first.free();
    expect(await Promise.all([...taken, other])).toEqual([undefined, 1, 2, 4]);
    expect(await slots.run('a', async () => 5)).toBe(5);
  });

  it('one that fails gives its place back', async () => {
    const slots = new ConcurrencyLimiter(1, 1, 1);
    await expect(slots.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.run('a', async () => 1)).toBe(1);
  });
});
