import { createUnreadableError } from './errors.js';

const dayMs = 86_400_000;

/** An ISO 8601 date of so many days since 1970-01-01. Throws ENGINE_REJECTED outside the years that Snowflake has. */
export function formatDate(days: number): string {
  return formatIso(days * dayMs).slice(0, -'T00:00:00.000Z'.length);
}

/**
 * `HH:MM:SS` with as many digits of the second as the column has. `raw` is seconds since midnight, as a decimal number.
 */
export function formatTime(raw: string, scale: number): string {
  const { seconds, nanos } = splitSeconds(raw);
  return `${formatIso(seconds * 1_000).slice(11, 19)}${formatFraction(nanos, scale)}`;
}

/**
 * An ISO 8601 timestamp with its zone behind it; `raw` is seconds since 1970-01-01T00:00Z as a decimal number, `offset`
 * minutes that are shown on top.
 */
export function formatZonedTimestamp(raw: string, scale: number, zone: string, offset = 0): string {
  const { seconds, nanos } = splitSeconds(raw);
  return `${formatIso((seconds + offset * 60) * 1_000).slice(0, -'.000Z'.length)}${formatFraction(nanos, scale)}${zone}`;
}

/** Whole seconds, rounded down, and the nanoseconds on top: `-0.5` is one second before and half a second after. */
function splitSeconds(raw: string): { readonly seconds: number; readonly nanos: string } {
  const found = /^(-?)(\d{1,13})(?:\.(\d{1,9})\d*)?$/.exec(raw);
  if (found === null) throw createUnreadableError();
  const [, sign = '', whole = '', digits = ''] = found;
  const nanos = digits.padEnd(9, '0');
  if (sign === '') return { seconds: Number(whole), nanos };
  const left = Number(nanos);
  return left === 0
    ? { seconds: -Number(whole), nanos }
    : { seconds: -Number(whole) - 1, nanos: String(1_000_000_000 - left).padStart(9, '0') };
}

function formatFraction(nanos: string, scale: number): string {
  return scale <= 0 ? '' : `.${nanos.slice(0, Math.min(scale, 9))}`;
}

function formatIso(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) throw createUnreadableError();
  return date.toISOString();
}
