import { DuckDBTypeId, type DuckDBDataChunk, type DuckDBResult, type DuckDBType } from '@duckdb/node-api';
import { AccessError, type Cell, type Column, type Row } from '../../core/index.js';
import { convertValue } from './cells.js';

/** Types whose values are already cells, so that a whole column is copied without looking at each value. */
const copiedTypes = new Set<DuckDBTypeId>([
  DuckDBTypeId.BOOLEAN,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.ENUM,
]);

/**
 * Name and type of every column, duplicates kept. Throws ENGINE_REJECTED for a type that JSON rows cannot hold whole.
 */
export function readColumns(result: DuckDBResult): Column[] {
  return result.columnTypes().map((type, index) => {
    if (!isRepresentable(type))
      throw new AccessError(
        'ENGINE_REJECTED',
        'a struct with unnamed or repeated fields cannot be returned; name its fields',
      );
    return { name: result.columnName(index), type: formatTypeName(type) };
  });
}

/** The rows of one chunk, read column by column: many times faster than value by value. */
export function readRows(chunk: DuckDBDataChunk, types: readonly DuckDBType[]): Row[] {
  const empty: Cell[] = types.map(() => null);
  const rows: Cell[][] = Array.from({ length: chunk.rowCount }, () => empty.slice());
  for (const [column, type] of types.entries()) {
    const vector = chunk.getColumnVector(column);
    const copied = copiedTypes.has(type.typeId);
    for (const [index, row] of rows.entries()) {
      const value = vector.getItem(index);
      row[column] = copied ? (value as Cell) : convertValue(value, type);
    }
  }
  return rows;
}

/** An enum's name would list its values, which are data. */
function formatTypeName(type: DuckDBType): string {
  if (type.typeId === DuckDBTypeId.ENUM) return 'ENUM';
  return type.alias ?? type.toString();
}

function isRepresentable(type: DuckDBType): boolean {
  if ('entryNames' in type) {
    const names = new Set(type.entryNames);
    return (
      names.size === type.entryNames.length &&
      !names.has('') &&
      !names.has('__proto__') &&
      type.entryTypes.every(isRepresentable)
    );
  }
  if ('memberTypes' in type) return type.memberTypes.every(isRepresentable);
  if ('keyType' in type && !isRepresentable(type.keyType)) return false;
  return !('valueType' in type) || isRepresentable(type.valueType);
}
