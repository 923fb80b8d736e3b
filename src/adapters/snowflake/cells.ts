import type { Cell, Column, Row } from '../../core/index.js';
import { formatDate, formatTime, formatZonedTimestamp } from './date-time.js';
import type { DriverColumn } from './driver/api.js';
import type { RawRow } from './driver/rows.js';
import { createUnreadableError } from './errors.js';

type ConvertCell = (raw: string) => Cell;

/** Name and type of every column, duplicates kept; types as Snowflake writes them. */
export function convertColumns(columns: readonly DriverColumn[]): Column[] {
  return columns.map((column) => ({
    name: column.getName(),
    type: formatColumnType(column),
    nullable: column.isNullable(),
  }));
}

/**
 * What turns raw rows into rows of cells: nothing is rounded, nothing evaluated, NULL is null. Throws ENGINE_REJECTED
 * for a value it cannot read.
 */
export function createRowConverter(columns: readonly DriverColumn[]): (rows: readonly RawRow[]) => Row[] {
  const reads = columns.map((column) => selectConverter(column.getType().toLowerCase(), column.getScale()));
  return (rows) => rows.map((row) => reads.map((read, index) => convertCell(read, row[index])));
}

function convertCell(read: ConvertCell, raw: unknown): Cell {
  if (raw === null || raw === undefined) return null;
  // JSON carries some values as themselves, whatever the protocol says.
  return read(typeof raw === 'string' ? raw : JSON.stringify(raw));
}

function selectConverter(type: string, scale: number): ConvertCell {
  switch (type) {
    case 'fixed':
      return scale > 0 ? keepText : convertInteger;
    case 'real':
      return convertFloat;
    case 'boolean':
      return convertBoolean;
    case 'date':
      return (raw) => formatDate(parseWholeNumber(raw));
    case 'time':
      return (raw) => formatTime(raw, scale);
    case 'timestamp_ntz':
      return (raw) => formatZonedTimestamp(raw, scale, '');
    case 'timestamp_ltz':
      return (raw) => formatZonedTimestamp(raw, scale, 'Z');
    case 'timestamp_tz':
      return (raw) => convertOffsetTimestamp(raw, scale);
    case 'binary':
      return (raw) => Buffer.from(raw, 'hex').toString('base64');
    case 'variant':
    case 'object':
    case 'array':
    case 'map':
    case 'vector':
      return convertJson;
    default:
      return keepText;
  }
}

function keepText(raw: string): Cell {
  return raw;
}

/** A number while JSON can hold it exactly, else its digits. */
function convertInteger(raw: string): Cell {
  const number = Number(raw);
  return Number.isSafeInteger(number) && raw !== '' ? number : raw;
}

function convertFloat(raw: string): Cell {
  const number = Number(raw);
  return Number.isFinite(number) && raw !== '' ? number : raw;
}

function convertBoolean(raw: string): Cell {
  const value = raw.toLowerCase();
  if (value === '1' || value === 'true') return true;
  if (value === '0' || value === 'false') return false;
  throw createUnreadableError();
}

function parseWholeNumber(raw: string): number {
  const number = Number(raw);
  if (!Number.isSafeInteger(number) || raw === '') throw createUnreadableError();
  return number;
}

/**
 * Its value where JSON holds all of it, else the text as it came: `undefined` in an array, and numbers with more digits
 * than a double keeps.
 */
function convertJson(raw: string): Cell {
  try {
    return longNumber.test(raw) && longNumber.test(raw.replaceAll(jsonText, '')) ? raw : (JSON.parse(raw) as Cell);
  } catch {
    return raw;
  }
}

const longNumber = /\d[\d.]{15}/;
const jsonText = /"(?:[^"\\]|\\.)*"/g;

/** `seconds.nanos minutes`, the offset counted from 1440 (24 hours west). */
function convertOffsetTimestamp(raw: string, scale: number): string {
  const [time = '', minutes = ''] = raw.split(' ');
  const offset = parseWholeNumber(minutes) - 1_440;
  if (Math.abs(offset) > 1_440) throw createUnreadableError();
  const size = Math.abs(offset);
  const zone =
    offset === 0
      ? 'Z'
      : `${offset < 0 ? '-' : '+'}${String(Math.trunc(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
  return formatZonedTimestamp(time, scale, zone, offset);
}

const scaledTypes: ReadonlySet<string> = new Set(['time', 'timestamp_ntz', 'timestamp_ltz', 'timestamp_tz']);
const typeNames: Readonly<Record<string, string>> = { fixed: 'NUMBER', real: 'FLOAT', text: 'VARCHAR' };

function formatColumnType(column: DriverColumn): string {
  const type = column.getType().toLowerCase();
  if (type === 'fixed') return `NUMBER(${column.getPrecision()},${column.getScale()})`;
  const name = typeNames[type] ?? type.toUpperCase();
  return scaledTypes.has(type) ? `${name}(${column.getScale()})` : name;
}
