import { AccessError, parseSchemas, readOptions, type OptionNames, type SchemaRef } from '../../core/index.js';

export interface DuckDBOptions {
  /**
   * The database file, or `:memory:` (the default): data that lives as long as the connector, shared by its sessions.
   */
  readonly path?: string;
  /** What may be asked for, `DATABASE.SCHEMA`; a schema that is not there is created. A file holds one database. */
  readonly schemas: readonly string[];
  /** SQL texts run once, in order, before lock-down and before anyone is let in. Trusted: never from a request. */
  readonly setup?: readonly string[];
  /** Worker threads of the whole instance; 2 unless told. */
  readonly threads?: number;
  /** Memory of the whole instance as DuckDB writes it; `512MB` unless told. Nothing spills to disk. */
  readonly memoryLimit?: string;
}

export interface DuckDBSettings {
  readonly path: string;
  readonly schemas: readonly SchemaRef[];
  readonly setup: readonly string[];
  readonly threads: number;
  readonly memoryLimit: string;
}

/** Names DuckDB keeps for itself. */
const reservedNames: ReadonlySet<string> = new Set(['memory', 'system', 'temp']);

const optionNames: OptionNames<DuckDBOptions> = {
  path: true,
  schemas: true,
  setup: true,
  threads: true,
  memoryLimit: true,
};

/** Checks the options. Throws CONFIG_INVALID. */
export function resolveSettings(options: DuckDBOptions): DuckDBSettings {
  const {
    path = ':memory:',
    schemas: named,
    setup = [],
    threads = 2,
    memoryLimit = '512MB',
  } = readOptions<DuckDBOptions>(options, optionNames, 'duckdb');
  for (const [name, value] of Object.entries({ schemas: named, setup }))
    if (!isStringList(value)) throw createConfigError(`needs a list of texts as ${name}`);
  const schemas = parseSchemas(named, 'duckdb schemas');
  const databases = new Set(schemas.map((each) => each.database.toLowerCase()));
  if (schemas.length === 0) throw createConfigError('names no schema');
  if (typeof path !== 'string' || path === '' || (path !== ':memory:' && databases.size > 1))
    throw createConfigError('needs one file for one database');
  if ([...databases].some((name) => reservedNames.has(name)))
    throw createConfigError('cannot use a database name that DuckDB keeps for itself');
  if (!Number.isSafeInteger(threads) || threads < 1) throw createConfigError('needs a whole number of threads');
  if (!/^\d+(\.\d+)?\s?([KMGT]i?)?B$/i.test(memoryLimit)) throw createConfigError('needs a memory limit such as 512MB');
  return { path, schemas, setup, threads, memoryLimit };
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `duckdb ${message}`);
}
