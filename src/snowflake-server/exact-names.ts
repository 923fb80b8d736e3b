import type { DuckDBConnection } from '@duckdb/node-api';
import { serverErrors } from './server-error.js';
import type { CommandToken } from './tokenizer.js';

/** Columns by table or view, `DATABASE.SCHEMA.NAME`, all in stored case. */
export type CatalogNames = ReadonlyMap<string, ReadonlySet<string>>;

/** Everything that a connection can see, its temporary tables among it. */
export async function readCatalogNames(connection: DuckDBConnection): Promise<CatalogNames> {
  const query =
    "SELECT database_name || '.' || schema_name || '.' || table_name, column_name FROM duckdb_columns() WHERE NOT internal";
  const stored = new Map<string, Set<string>>();
  for (const [table, column] of (await connection.runAndReadAll(query)).getRows()) {
    const columns = stored.get(String(table)) ?? new Set<string>();
    stored.set(String(table), columns.add(String(column)));
  }
  return stored;
}

/**
 * Throws Failure where DuckDB, to which case is nothing, would find a table or a column under a name that means none to
 * Snowflake: one in
 * double quotes is exact, any other stands for its upper case. Names that the statement itself gives are its own.
 */
export function requireExactNames(pieces: readonly CommandToken[], stored: CatalogNames): void {
  const own = collectAliases(pieces);
  const named = new Set(pieces.filter(isName).map(({ value }) => value.toUpperCase()));
  const [tables, columns, places] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const [full, its] of stored) {
    const [database = '', schema = '', table = ''] = full.split('.');
    for (const each of [database, schema]) places.add(each);
    if (!named.has(table.toUpperCase())) continue;
    tables.add(table);
    for (const each of its) columns.add(each);
  }
  for (const [index, piece] of pieces.entries()) {
    const { value } = piece;
    if (
      !isName(piece) ||
      own.has(value) ||
      [tables, columns, places].some((each) => each.has(value)) ||
      isCall(pieces, index)
    )
      continue;
    if (hasInAnyCase(tables, value)) throw serverErrors.absent('Object', value);
    if (hasInAnyCase(columns, value)) throw serverErrors.identifier(value);
  }
}

function isName({ kind }: CommandToken): boolean {
  return kind === 'name' || kind === 'word';
}

function isCall(pieces: readonly CommandToken[], index: number): boolean {
  return pieces[index]?.kind === 'word' && pieces[index + 1]?.value === '(';
}

function hasInAnyCase(names: ReadonlySet<string>, name: string): boolean {
  return [...names].some((each) => each.toUpperCase() === name.toUpperCase());
}

/** Words after which a name is one that is looked up, not one that is given. */
const lookupKeywords: ReadonlySet<string> = new Set([
  'SELECT',
  'DISTINCT',
  'ALL',
  'FROM',
  'JOIN',
  'USING',
  'INTO',
  'UPDATE',
  'TABLE',
  'VIEW',
  'ON',
  'WHERE',
  'AND',
  'OR',
  'NOT',
  'BY',
  'HAVING',
  'QUALIFY',
  'SET',
  'CASE',
  'WHEN',
  'THEN',
  'ELSE',
  'IN',
  'LIKE',
  'ILIKE',
  'BETWEEN',
  'VALUES',
  'LIMIT',
  'EXCLUDE',
  'EXISTS',
  'RETURNING',
]);

/** Aliases and the names of CTEs and of their columns. */
function collectAliases(pieces: readonly CommandToken[]): ReadonlySet<string> {
  const given = new Set<string>();
  for (const [index, piece] of pieces.entries()) {
    const last = pieces[index - 1];
    if (!isName(piece) || last === undefined) continue;
    const alias =
      last.value === ')' ||
      last.kind === 'name' ||
      last.kind === 'text' ||
      (last.kind === 'word' && !lookupKeywords.has(last.value));
    const cte = last.kind === 'word' && (last.value === 'WITH' || last.value === 'RECURSIVE');
    const next = last.value === ',' && pieces[index + 1]?.value === 'AS' && pieces[index + 2]?.value === '(';
    if (alias || cte || next) given.add(piece.value);
    if (cte && pieces[index + 1]?.value === '(')
      for (let at = index + 2; pieces[at] !== undefined && pieces[at]?.value !== ')'; at += 1)
        given.add(pieces[at]?.value ?? '');
  }
  return given;
}
