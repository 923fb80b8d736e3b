import { describe, expect, it } from 'vitest';
import { LruCache, sizeAsJson } from '../../src/core/index.js';

describe('what is kept', () => {
  it('is the most recently used, up to a number', () => {
    const kept = new LruCache<number>({ maxEntries: 2 });
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
    ] as const)
      kept.set(key, value);
    expect(kept.get('a')).toBe(1);
    kept.set('c', 3);
    expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([1, undefined, 3]);
  });

  it('is bounded by bytes, keys included, however long each is', () => {
    const kept = new LruCache<string>({ maxEntries: 10_000, maxBytes: 1_000_000, measure: sizeAsJson });
    for (let each = 0; each < 2_000; each += 1) kept.set(`${each}-${'k'.repeat(2_000)}`, 'v'.repeat(1_000));
    const { count, bytes } = kept.size;
    expect(bytes).toBeLessThanOrEqual(1_000_000);
    expect(count).toBeGreaterThan(100);
    expect(kept.get(`1999-${'k'.repeat(2_000)}`)).toHaveLength(1_000);
    for (let each = 0; each < 2_000; each += 1) kept.delete(`${each}-${'k'.repeat(2_000)}`);
    expect(kept.size).toEqual({ count: 0, bytes: 0 });
  });

  it('is nothing that takes more than its share, and counts what is replaced once', () => {
    const kept = new LruCache<string>({ maxEntries: 10, maxBytes: 64_000, measure: sizeAsJson });
    kept.set('small', 'x');
    kept.set('large', 'x'.repeat(1_000));
    expect([kept.get('small'), kept.get('large')]).toEqual(['x', undefined]);
    const before = kept.size;
    kept.set('small', 'y');
    expect(kept.size).toEqual(before);
  });

  it('is made once for all who ask, and not kept where it fails', async () => {
    const kept = new LruCache<Promise<number>>({ maxEntries: 2 });
    let made = 0;
    const make = async (): Promise<number> => (made += 1);
    expect(await Promise.all([kept.getOrCreate('a', make), kept.getOrCreate('a', make)])).toEqual([1, 1]);
    await expect(kept.getOrCreate('b', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await kept.getOrCreate('b', make)).toBe(2);
  });
});
