const microsPerDay = 86_400_000_000n;
const infinity = 2n ** 63n - 1n;
const infiniteDay = 2 ** 31 - 1;

let lastDay = Number.NaN;
let lastText = '';

/** `YYYY-MM-DD` (ISO 8601; years outside 0..9999 signed with six digits) of a count of days since 1970-01-01. */
export function formatDate(days: number): string {
  if (Math.abs(days) === infiniteDay) return days > 0 ? 'infinity' : '-infinity';
  // Neighbouring rows mostly share their day.
  if (days !== lastDay) {
    lastText = formatCivilDate(days);
    lastDay = days;
  }
  return lastText;
}

/** Proleptic Gregorian date by arithmetic: JavaScript's Date ends before DuckDB's does. */
function formatCivilDate(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return `${formatYear(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))}-${padTwo(month)}-${padTwo(day)}`;
}

/** `HH:MM:SS[.ffffff]` of the microseconds in a day. */
export function formatTime(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = micros - seconds * 1_000_000;
  const clock = `${padTwo(Math.floor(seconds / 3600))}:${padTwo(Math.floor(seconds / 60) % 60)}:${padTwo(seconds % 60)}`;
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(6, '0')}`;
}

/** `YYYY-MM-DDTHH:MM:SS[.ffffff]` of microseconds since the epoch, without a zone. */
export function formatTimestamp(micros: bigint): string {
  if (micros === infinity || micros === -infinity) return micros > 0n ? 'infinity' : '-infinity';
  const whole = Number(micros);
  if (Number.isSafeInteger(whole)) {
    const days = Math.floor(whole / 86_400_000_000);
    return `${formatDate(days)}T${formatTime(whole - days * 86_400_000_000)}`;
  }
  const rest = ((micros % microsPerDay) + microsPerDay) % microsPerDay;
  return `${formatDate(Number((micros - rest) / microsPerDay))}T${formatTime(Number(rest))}`;
}

/** As `formatTimestamp`, to the nanosecond: nine digits where there are nanoseconds. */
export function formatTimestampNanos(nanos: bigint): string {
  if (nanos === infinity || nanos === -infinity) return nanos > 0n ? 'infinity' : '-infinity';
  const rest = ((nanos % 1000n) + 1000n) % 1000n;
  const text = formatTimestamp((nanos - rest) / 1000n);
  return rest === 0n ? text : `${text.includes('.') ? text : `${text}.000000`}${String(rest).padStart(3, '0')}`;
}

/** As `formatTime`, to the nanosecond. */
export function formatTimeNanos(nanos: bigint): string {
  const rest = nanos % 1000n;
  const text = formatTime(Number(nanos / 1000n));
  return rest === 0n ? text : `${text.includes('.') ? text : `${text}.000000`}${String(rest).padStart(3, '0')}`;
}

/** `+HH:MM[:SS]` of an offset in seconds east of UTC. */
export function formatOffset(seconds: number): string {
  const size = Math.abs(seconds);
  const text = `${seconds < 0 ? '-' : '+'}${padTwo(Math.floor(size / 3600))}:${padTwo(Math.floor(size / 60) % 60)}`;
  return size % 60 === 0 ? text : `${text}:${padTwo(size % 60)}`;
}

function formatYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0');
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`;
}

function padTwo(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
