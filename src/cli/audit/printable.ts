/** Controls, line and paragraph separators, and the format characters that turn or hide text. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from a log for a terminal: nothing in it can move the cursor, change colours, begin a line or turn the reading direction. */
export function printable(text: string): string {
  return text.replace(unprintable, '\ufffd');
}

/** The same, no longer than a number of UTF-16 units. */
export function brief(text: string, most: number): string {
  const clean = printable(text);
  return clean.length <= most ? clean : `${clean.slice(0, most - 1)}…`;
}

/** RFC 3339 in UTC; what is no time is said to be none. */
export function timeOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? `time ${at}` : date.toISOString();
}
