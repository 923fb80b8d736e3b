import {
  DuckDBArrayValue, DuckDBBlobValue, DuckDBDateValue, DuckDBGeometryValue, DuckDBListValue, DuckDBMapValue, DuckDBStructValue, DuckDBTimeNSValue,
  DuckDBTimestampMillisecondsValue, DuckDBTimestampNanosecondsValue, DuckDBTimestampSecondsValue, DuckDBTimestampTZValue, DuckDBTimestampValue,
  DuckDBTimeTZValue, DuckDBTimeValue, DuckDBTypeId, DuckDBUnionValue, DuckDBVariantValue, type DuckDBType, type DuckDBValue,
} from '@duckdb/node-api';
import type { Cell } from '../../core/index.js';
import { dateText, nanosOfDayText, nanosText, offsetText, timestampText, timeText } from './calendar.js';

const wide = new Set<DuckDBTypeId>([DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT, DuckDBTypeId.BIGNUM]);

/** One engine value as a JSON-safe cell, nothing lost: what JSON has no exact form for is a string. */
export function cellOf(value: DuckDBValue, type?: DuckDBType): Cell {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return type !== undefined && wide.has(type.typeId) ? String(value) : integerCell(value);
    case 'object':
      return value === null ? null : (nestedCell(value, type) ?? timeCell(value) ?? binaryCell(value) ?? String(value));
    default:
      return value;
  }
}

/** A number while JSON can hold it exactly, else decimal digits. */
function integerCell(value: bigint): Cell {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function nestedCell(value: object, type: DuckDBType | undefined): Cell | undefined {
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    const of = type !== undefined && 'valueType' in type ? type.valueType : undefined;
    return value.items.map((item) => cellOf(item, of));
  }
  if (value instanceof DuckDBStructValue) {
    const of = type?.typeId === DuckDBTypeId.STRUCT && 'typeForEntry' in type ? type : undefined;
    return Object.fromEntries(Object.entries(value.entries).map(([key, item]) => [key, cellOf(item, of?.typeForEntry(key))]));
  }
  if (value instanceof DuckDBMapValue) {
    const of = type !== undefined && 'keyType' in type ? type : undefined;
    return value.entries.map((entry) => ({ key: cellOf(entry.key, of?.keyType), value: cellOf(entry.value, of?.valueType) }));
  }
  if (value instanceof DuckDBUnionValue) {
    const of = type !== undefined && 'memberTypeForTag' in type ? type.memberTypeForTag(value.tag) : undefined;
    return { tag: value.tag, value: cellOf(value.value, of) };
  }
  return value instanceof DuckDBVariantValue ? cellOf(value.value, value.type) : undefined;
}

function timeCell(value: object): Cell | undefined {
  if (value instanceof DuckDBTimestampValue) return timestampText(value.micros);
  if (value instanceof DuckDBTimestampTZValue) return zoned(timestampText(value.micros));
  if (value instanceof DuckDBDateValue) return dateText(value.days);
  if (value instanceof DuckDBTimeValue) return timeText(Number(value.micros));
  if (value instanceof DuckDBTimestampSecondsValue) return value.isFinite ? timestampText(value.seconds * 1_000_000n) : infinite(value.seconds);
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.isFinite ? timestampText(value.millis * 1000n) : infinite(value.millis);
  if (value instanceof DuckDBTimestampNanosecondsValue) return nanosText(value.nanos);
  if (value instanceof DuckDBTimeNSValue) return nanosOfDayText(value.nanos);
  return value instanceof DuckDBTimeTZValue ? `${timeText(Number(value.micros))}${offsetText(value.offset)}` : undefined;
}

function binaryCell(value: object): Cell | undefined {
  if (!(value instanceof DuckDBBlobValue) && !(value instanceof DuckDBGeometryValue)) return undefined;
  return Buffer.from(value.bytes.buffer, value.bytes.byteOffset, value.bytes.byteLength).toString('base64');
}

function zoned(text: string): string {
  return text.endsWith('infinity') ? text : `${text}Z`;
}

function infinite(value: bigint): string {
  return value > 0n ? 'infinity' : '-infinity';
}
