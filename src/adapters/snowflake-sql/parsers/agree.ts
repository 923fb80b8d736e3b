import { callKey, lookup } from './identifier.js';
import { Trapped, Unparsed, type Parser } from './parser.js';
import type { Name, Reading, Readings } from './reading.js';

/** Reads the text with both parsers; a reading is given only when both understood it all and say the same. */
export function readBoth(first: Parser, second: Parser, canonical: string): Readings {
  try {
    const one = first.read(canonical);
    const other = second.read(canonical);
    const differs = difference(one, other);
    return differs === undefined ? { ok: true, reading: one } : { ok: false, why: 'disagree', detail: `the parsers differ in the ${differs}` };
  } catch (error) {
    if (error instanceof Unparsed) return { ok: false, why: 'unparsed', detail: error.message };
    // A stack overflow or a trap inside a parser leaves its memory in an unknown state.
    return { ok: false, why: 'crashed', detail: error instanceof Trapped ? `${error.message} failed inside` : 'a parser failed inside' };
  }
}

/** The first thing two readings do not have in common, compared as Snowflake would look names up; undefined when they are equal. */
export function difference(one: Reading, other: Reading): string | undefined {
  if (one.statements !== other.statements) return 'number of statements';
  if (one.root !== other.root) return 'kind of statement';
  if (!sameNames(one.reads, other.reads, lookup)) return 'relations read';
  if (!sameNames(one.writes, other.writes, lookup)) return 'targets written';
  if (!sameNames(one.functions, other.functions, callKey)) return 'functions called';
  return undefined;
}

function sameNames(one: readonly Name[], other: readonly Name[], key: (name: Name) => string): boolean {
  const keys = new Set(one.map(key));
  return keys.size === new Set(other.map(key)).size && other.every((name) => keys.has(key(name)));
}
