import {
  DuckDBTypeId,
  type DuckDBResult,
  type DuckDBType,
  type DuckDBValue,
  DuckDBDateValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
} from '@duckdb/node-api';

/** A column as the driver wants it. */
export interface WireColumn {
  readonly name: string;
  readonly type: string;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
  readonly nullable: boolean;
}

/** A cell: everything travels as text. */
export type WireRow = readonly (string | null)[];

/** Columns, and rows as they come. */
export interface ResultTable {
  readonly columns: readonly WireColumn[];
  readonly rows: AsyncIterable<WireRow> | Iterable<WireRow>;
  /** Rows that a statement changed. */
  readonly changed?: number;
  /** What DuckDB took the statement for; left out where DuckDB was not asked. */
  readonly statementTypeId?: number;
}

export function createTextTable(names: readonly string[], rows: readonly WireRow[]): ResultTable {
  return { columns: names.map((name) => createColumn(name, 'text', { length: 16_777_216 })), rows };
}

function createColumn(name: string, type: string, more: Partial<WireColumn> = {}): WireColumn {
  return { name, type, precision: null, scale: null, length: null, nullable: true, ...more };
}

/** A result of DuckDB in Snowflake's types. */
export function convertResult(result: DuckDBResult): ResultTable {
  const types = result.columnTypes();
  return {
    columns: result.columnNames().map((name, index) => convertColumn(name, types[index] as DuckDBType)),
    rows: convertRows(result, types),
  };
}

async function* convertRows(result: DuckDBResult, types: readonly DuckDBType[]): AsyncGenerator<WireRow> {
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const row of chunk.getRows()) yield row.map((value, index) => convertCell(value, types[index] as DuckDBType));
  }
}

function convertColumn(name: string, type: DuckDBType): WireColumn {
  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL: {
      const { width, scale } = type;
      return createColumn(name, 'fixed', { precision: width, scale });
    }
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.UBIGINT:
      return createColumn(name, 'fixed', { precision: 38, scale: 0 });
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return createColumn(name, 'real');
    case DuckDBTypeId.BOOLEAN:
      return createColumn(name, 'boolean');
    case DuckDBTypeId.DATE:
      return createColumn(name, 'date');
    case DuckDBTypeId.TIME:
      return createColumn(name, 'time', { scale: 9 });
    case DuckDBTypeId.TIMESTAMP:
      return createColumn(name, 'timestamp_ntz', { scale: 9 });
    case DuckDBTypeId.TIMESTAMP_TZ:
      return createColumn(name, 'timestamp_tz', { scale: 9 });
    case DuckDBTypeId.BLOB:
      return createColumn(name, 'binary', { length: 8_388_608 });
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return createColumn(name, 'array');
    case DuckDBTypeId.STRUCT:
    case DuckDBTypeId.MAP:
      return createColumn(name, 'object');
    default:
      return type.alias === 'JSON' ? createColumn(name, 'variant') : createColumn(name, 'text', { length: 16_777_216 });
  }
}

function convertCell(value: DuckDBValue, type: DuckDBType): string | null {
  if (value === null) return null;
  if (value instanceof DuckDBDateValue) return String(value.days);
  if (value instanceof DuckDBTimestampValue) return formatSeconds(value.micros);
  if (value instanceof DuckDBTimestampTZValue) return `${formatSeconds(value.micros)} 1440`;
  if (value instanceof DuckDBTimeValue) return formatSeconds(value.micros);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex').toUpperCase();
  if (value instanceof DuckDBDecimalValue) return value.toString();
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'object' && type.typeId !== DuckDBTypeId.VARCHAR
    ? JSON.stringify(toPlainJson(value))
    : String(value);
}

/** Seconds as a decimal number with nine digits behind the point. */
function formatSeconds(micros: bigint): string {
  const [sign, size] = micros < 0n ? ['-', -micros] : ['', micros];
  return `${sign}${size / 1_000_000n}.${String(size % 1_000_000n).padStart(6, '0')}000`;
}

function toPlainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  const { items, entries } = value as { readonly items?: readonly unknown[]; readonly entries?: unknown };
  if (Array.isArray(items)) return items.map(toPlainJson);
  if (Array.isArray(entries))
    return Object.fromEntries(
      (entries as readonly { readonly key: unknown; readonly value: unknown }[]).map(({ key, value: each }) => [
        String(key),
        toPlainJson(each),
      ]),
    );
  return entries === undefined
    ? (value as { toString(): string }).toString()
    : Object.fromEntries(Object.entries(entries as object).map(([key, each]) => [key, toPlainJson(each)]));
}
