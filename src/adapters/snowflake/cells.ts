import type { Cell, Column, Row } from '../../core/index.js';
import { dateText, timeText, zonedText } from './calendar.js';
import type { DriverColumn } from './driver/api.js';
import type { RawRow } from './driver/rows.js';
import { unreadable } from './failure.js';

type Read = (raw: string) => Cell;

/** Name and type of every column, duplicates kept; types as Snowflake writes them. */
export function columnsOf(columns: readonly DriverColumn[]): Column[] {
  return columns.map((column) => ({ name: column.getName(), type: typeOf(column), nullable: column.isNullable() }));
}

/** What turns raw rows into rows of cells: nothing is rounded, nothing evaluated, NULL is null. Throws ENGINE_REJECTED for a value it cannot read. */
export function readerOf(columns: readonly DriverColumn[]): (rows: readonly RawRow[]) => Row[] {
  const reads = columns.map((column) => readOf(column.getType().toLowerCase(), column.getScale()));
  return (rows) => rows.map((row) => reads.map((read, index) => cell(read, row[index])));
}

function cell(read: Read, raw: unknown): Cell {
  if (raw === null || raw === undefined) return null;
  // JSON carries some values as themselves, whatever the protocol says.
  return read(typeof raw === 'string' ? raw : JSON.stringify(raw));
}

function readOf(type: string, scale: number): Read {
  switch (type) {
    case 'fixed':
      return scale > 0 ? asIs : integer;
    case 'real':
      return float;
    case 'boolean':
      return boolean;
    case 'date':
      return (raw) => dateText(whole(raw));
    case 'time':
      return (raw) => timeText(raw, scale);
    case 'timestamp_ntz':
      return (raw) => zonedText(raw, scale, '');
    case 'timestamp_ltz':
      return (raw) => zonedText(raw, scale, 'Z');
    case 'timestamp_tz':
      return (raw) => offsetText(raw, scale);
    case 'binary':
      return (raw) => Buffer.from(raw, 'hex').toString('base64');
    case 'variant': case 'object': case 'array': case 'map': case 'vector':
      return json;
    default:
      return asIs;
  }
}

function asIs(raw: string): Cell {
  return raw;
}

/** A number while JSON can hold it exactly, else its digits. */
function integer(raw: string): Cell {
  const number = Number(raw);
  return Number.isSafeInteger(number) && raw !== '' ? number : raw;
}

function float(raw: string): Cell {
  const number = Number(raw);
  return Number.isFinite(number) && raw !== '' ? number : raw;
}

function boolean(raw: string): Cell {
  const value = raw.toLowerCase();
  if (value === '1' || value === 'true') return true;
  if (value === '0' || value === 'false') return false;
  throw unreadable();
}

function whole(raw: string): number {
  const number = Number(raw);
  if (!Number.isSafeInteger(number) || raw === '') throw unreadable();
  return number;
}

/** Its value where JSON holds all of it, else the text as it came: `undefined` in an array, and numbers with more digits than a double keeps. */
function json(raw: string): Cell {
  try {
    return longNumber.test(raw) && longNumber.test(raw.replaceAll(jsonText, '')) ? raw : (JSON.parse(raw) as Cell);
  } catch {
    return raw;
  }
}

const longNumber = /\d[\d.]{15}/;
const jsonText = /"(?:[^"\\]|\\.)*"/g;

/** `seconds.nanos minutes`, the offset counted from 1440 (24 hours west). */
function offsetText(raw: string, scale: number): string {
  const [time = '', minutes = ''] = raw.split(' ');
  const offset = whole(minutes) - 1_440;
  if (Math.abs(offset) > 1_440) throw unreadable();
  const size = Math.abs(offset);
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${String(Math.trunc(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
  return zonedText(time, scale, zone, offset);
}

const sized: ReadonlySet<string> = new Set(['time', 'timestamp_ntz', 'timestamp_ltz', 'timestamp_tz']);
const names: Readonly<Record<string, string>> = { fixed: 'NUMBER', real: 'FLOAT', text: 'VARCHAR' };

function typeOf(column: DriverColumn): string {
  const type = column.getType().toLowerCase();
  if (type === 'fixed') return `NUMBER(${column.getPrecision()},${column.getScale()})`;
  const name = names[type] ?? type.toUpperCase();
  return sized.has(type) ? `${name}(${column.getScale()})` : name;
}
