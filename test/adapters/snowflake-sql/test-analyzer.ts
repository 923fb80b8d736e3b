import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../../src/adapters/snowflake-sql/analyze.js';
import { loadBoth } from '../../../src/adapters/snowflake-sql/parsers/load-both.js';
import type { ParserPool } from '../../../src/adapters/snowflake-sql/parsers/reading.js';
import { decideByPlainPolicy } from '../../../src/cli/analyze/plain-policy.js';
import { createAnalysisRecord, type AnalysisRecord } from '../../../src/cli/analyze/analysis-record.js';
import type { SchemaRef } from '../../../src/core/index.js';

const both = await loadBoth();
const { signal } = new AbortController();

/**
 * Both real parsers in this thread, so that thousands of statements are quick; threads and limits have tests of their
 * own.
 */
export const readers: ParserPool = { read: async (canonical) => both(canonical), close: async () => {} };

export const shop: SchemaRef = { database: 'SHOP', schema: 'MART' };

/** What the whole analyzer and the plain policy make of a text. */
export async function judge(
  sql: string,
  scope: SchemaRef = shop,
  functions: readonly string[] = [],
): Promise<AnalysisRecord> {
  const analysis = await analyze(sql, { parsers: readers, scope, functions: new Set(functions), signal });
  return createAnalysisRecord(null, analysis, decideByPlainPolicy(analysis, scope), 0);
}

/** The rows of a corpus; undefined, with one printed line, where it is not there. In CI it must be. */
export function corpus(path: string): readonly unknown[] | undefined {
  const file = join(import.meta.dirname, '../../..', path);
  if (existsSync(file))
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  if (process.env['CI'] === 'true') throw new Error(`${path} is missing`);
  console.log(`skipped: ${path} is not here`);
  return undefined;
}
