import { AccessError, facts, parseSchema, readOptions, type Analysis, type Analyzer, type OptionNames, type SchemaRef } from '../../core/index.js';
import { analyze } from './analyze.js';
import { createReaders } from './parsers/readers.js';
import { dialects } from './render/index.js';
import { unavailable } from './unread.js';

export interface SnowflakeSqlOptions {
  /** Functions of the connection's own that statements may call, as `DB.SCHEMA.NAME`. A policy decides on each like on a table. Default none. */
  readonly functions?: readonly string[];
  /** How long both parsers together may take for one statement, milliseconds. Default 500. */
  readonly timeoutMs?: number;
  /** Worker threads for the parsers. Default 2. */
  readonly threads?: number;
  /** Analyses kept, the most recently used. Default 2,000. */
  readonly cached?: number;
}

const names: OptionNames<SnowflakeSqlOptions> = { functions: true, timeoutMs: true, threads: true, cached: true };

/** Which reading of Snowflake's SQL this is; part of every cache key. */
const version = 'snowflake-2026-11';

/** Refusals that may come from how busy the machine is. */
const passing: ReadonlySet<string> = new Set(['sql.too_slow', 'sql.parser_failed']);

/**
 * Judges Snowflake SQL: what it reads, writes and calls, by our own lexer and two independent parsers that must agree. What is not fully
 * understood is refused. Parsers run in worker threads under a time limit; where those cannot start or end, `check` and `analyze` throw
 * ANALYSIS_UNAVAILABLE with the cause. Throws CONFIG_INVALID for options that cannot be used.
 */
export function snowflakeSql(options: SnowflakeSqlOptions = {}): Analyzer {
  const { functions = [], timeoutMs = 500, threads = 2, cached = 2_000 } = readOptions<SnowflakeSqlOptions>(options, names, 'snowflakeSql');
  for (const [name, value] of Object.entries({ timeoutMs, threads, cached })) {
    if (!Number.isSafeInteger(value) || value < 1) throw new AccessError('CONFIG_INVALID', `snowflakeSql: ${name} must be a positive whole number`);
  }
  const own = new Set(functions.map(fullName));
  const readers = createReaders({ timeoutMs, size: threads });
  const kept = new Map<string, Promise<Analysis>>();
  return {
    dialects,
    async analyze(sql, scope, signal, dialect) {
      signal.throwIfAborted();
      const key = JSON.stringify([version, dialect ?? '', scope.database, scope.schema, sql]);
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known;
      }
      const work = analyze(sql, { readers, scope, functions: own, signal, dialect }).then(facts);
      const analysis = await work;
      signal.throwIfAborted();
      if (!passing.has(analysis.refusal?.reason ?? '')) kept.set(key, work);
      if (kept.size > cached) kept.delete(kept.keys().next().value as string);
      return analysis;
    },
    async check(signal) {
      const readings = await readers.read('SELECT A FROM B', signal);
      if (readings.ok) return;
      signal.throwIfAborted();
      throw unavailable(readings.why === 'unavailable' ? readings : { ok: false, why: 'unavailable', detail: `a plain query was not read: ${readings.detail}` });
    },
    close: () => readers.close(),
  };
}

function fullName(name: string): string {
  const cut = name.lastIndexOf('.');
  try {
    const { database, schema } = parseSchema(name.slice(0, cut)) satisfies SchemaRef;
    if (/^[A-Z_][A-Z0-9_$]*$/.test(name.slice(cut + 1)) && name.startsWith(`${database}.${schema}.`)) return name;
  } catch {
    // Said below.
  }
  throw new AccessError('CONFIG_INVALID', `snowflakeSql: ${JSON.stringify(name)} is no function: write DB.SCHEMA.NAME in upper case`);
}
