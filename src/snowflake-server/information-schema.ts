import type { DuckDBInstance } from '@duckdb/node-api';
import type { Catalog } from './catalog.js';
import { listActiveRoles } from './command-context.js';
import type { ServerSession } from './session.js';
import { createTextTable, type ResultTable } from './wire-format.js';

/** One form of the question, with these columns in this order; no other is understood. */
const queryPattern =
  /^SELECT c\.TABLE_NAME, t\.TABLE_TYPE, c\.COLUMN_NAME, c\.DATA_TYPE, c\.NUMERIC_PRECISION, c\.NUMERIC_SCALE, c\.IS_NULLABLE FROM "((?:[^"]|"")+)"\.INFORMATION_SCHEMA\.COLUMNS c\s[^;]*WHERE c\.TABLE_SCHEMA = '((?:[^'\\]|''|\\.)*)'/;
const columnNames = [
  'TABLE_NAME',
  'TABLE_TYPE',
  'COLUMN_NAME',
  'DATA_TYPE',
  'NUMERIC_PRECISION',
  'NUMERIC_SCALE',
  'IS_NULLABLE',
];

const query = `
SELECT c.table_name, t.table_type, c.column_name, c.data_type, c.numeric_precision, c.numeric_scale, c.is_nullable
FROM information_schema.columns c JOIN information_schema.tables t USING (table_catalog, table_schema, table_name)
WHERE c.table_catalog = $1 AND c.table_schema = $2
ORDER BY c.table_name, c.ordinal_position`;

/**
 * INFORMATION_SCHEMA: the columns of the tables on which the session's roles hold any privilege; undefined for any
 * other statement.
 */
export async function queryColumns(
  sql: string,
  session: ServerSession,
  catalog: Catalog,
  instance: DuckDBInstance,
): Promise<ResultTable | undefined> {
  const [, database, schema] =
    queryPattern
      .exec(sql)
      ?.map((part) => part.replaceAll('""', '"').replaceAll("''", "'").replaceAll(/\\(.)/g, '$1')) ?? [];
  if (database === undefined || schema === undefined) return undefined;
  const roles = listActiveRoles({ catalog, session });
  const seen = (table: string): boolean =>
    ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].some((privilege) =>
      ['TABLE', 'VIEW'].some((on) => catalog.may(roles, privilege, on, `${database}.${schema}.${table}`)),
    );
  const connection = await instance.connect();
  try {
    const rows = (await connection.runAndReadAll(query, [database, schema]))
      .getRows()
      .filter(([table]) => seen(String(table)));
    return createTextTable(
      columnNames,
      rows.map(([table, kind, column, type, precision, scale, nullable]) => {
        const theirs = toSnowflakeType(String(type));
        const size =
          theirs !== 'NUMBER'
            ? [null, null]
            : String(type).startsWith('DECIMAL')
              ? [String(precision), String(scale)]
              : ['38', '0'];
        return [String(table), String(kind), String(column), theirs, ...size, String(nullable)];
      }),
    );
  } finally {
    connection.closeSync();
  }
}

/** Snowflake's name of a type of DuckDB's. */
function toSnowflakeType(type: string): string {
  if (/^(?:DECIMAL|U?(?:TINY|SMALL|BIG|HUGE)?INT)/.test(type)) return 'NUMBER';
  return { VARCHAR: 'TEXT', TIMESTAMP: 'TIMESTAMP_NTZ', DOUBLE: 'FLOAT' }[type] ?? type;
}
