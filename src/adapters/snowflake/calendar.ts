import { unreadable } from './failure.js';

const dayMs = 86_400_000;

/** An ISO 8601 date of so many days since 1970-01-01. Throws ENGINE_REJECTED outside the years that Snowflake has. */
export function dateText(days: number): string {
  return isoOf(days * dayMs).slice(0, -'T00:00:00.000Z'.length);
}

/** `HH:MM:SS` with as many digits of the second as the column has. `raw` is seconds since midnight, as a decimal number. */
export function timeText(raw: string, scale: number): string {
  const { seconds, nanos } = parts(raw);
  return `${isoOf(seconds * 1_000).slice(11, 19)}${fraction(nanos, scale)}`;
}

/** An ISO 8601 timestamp with its zone behind it; `raw` is seconds since 1970-01-01T00:00Z as a decimal number, `offset` minutes that are shown on top. */
export function zonedText(raw: string, scale: number, zone: string, offset = 0): string {
  const { seconds, nanos } = parts(raw);
  return `${isoOf((seconds + offset * 60) * 1_000).slice(0, -'.000Z'.length)}${fraction(nanos, scale)}${zone}`;
}

/** Whole seconds, rounded down, and the nanoseconds on top: `-0.5` is one second before and half a second after. */
function parts(raw: string): { readonly seconds: number; readonly nanos: string } {
  const found = /^(-?)(\d{1,13})(?:\.(\d{1,9})\d*)?$/.exec(raw);
  if (found === null) throw unreadable();
  const [, sign = '', whole = '', digits = ''] = found;
  const nanos = digits.padEnd(9, '0');
  if (sign === '') return { seconds: Number(whole), nanos };
  const left = Number(nanos);
  return left === 0 ? { seconds: -Number(whole), nanos } : { seconds: -Number(whole) - 1, nanos: String(1_000_000_000 - left).padStart(9, '0') };
}

function fraction(nanos: string, scale: number): string {
  return scale <= 0 ? '' : `.${nanos.slice(0, Math.min(scale, 9))}`;
}

function isoOf(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) throw unreadable();
  return date.toISOString();
}
