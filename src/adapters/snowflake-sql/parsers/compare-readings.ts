import { createCallKey, createLookupKey } from '../names/identifier.js';
import { ParserTrapError, UnparsedError, type Parser } from './parser.js';
import type { Name, ParserReading, ReadResult } from './reading.js';

/** Reads the text with both parsers; a reading is given only when both understood it all and say the same. */
export function readWithBoth(first: Parser, second: Parser, canonical: string): ReadResult {
  try {
    const one = first.read(canonical);
    const other = second.read(canonical);
    const differs = findDifference(one, other);
    return differs === undefined
      ? { ok: true, reading: one }
      : { ok: false, why: 'disagree', detail: `the parsers differ in the ${differs}` };
  } catch (error) {
    if (error instanceof UnparsedError) return { ok: false, why: 'unparsed', detail: error.message };
    // A stack overflow or a trap inside a parser leaves its memory in an unknown state.
    return {
      ok: false,
      why: 'crashed',
      detail: error instanceof ParserTrapError ? `${error.message} failed inside` : 'a parser failed inside',
    };
  }
}

/**
 * The first thing two readings do not have in common, compared as Snowflake would look names up; undefined when they
 * are equal.
 */
export function findDifference(one: ParserReading, other: ParserReading): string | undefined {
  if (one.statements !== other.statements) return 'number of statements';
  if (one.root !== other.root) return 'kind of statement';
  if (!isSameNames(one.reads, other.reads, createLookupKey)) return 'relations read';
  if (!isSameNames(one.writes, other.writes, createLookupKey)) return 'targets written';
  if (!isSameNames(one.functions, other.functions, createCallKey)) return 'functions called';
  return undefined;
}

function isSameNames(one: readonly Name[], other: readonly Name[], key: (name: Name) => string): boolean {
  const keys = new Set(one.map(key));
  return keys.size === new Set(other.map(key)).size && other.every((name) => keys.has(key(name)));
}
