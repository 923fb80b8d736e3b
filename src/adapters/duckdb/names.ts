import type { DuckDBConnection } from '@duckdb/node-api';
import { disagrees } from './failure.js';

type Path = readonly [database: string, schema: string, name: string];

const tables = 'SELECT database_name, schema_name, table_name FROM duckdb_tables() WHERE NOT internal UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal';
const macros = 'SELECT DISTINCT database_name, schema_name, function_name FROM duckdb_functions() WHERE NOT internal';
const shadowing = `SELECT function_name FROM duckdb_functions() WHERE NOT internal AND lower(function_name) IN (SELECT lower(function_name) FROM duckdb_functions() WHERE internal) LIMIT 1`;

/** What the database holds, by the names it is stored under. DuckDB finds each of them in any case. */
export class Names {
  readonly #tables: ReadonlyMap<string, Path>;
  readonly #macros: ReadonlyMap<string, readonly Path[]>;

  constructor(objects: readonly Path[], functions: readonly Path[]) {
    this.#tables = new Map(objects.map((path) => [folded(...path), path]));
    const byName = new Map<string, Path[]>();
    for (const path of functions) byName.set(path[2].toLowerCase(), [...(byName.get(path[2].toLowerCase()) ?? []), path]);
    this.#macros = byName;
  }

  /** The stored name of the table or view that DuckDB finds under this one; undefined where it finds none. */
  stored(...path: Path): Path | undefined {
    return this.#tables.get(folded(...path));
  }

  /** The functions of somebody's own that DuckDB finds under this bare name. */
  called(name: string): readonly Path[] {
    return this.#macros.get(name.toLowerCase()) ?? [];
  }
}

/** Keeps the names of one database, which only this process can change, and reads them again after each change. */
export class NameCache {
  #version = 0;
  #changing = 0;
  #kept: { readonly version: number; readonly names: Names } | undefined;

  /** Which state the names are in; undefined while they are being changed. */
  get version(): number | undefined {
    return this.#changing === 0 ? this.#version : undefined;
  }

  /** Says that a change of names begins; call what it returns when it has ended, however it did. */
  change(): () => void {
    this.#changing += 1;
    return () => {
      this.#changing -= 1;
      this.#version += 1;
    };
  }

  /** The names as this connection's transaction sees them, where it began while `since` was the version. */
  async read(connection: DuckDBConnection, since: number | undefined): Promise<Names> {
    if (this.#kept !== undefined && since === this.#kept.version && since === this.version) return this.#kept.names;
    const [objects, functions] = [await pathsOf(connection, tables), await pathsOf(connection, macros)];
    const names = new Names(objects, functions);
    if (since !== undefined && since === this.version) this.#kept = { version: since, names };
    return names;
  }
}

/** Throws ENGINE_DISAGREES where a macro of the database stands in the place of a built-in function or operator: statements would call it unseen. */
export async function checkMacros(connection: DuckDBConnection): Promise<void> {
  const [[shadow] = []] = (await connection.runAndReadAll(shadowing)).getRows();
  if (shadow !== undefined) throw disagrees('names', { object: String(shadow), expected: 'a built-in function', found: 'a macro' });
}

async function pathsOf(connection: DuckDBConnection, query: string): Promise<readonly Path[]> {
  return (await connection.runAndReadAll(query)).getRows() as unknown as readonly Path[];
}

/** DuckDB folds ASCII letters only. */
function folded(...path: Path): string {
  return JSON.stringify(path.map((part) => part.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())));
}
