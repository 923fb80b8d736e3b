import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/adapters/snowflake-sql/analyze.js';
import type { ParserPool, ReadResult } from '../../../src/adapters/snowflake-sql/parsers/reading.js';
import { AccessError } from '../../../src/core/index.js';
import { readers as good, shop } from './test-analyzer.js';

/** Reads so many texts, and then answers this. */
function failing(after: number, then: ReadResult): ParserPool {
  let count = 0;
  return {
    read: async (canonical, signal) => ((count += 1) > after ? then : good.read(canonical, signal)),
    close: async () => {},
  };
}

const judged = (readers: ParserPool, dialect?: string) =>
  analyze('select a from orders', {
    parsers: readers,
    scope: shop,
    functions: new Set(),
    signal: new AbortController().signal,
    dialect,
  });

describe.each([
  [0, undefined],
  [0, 'duckdb'],
  [1, 'duckdb'],
] as const)('a text that is not read, after %i that were, for %s', (after, dialect) => {
  it.each([
    ['timeout', 'sql.too_slow'],
    ['crashed', 'sql.parser_failed'],
  ] as const)('because of itself, %s: %s', async (why, reason) => {
    expect((await judged(failing(after, { ok: false, why, detail: 'so' }), dialect)).refusal?.reason).toBe(reason);
  });

  it('because nobody is there to read it: a fault, with the cause', async () => {
    const cause = new Error("Cannot find module '/app/worker.js'");
    const error: unknown = await judged(
      failing(after, { ok: false, why: 'unavailable', detail: 'the parsers do not start', cause }),
      dialect,
    ).catch((thrown: unknown) => thrown);
    expect(AccessError.is(error) && [error.code, error.cause, error.retryable]).toEqual([
      'ANALYSIS_UNAVAILABLE',
      cause,
      true,
    ]);
  });
});
