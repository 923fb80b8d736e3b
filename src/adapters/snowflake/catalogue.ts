import { groupColumnsByObject, type CatalogueObject, type SchemaRef } from '../../core/index.js';
import type { RawRow } from './driver/rows.js';
import { quoteLiteral, quoteName } from './names.js';

/**
 * Asks what the session's role can see of its schema (INFORMATION_SCHEMA.COLUMNS and TABLES in Snowflake's reference).
 */
export function createCatalogueQuery({ database, schema }: SchemaRef): string {
  const information = `${quoteName(database)}.INFORMATION_SCHEMA`;
  return `SELECT c.TABLE_NAME, t.TABLE_TYPE, c.COLUMN_NAME, c.DATA_TYPE, c.NUMERIC_PRECISION, c.NUMERIC_SCALE, c.IS_NULLABLE FROM ${information}.COLUMNS c
JOIN ${information}.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
WHERE c.TABLE_SCHEMA = ${quoteLiteral(schema)} ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`;
}

/** The answer to that. */
export function parseCatalogue(rows: readonly RawRow[]): readonly CatalogueObject[] {
  return groupColumnsByObject(
    rows.map(([object, kind, name, type, precision, scale, nullable]) => ({
      object: toText(object),
      kind: toText(kind).includes('VIEW') ? 'view' : 'table',
      column: {
        name: toText(name),
        type: formatType(toText(type), toText(precision), toText(scale)),
        nullable: nullable === 'YES',
      },
    })),
  );
}

/** The driver hands out a number as one where it was sent as one. */
function toText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/** As the columns of a result have it: `NUMBER(38,0)`, `VARCHAR`. */
function formatType(type: string, precision: string, scale: string): string {
  if (type === 'TEXT') return 'VARCHAR';
  return type === 'NUMBER' && precision !== '' ? `NUMBER(${precision},${scale === '' ? '0' : scale})` : type;
}
