import { createHash } from 'node:crypto';
import {
  AccessError,
  deepFreeze,
  LruCache,
  parseSchema,
  readOptions,
  sizeAsJson,
  type Analysis,
  type Analyzer,
  type OptionNames,
  type SchemaRef,
} from '../../core/index.js';
import { analyze } from './analyze.js';
import { createParserPool } from './parsers/parser-pool.js';
import { dialects } from './render/index.js';
import { createUnavailableError } from './parsers/read-errors.js';

export interface SnowflakeSqlOptions {
  /**
   * Functions of the connection's own that statements may call, as `DB.SCHEMA.NAME`. A policy decides on each like on a
   * table. Default none.
   */
  readonly functions?: readonly string[];
  /** How long both parsers together may take for one statement, milliseconds. Default 500. */
  readonly timeoutMs?: number;
  /** Worker threads for the parsers. Default 2. */
  readonly threads?: number;
  /**
   * Analyses kept, the most recently used, of statements that were understood; at most 64 MiB together, and none above
   * 1 MiB. Default 2,000.
   */
  readonly cached?: number;
}

const optionNames: OptionNames<SnowflakeSqlOptions> = { functions: true, timeoutMs: true, threads: true, cached: true };

/** Which reading of Snowflake's SQL this is; part of every cache key. */
const analyzerVersion = 'snowflake-2026-11';

/** What analyses may take together, bytes, about: who asks decides how long they are. */
const maxCacheBytes = 2 ** 26;

/**
 * Judges Snowflake SQL: what it reads, writes and calls, by our own lexer and two independent parsers that must agree.
 * What is not fully
 * understood is refused. Parsers run in worker threads under a time limit; where those cannot start or end, `check` and
 * `analyze` throw
 * ANALYSIS_UNAVAILABLE with the cause. Throws CONFIG_INVALID for options that cannot be used.
 */
export function snowflakeSql(options: SnowflakeSqlOptions = {}): Analyzer {
  const {
    functions = [],
    timeoutMs = 500,
    threads = 2,
    cached = 2_000,
  } = readOptions<SnowflakeSqlOptions>(options, optionNames, 'snowflakeSql');
  for (const [name, value] of Object.entries({ timeoutMs, threads, cached })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new AccessError('CONFIG_INVALID', `snowflakeSql: ${name} must be a positive whole number`);
  }
  const own = new Set(functions.map(checkFunctionName));
  const readers = createParserPool({ timeoutMs, size: threads });
  const kept = new LruCache<Analysis>({ maxEntries: cached, maxBytes: maxCacheBytes, measure: sizeAsJson });
  return {
    dialects,
    async analyze(sql, scope, signal, dialect) {
      signal.throwIfAborted();
      const key = createCacheKey([analyzerVersion, dialect ?? '', scope.database, scope.schema, sql]);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const analysis = deepFreeze(await analyze(sql, { parsers: readers, scope, functions: own, signal, dialect }));
      signal.throwIfAborted();
      // A refusal may come from how busy the machine is, and whoever sends what is refused sends another one the next
      // time.
      if (analysis.refusal === undefined) kept.set(key, analysis);
      return analysis;
    },
    async check(signal) {
      const readings = await readers.read('SELECT A FROM B', signal);
      if (readings.ok) return;
      signal.throwIfAborted();
      throw createUnavailableError(
        readings.why === 'unavailable'
          ? readings
          : { ok: false, why: 'unavailable', detail: `a plain query was not read: ${readings.detail}` },
      );
    },
    close: () => readers.close(),
  };
}

/** As long for any text. */
function createCacheKey(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

function checkFunctionName(name: string): string {
  const cut = name.lastIndexOf('.');
  try {
    const { database, schema } = parseSchema(name.slice(0, cut)) satisfies SchemaRef;
    if (/^[A-Z_][A-Z0-9_$]*$/.test(name.slice(cut + 1)) && name.startsWith(`${database}.${schema}.`)) return name;
  } catch {
    // Said below.
  }
  throw new AccessError(
    'CONFIG_INVALID',
    `snowflakeSql: ${JSON.stringify(name)} is no function: write DB.SCHEMA.NAME in upper case`,
  );
}
