import { expect, it } from 'vitest';
import { parseRetryAfter, computeBackoff } from '../../../src/http/client/backoff.js';

it('pauses grow, differ by chance, and end growing', () => {
  for (const [tries, most] of [
    [0, 250],
    [1, 500],
    [2, 1_000],
    [20, 10_000],
  ] as const) {
    const pauses = Array.from({ length: 200 }, () => computeBackoff(tries));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(most / 2);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(most);
    expect(new Set(pauses).size).toBeGreaterThan(100);
  }
});

it('a receiver may ask for more, up to half a minute, and not for less', () => {
  expect(computeBackoff(0, 5_000)).toBe(5_000);
  expect(computeBackoff(0, 86_400_000)).toBe(30_000);
  expect(computeBackoff(20, 1)).toBeGreaterThanOrEqual(5_000);
});

it('Retry-After is seconds or a date, and nothing else', () => {
  expect([
    parseRetryAfter('0'),
    parseRetryAfter(' 7 '),
    parseRetryAfter('86400'),
    parseRetryAfter(null),
    parseRetryAfter('soon'),
    parseRetryAfter(''),
  ]).toEqual([0, 7_000, 86_400_000, undefined, undefined, undefined]);
  expect(parseRetryAfter(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(55_000);
  expect(parseRetryAfter(new Date(Date.now() + 60_000).toUTCString())).toBeLessThanOrEqual(60_000);
  expect(parseRetryAfter(new Date(0).toUTCString())).toBe(0);
});
