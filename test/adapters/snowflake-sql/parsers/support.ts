import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWithBoth } from '../../../../src/adapters/snowflake-sql/parsers/compare-readings.js';
import { toStoredCase } from '../../../../src/adapters/snowflake-sql/names/identifier.js';
import type { Parser } from '../../../../src/adapters/snowflake-sql/parsers/parser.js';
import { loadPolyglot } from '../../../../src/adapters/snowflake-sql/parsers/polyglot/index.js';
import type { Name, ParserReading, ReadResult } from '../../../../src/adapters/snowflake-sql/parsers/reading.js';
import { loadSqlparser } from '../../../../src/adapters/snowflake-sql/parsers/sqlparser/index.js';

export const sqlparser: Parser = await loadSqlparser();
export const polyglot: Parser = await loadPolyglot();
export const parsers: readonly Parser[] = [sqlparser, polyglot];
export const both = (canonical: string): ReadResult => readWithBoth(sqlparser, polyglot, canonical);

/** A name in stored case, parts that are not plain upper-case words in quotes. */
export function shown(name: Name): string {
  return name
    .map((part) => (/^[A-Z_][A-Z0-9_$]*$/.test(toStoredCase(part)) ? toStoredCase(part) : `"${toStoredCase(part)}"`))
    .join('.');
}

/** A reading for people: sorted names. */
export function summary(reading: ParserReading): {
  root: string;
  reads: string[];
  writes: string[];
  functions: string[];
} {
  return {
    root: reading.root,
    reads: reading.reads.map(shown).sort(),
    writes: reading.writes.map(shown).sort(),
    functions: reading.functions.map(shown).sort(),
  };
}

/** What both parsers agree on, or why not. */
export function agreed(canonical: string): ReturnType<typeof summary> | string {
  const readings = both(canonical);
  return readings.ok ? summary(readings.reading) : `${readings.why}: ${readings.detail}`;
}

/** Takes comments and a last semicolon away, as the canonical text does. */
export function canonicalish(sql: string): string {
  const kept = /('(?:[^'\\]|\\[^]|'')*'|"[^"]*"|\$\$[^]*?\$\$)|--[^\n]*|(?<!:)\/\/[^\n]*|\/\*[^]*?\*\//g;
  return sql
    .replace(kept, (_all, literal?: string) => literal ?? ' ')
    .replace(/;\s*$/, '')
    .trim();
}

/** One statement of a corpus; `tables` in the one with parse trees, `objects_*` and `scope` in ours. */
export interface Row {
  readonly id: string;
  readonly sql: string;
  readonly kind: string;
  readonly tables?: readonly { readonly name: string; readonly bad: boolean }[];
  readonly objects_read?: readonly string[];
  readonly objects_written?: readonly string[];
  readonly scope?: { readonly database: string; readonly schema: string };
}

/**
 * The rows of a JSON-lines file below the repository's parent or the repository; undefined, said in one line, where it
 * is absent.
 */
export function rows(path: string): readonly Row[] | undefined {
  const file = join(import.meta.dirname, '../../../..', path);
  if (existsSync(file))
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  if (process.env['CI'] === 'true') throw new Error(`${path} is missing`);
  console.log(`skipped: ${path} is not here`);
  return undefined;
}
