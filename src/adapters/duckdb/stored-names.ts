import type { DuckDBConnection } from '@duckdb/node-api';
import { createDisagreementError } from './errors.js';

type Path = readonly [database: string, schema: string, name: string];

const tablesQuery =
  'SELECT database_name, schema_name, table_name FROM duckdb_tables() WHERE NOT internal UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal';
const macrosQuery =
  'SELECT DISTINCT database_name, schema_name, function_name FROM duckdb_functions() WHERE NOT internal';
const shadowingQuery = `SELECT function_name FROM duckdb_functions() WHERE NOT internal AND lower(function_name) IN (SELECT lower(function_name) FROM duckdb_functions() WHERE internal) LIMIT 1`;

/** What the database holds, by the names it is stored under. DuckDB finds each of them in any case. */
export class StoredNames {
  readonly #tables: ReadonlyMap<string, Path>;
  readonly #macros: ReadonlyMap<string, readonly Path[]>;

  constructor(objects: readonly Path[], functions: readonly Path[]) {
    this.#tables = new Map(objects.map((path) => [foldPath(...path), path]));
    const byName = new Map<string, Path[]>();
    for (const path of functions)
      byName.set(path[2].toLowerCase(), [...(byName.get(path[2].toLowerCase()) ?? []), path]);
    this.#macros = byName;
  }

  /** The stored name of the table or view that DuckDB finds under this one; undefined where it finds none. */
  findStored(...path: Path): Path | undefined {
    return this.#tables.get(foldPath(...path));
  }

  /** The functions of somebody's own that DuckDB finds under this bare name. */
  findMacros(name: string): readonly Path[] {
    return this.#macros.get(name.toLowerCase()) ?? [];
  }
}

/** Keeps the names of one database, which only this process can change, and reads them again after each change. */
export class NameCache {
  #version = 0;
  #changing = 0;
  #cached: { readonly version: number; readonly names: StoredNames } | undefined;

  /** Which state the names are in; undefined while they are being changed. */
  get version(): number | undefined {
    return this.#changing === 0 ? this.#version : undefined;
  }

  /** Says that a change of names begins; call what it returns when it has ended, however it did. */
  beginChange(): () => void {
    this.#changing += 1;
    return () => {
      this.#changing -= 1;
      this.#version += 1;
    };
  }

  /** The names as this connection's transaction sees them, where it began while `since` was the version. */
  async read(connection: DuckDBConnection, since: number | undefined): Promise<StoredNames> {
    if (this.#cached !== undefined && since === this.#cached.version && since === this.version)
      return this.#cached.names;
    const [objects, functions] = [await readPaths(connection, tablesQuery), await readPaths(connection, macrosQuery)];
    const names = new StoredNames(objects, functions);
    if (since !== undefined && since === this.version) this.#cached = { version: since, names };
    return names;
  }
}

/**
 * Throws ENGINE_DISAGREES where a macro of the database stands in the place of a built-in function or operator:
 * statements would call it unseen.
 */
export async function checkMacros(connection: DuckDBConnection): Promise<void> {
  const [[shadow] = []] = (await connection.runAndReadAll(shadowingQuery)).getRows();
  if (shadow !== undefined)
    throw createDisagreementError('names', {
      object: String(shadow),
      expected: 'a built-in function',
      found: 'a macro',
    });
}

async function readPaths(connection: DuckDBConnection, query: string): Promise<readonly Path[]> {
  return (await connection.runAndReadAll(query)).getRows() as unknown as readonly Path[];
}

/** DuckDB folds ASCII letters only. */
function foldPath(...path: Path): string {
  return JSON.stringify(path.map((part) => part.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())));
}
