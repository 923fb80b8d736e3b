import { readWithBoth } from './compare-readings.js';
import type { ReadResult } from './reading.js';
import { loadPolyglot } from './polyglot/index.js';
import { loadSqlparser } from './sqlparser/index.js';

/** Loads both parsers into this thread and gives the function that reads with the two of them. */
export async function loadBoth(): Promise<(canonical: string) => ReadResult> {
  const sqlparser = await loadSqlparser();
  const polyglot = await loadPolyglot();
  return (canonical) => readWithBoth(sqlparser, polyglot, canonical);
}
