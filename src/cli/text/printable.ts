/**
 * Controls, separators, unassigned and private characters, surrogates without a partner, and whatever turns, hides or
 * is no mark on paper; but for the plain space.
 */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/**
 * Text from a log for a terminal: nothing in it can move the cursor, change colours, begin a line or turn the reading
 * direction.
 */
export function toPrintable(text: string): string {
  return text.replace(unprintable, '\ufffd');
}

/** The same with each such character as its code, `<U+202E>`, so that it can be seen what is there. */
export function escapeUnprintable(text: string): string {
  return text.replace(
    unprintable,
    (character) => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

/** The same, no longer than a number of UTF-16 units. */
export function truncate(text: string, most: number): string {
  const clean = toPrintable(text);
  return clean.length <= most ? clean : `${clean.slice(0, most - 1)}…`;
}

/** RFC 3339 in UTC; what is no time is said to be none. */
export function formatTime(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? `time ${at}` : date.toISOString();
}

/** JSON in ASCII: whatever stands in it, a terminal has nothing to obey. */
export function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
