import { describe, expect, it } from 'vitest';
import { Slots } from '../../src/core/slots.js';

/** A work that runs until it is let go. */
function held() {
  let free: (() => void) | undefined;
  const over = new Promise<void>((resolve) => { free = resolve; });
  return { work: () => over, free: () => free?.() };
}

const settled = () => new Promise((resolve) => { setImmediate(resolve); });

describe('works at once', () => {
  it('are at most so many, and at most so many of one name; one of a name that has no room keeps no other back', async () => {
    const slots = new Slots(2, 1, 10);
    const order: string[] = [];
    const first = held();
    const all = [slots.take('a', () => { order.push('a1'); return first.work(); }), slots.take('a', async () => { order.push('a2'); }), slots.take('b', async () => { order.push('b1'); }), slots.take('c', async () => { order.push('c1'); })];
    await settled();
    expect(order).toEqual(['a1', 'b1', 'c1']);
    first.free();
    await Promise.all(all.map((each) => Promise.resolve(each)));
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2']);
  });

  it('too many that wait of one name are not taken; of another they are', async () => {
    const slots = new Slots(1, 1, 2);
    const first = held();
    const taken = [slots.take('a', first.work), slots.take('a', async () => 1), slots.take('a', async () => 2)];
    expect(slots.take('a', async () => 3)).toBeUndefined();
    const other = slots.take('b', async () => 4);
    expect(other).toBeDefined();
    first.free();
    expect(await Promise.all([...taken, other])).toEqual([undefined, 1, 2, 4]);
    expect(await slots.take('a', async () => 5)).toBe(5);
  });

  it('one that fails gives its place back', async () => {
    const slots = new Slots(1, 1, 1);
    await expect(slots.take('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.take('a', async () => 1)).toBe(1);
  });
});
