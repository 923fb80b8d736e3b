const escapedCharacters: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '\\': '\\',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * One escape: three octal digits, two or four hexadecimal ones, or a single character.
 * https://docs.snowflake.com/en/sql-reference/data-types-text
 */
const escapePattern = /\\(?:([0-7]{3})|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([^0-9xu]))/y;

/** What a string literal of Snowflake stands for; undefined where that is not certain, or cannot be sent. */
export function parseLiteral(literal: string): string | undefined {
  const value = literal.startsWith('$$') ? literal.slice(2, -2) : unescapeText(literal.slice(1, -1));
  return value === undefined || value.includes('\0') || /\p{Surrogate}/u.test(value) ? undefined : value;
}

/**
 * A string literal that every dialect reads as this value, but for those to which a backslash is more than a character.
 */
export function formatLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function unescapeText(inner: string): string | undefined {
  let value = '';
  for (let at = 0; at < inner.length; at += 1) {
    if (inner[at] !== '\\') {
      value += inner[at];
      if (inner[at] === "'") at += 1; // Doubled.
      continue;
    }
    escapePattern.lastIndex = at;
    const found = escapePattern.exec(inner);
    if (found === null) return undefined;
    value += decodeEscape(found);
    at = escapePattern.lastIndex - 1;
  }
  return value;
}

function decodeEscape([, octal, hex, unicode, single = '']: RegExpExecArray): string {
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  const code = hex ?? unicode;
  // A backslash before any other character is ignored.
  return code === undefined ? (escapedCharacters[single] ?? single) : String.fromCharCode(Number.parseInt(code, 16));
}
