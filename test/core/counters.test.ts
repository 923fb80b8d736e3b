import { describe, expect, it } from 'vitest';
import { MemoryCounters } from '../../src/core/data/counters.js';
import { FakeClock } from './fake-clock.js';

describe('counters in memory', () => {
  it('count in windows that begin with the first', () => {
    const clock = new FakeClock();
    const counters = new MemoryCounters(clock);
    expect(counters.increment('a:x', 100, 0)).toEqual({ count: 0, leftMs: 0 });
    expect(counters.increment('a:x', 100)).toEqual({ count: 1, leftMs: 100 });
    clock.forward(60);
    expect(counters.increment('a:x', 100, 4)).toEqual({ count: 5, leftMs: 40 });
    expect(counters.increment('a:x', 100, 0)).toEqual({ count: 5, leftMs: 40 });
    clock.forward(40);
    expect(counters.increment('a:x', 100)).toEqual({ count: 1, leftMs: 100 });
  });

  it('mark a key once for a time', () => {
    const clock = new FakeClock();
    const counters = new MemoryCounters(clock);
    expect([counters.mark('m:x', 100), counters.mark('m:x', 100), counters.mark('m:y', 100)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(counters.getMarkedMs('m:x')).toBe(100);
    clock.forward(100);
    expect([counters.getMarkedMs('m:x'), counters.mark('m:x', 50), counters.getMarkedMs('m:x')]).toEqual([0, true, 50]);
  });

  it('are bounded by what their keys take as well', () => {
    const counters = new MemoryCounters(new FakeClock());
    counters.mark('cooldown:x', 1_000_000);
    for (let count = 0; count < 4_000; count += 1)
      counters.increment(`requests:${count}-${'k'.repeat(16_384)}`, 1_000_000);
    expect(counters.size).toBeLessThan(2_060);
    expect(counters.increment(`requests:3999-${'k'.repeat(16_384)}`, 1_000_000).count).toBe(2);
    expect(counters.getMarkedMs('cooldown:x')).toBe(1_000_000);
  });

  it('remember a bounded number, and many of one kind crowd out none of another', () => {
    const counters = new MemoryCounters(new FakeClock());
    counters.mark('cooldown:x', 1_000_000);
    for (let count = 0; count < 60_000; count += 1) counters.increment(`requests:${count}`, 1_000_000);
    expect(counters.size).toBe(20_001);
    expect(counters.getMarkedMs('cooldown:x')).toBe(1_000_000);
    expect(counters.increment('requests:59999', 1_000_000)).toMatchObject({ count: 2 });
  });
});
