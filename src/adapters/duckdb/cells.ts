import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBGeometryValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimeNSValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeTZValue,
  DuckDBTimeValue,
  DuckDBTypeId,
  DuckDBUnionValue,
  DuckDBVariantValue,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Cell } from '../../core/index.js';
import {
  formatDate,
  formatTimeNanos,
  formatTimestampNanos,
  formatOffset,
  formatTimestamp,
  formatTime,
} from './date-time.js';

const wideIntegerTypes = new Set<DuckDBTypeId>([DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT, DuckDBTypeId.BIGNUM]);

/** One engine value as a JSON-safe cell, nothing lost: what JSON has no exact form for is a string. */
export function convertValue(value: DuckDBValue, type?: DuckDBType): Cell {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return type !== undefined && wideIntegerTypes.has(type.typeId) ? String(value) : convertInteger(value);
    case 'object':
      return value === null
        ? null
        : (convertNested(value, type) ?? convertTime(value) ?? convertBinary(value) ?? String(value));
    default:
      return value;
  }
}

/** A number while JSON can hold it exactly, else decimal digits. */
function convertInteger(value: bigint): Cell {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function convertNested(value: object, type: DuckDBType | undefined): Cell | undefined {
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    const of = type !== undefined && 'valueType' in type ? type.valueType : undefined;
    return value.items.map((item) => convertValue(item, of));
  }
  if (value instanceof DuckDBStructValue) {
    const of = type?.typeId === DuckDBTypeId.STRUCT && 'typeForEntry' in type ? type : undefined;
    return Object.fromEntries(
      Object.entries(value.entries).map(([key, item]) => [key, convertValue(item, of?.typeForEntry(key))]),
    );
  }
  if (value instanceof DuckDBMapValue) {
    const of = type !== undefined && 'keyType' in type ? type : undefined;
    return value.entries.map((entry) => ({
      key: convertValue(entry.key, of?.keyType),
      value: convertValue(entry.value, of?.valueType),
    }));
  }
  if (value instanceof DuckDBUnionValue) {
    const of = type !== undefined && 'memberTypeForTag' in type ? type.memberTypeForTag(value.tag) : undefined;
    return { tag: value.tag, value: convertValue(value.value, of) };
  }
  return value instanceof DuckDBVariantValue ? convertValue(value.value, value.type) : undefined;
}

function convertTime(value: object): Cell | undefined {
  if (value instanceof DuckDBTimestampValue) return formatTimestamp(value.micros);
  if (value instanceof DuckDBTimestampTZValue) return addZone(formatTimestamp(value.micros));
  if (value instanceof DuckDBDateValue) return formatDate(value.days);
  if (value instanceof DuckDBTimeValue) return formatTime(Number(value.micros));
  if (value instanceof DuckDBTimestampSecondsValue)
    return value.isFinite ? formatTimestamp(value.seconds * 1_000_000n) : formatInfinity(value.seconds);
  if (value instanceof DuckDBTimestampMillisecondsValue)
    return value.isFinite ? formatTimestamp(value.millis * 1000n) : formatInfinity(value.millis);
  if (value instanceof DuckDBTimestampNanosecondsValue) return formatTimestampNanos(value.nanos);
  if (value instanceof DuckDBTimeNSValue) return formatTimeNanos(value.nanos);
  return value instanceof DuckDBTimeTZValue
    ? `${formatTime(Number(value.micros))}${formatOffset(value.offset)}`
    : undefined;
}

function convertBinary(value: object): Cell | undefined {
  if (!(value instanceof DuckDBBlobValue) && !(value instanceof DuckDBGeometryValue)) return undefined;
  return Buffer.from(value.bytes.buffer, value.bytes.byteOffset, value.bytes.byteLength).toString('base64');
}

function addZone(text: string): string {
  return text.endsWith('infinity') ? text : `${text}Z`;
}

function formatInfinity(value: bigint): string {
  return value > 0n ? 'infinity' : '-infinity';
}
