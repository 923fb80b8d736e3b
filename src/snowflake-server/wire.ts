import { DuckDBTypeId, type DuckDBResult, type DuckDBType, type DuckDBValue, DuckDBDateValue, DuckDBTimestampTZValue, DuckDBTimestampValue, DuckDBTimeValue, DuckDBBlobValue, DuckDBDecimalValue } from '@duckdb/node-api';

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
export interface Answer {
  readonly columns: readonly WireColumn[];
  readonly rows: AsyncIterable<WireRow> | Iterable<WireRow>;
  /** Rows that a statement changed. */
  readonly changed?: number;
  /** What DuckDB took the statement for; left out where DuckDB was not asked. */
  readonly statementTypeId?: number;
}

export function textTable(names: readonly string[], rows: readonly WireRow[]): Answer {
  return { columns: names.map((name) => column(name, 'text', { length: 16_777_216 })), rows };
}

function column(name: string, type: string, more: Partial<WireColumn> = {}): WireColumn {
  return { name, type, precision: null, scale: null, length: null, nullable: true, ...more };
}

/** A result of DuckDB in Snowflake's types. */
export function answerOf(result: DuckDBResult): Answer {
  const types = result.columnTypes();
  return { columns: result.columnNames().map((name, index) => columnOf(name, types[index] as DuckDBType)), rows: rowsOf(result, types) };
}

async function* rowsOf(result: DuckDBResult, types: readonly DuckDBType[]): AsyncGenerator<WireRow> {
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const row of chunk.getRows()) yield row.map((value, index) => cellOf(value, types[index] as DuckDBType));
  }
}

function columnOf(name: string, type: DuckDBType): WireColumn {
  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL: {
      const { width, scale } = type;
      return column(name, 'fixed', { precision: width, scale });
    }
    case DuckDBTypeId.TINYINT: case DuckDBTypeId.SMALLINT: case DuckDBTypeId.INTEGER: case DuckDBTypeId.BIGINT: case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UTINYINT: case DuckDBTypeId.USMALLINT: case DuckDBTypeId.UINTEGER: case DuckDBTypeId.UBIGINT:
      return column(name, 'fixed', { precision: 38, scale: 0 });
    case DuckDBTypeId.FLOAT: case DuckDBTypeId.DOUBLE:
      return column(name, 'real');
    case DuckDBTypeId.BOOLEAN:
      return column(name, 'boolean');
    case DuckDBTypeId.DATE:
      return column(name, 'date');
    case DuckDBTypeId.TIME:
      return column(name, 'time', { scale: 9 });
    case DuckDBTypeId.TIMESTAMP:
      return column(name, 'timestamp_ntz', { scale: 9 });
    case DuckDBTypeId.TIMESTAMP_TZ:
      return column(name, 'timestamp_tz', { scale: 9 });
    case DuckDBTypeId.BLOB:
      return column(name, 'binary', { length: 8_388_608 });
    case DuckDBTypeId.LIST: case DuckDBTypeId.ARRAY:
      return column(name, 'array');
    case DuckDBTypeId.STRUCT: case DuckDBTypeId.MAP:
      return column(name, 'object');
    default:
      return type.alias === 'JSON' ? column(name, 'variant') : column(name, 'text', { length: 16_777_216 });
  }
}

function cellOf(value: DuckDBValue, type: DuckDBType): string | null {
  if (value === null) return null;
  if (value instanceof DuckDBDateValue) return String(value.days);
  if (value instanceof DuckDBTimestampValue) return seconds(value.micros);
  if (value instanceof DuckDBTimestampTZValue) return `${seconds(value.micros)} 1440`;
  if (value instanceof DuckDBTimeValue) return seconds(value.micros);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex').toUpperCase();
  if (value instanceof DuckDBDecimalValue) return value.toString();
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'object' && type.typeId !== DuckDBTypeId.VARCHAR ? JSON.stringify(plain(value)) : String(value);
}

/** Seconds as a decimal number with nine digits behind the point. */
function seconds(micros: bigint): string {
  const [sign, size] = micros < 0n ? ['-', -micros] : ['', micros];
  return `${sign}${size / 1_000_000n}.${String(size % 1_000_000n).padStart(6, '0')}000`;
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  const { items, entries } = value as { readonly items?: readonly unknown[]; readonly entries?: unknown };
  if (Array.isArray(items)) return items.map(plain);
  if (Array.isArray(entries)) return Object.fromEntries((entries as readonly { readonly key: unknown; readonly value: unknown }[]).map(({ key, value: each }) => [String(key), plain(each)]));
  return entries === undefined ? (value as { toString(): string }).toString() : Object.fromEntries(Object.entries(entries as object).map(([key, each]) => [key, plain(each)]));
}
