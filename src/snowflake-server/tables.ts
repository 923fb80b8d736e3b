import type { DuckDBConnection } from '@duckdb/node-api';
import { serverErrors } from './server-error.js';

type NameParts = readonly string[];

/**
 * The tables that a statement names, as they were written. DuckDB's own parser tells them; what only a CTE names that
 * nobody uses, its tree tells.
 */
export async function findTables(connection: DuckDBConnection, sql: string): Promise<readonly NameParts[]> {
  try {
    const told = connection.getTableNames(sql, true).map(splitName);
    const known = new Set(told.map((name) => name.join('.')));
    return [...told, ...(await findTablesInTree(connection, sql)).filter((name) => !known.has(name.join('.')))];
  } catch (error) {
    throw serverErrors.syntax(error instanceof Error ? error.message : String(error));
  }
}

/** The session's own temporary tables, by name: nobody else sees them, and nobody's leave is needed. */
export async function listTemporaryTables(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  const names = (await connection.runAndReadAll('SELECT table_name FROM duckdb_tables() WHERE temporary')).getRows();
  return new Set(names.map(([name]) => String(name)));
}

/**
 * As DuckDB writes a name: a part in double quotes where it is no plain word, the alias behind it; the case is that of
 * the text.
 */
function splitName(name: string): NameParts {
  const [written = ''] = /^(?:(?:"(?:[^"]|"")*"|[^."\s]+)\.?)+/.exec(name) ?? [];
  return [...written.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(
    ([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare,
  );
}

/** Of a SELECT; there is no tree of anything else. */
async function findTablesInTree(connection: DuckDBConnection, sql: string): Promise<readonly NameParts[]> {
  const [[text] = []] = (
    await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [sql])
  ).getRows();
  const found: NameParts[] = [];
  const made = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const {
      type,
      catalog_name: catalog,
      schema_name: schema,
      table_name: table,
      cte_map: ctes,
    } = node as Readonly<Record<string, unknown>>;
    if (type === 'BASE_TABLE')
      found.push([catalog, schema, table].flatMap((each) => (typeof each === 'string' && each !== '' ? [each] : [])));
    for (const { key } of (ctes as { readonly map?: readonly { readonly key?: unknown }[] } | undefined)?.map ?? [])
      made.add(String(key));
    for (const each of Object.values(node)) walk(each);
  };
  walk(JSON.parse(String(text)));
  return found.filter((name) => name.length > 1 || !made.has(name[0] ?? ''));
}
