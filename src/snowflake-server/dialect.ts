/**
 * What both lexers tell apart: comments, dollar texts, texts, quoted names, words, and anything else a character at a
 * time.
 */
const lexerSource = String.raw`\s+|--[^\n]*|\/\*[^]*?\*\/|\$\$([^]*?)\$\$|'(TEXT)'|"(?:[^"]|"")*"|([A-Za-z_][\w$]*)(?!['\w$])|\d[\w.]*|[A-Za-z_]\w*|[^]`;
const snowflakePattern = new RegExp(lexerSource.replace('TEXT', String.raw`(?:[^'\\]|''|\\[^])*`), 'gy');
const duckdbPattern = new RegExp(lexerSource.replace('TEXT', "(?:[^']|'')*"), 'gy');

/**
 * Snowflake's text as DuckDB reads it the same way: unquoted names in upper case, which is how Snowflake stores them,
 * and texts without escapes.
 */
export function toDuckDB(sql: string): string {
  return sql.replaceAll(snowflakePattern, (all, block?: string, text?: string, word?: string) => {
    if (word !== undefined) return word.toUpperCase();
    const value = block ?? (text === undefined ? undefined : unescapeText(text));
    return value === undefined ? all : `'${value.replaceAll("'", "''")}'`;
  });
}

/** DuckDB's text with unquoted names in upper case. */
export function upperCaseNames(sql: string): string {
  return sql.replaceAll(duckdbPattern, (all, _block?: string, _text?: string, word?: string) =>
    word === undefined ? all : word.toUpperCase(),
  );
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', 0: '\0' };

/** The value of a text (Snowflake's reference, "Escape sequences in single-quoted string constants"). */
export function unescapeText(text: string): string {
  return text.replaceAll(
    /''|\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([0-7]{3})|([^]))/g,
    (all, hex?: string, unicode?: string, octal?: string, one?: string) => {
      if (all === "''") return "'";
      if (one !== undefined) return escapes[one] ?? one;
      return String.fromCharCode(
        octal === undefined ? Number.parseInt(hex ?? unicode ?? '', 16) : Number.parseInt(octal, 8),
      );
    },
  );
}

/** Functions that DuckDB answers otherwise than Snowflake, as macros of one connection, which come before its own. */
export const compatibilityMacros: readonly string[] = [
  ...['least', 'greatest'].map(
    (name) =>
      `CREATE TEMP MACRO ${name}${Array.from({ length: 16 }, (_, index) => createNullStrictOverload(name, index + 1)).join(', ')}`,
  ),
  'CREATE TEMP MACRO split_part(s, d, i) AS system.main.split_part(s, d, CASE WHEN i = 0 THEN 1 ELSE i END)',
];

/** NULL where any argument is (LEAST and GREATEST in Snowflake's reference); DuckDB leaves NULLs out. */
function createNullStrictOverload(name: string, count: number): string {
  const given = Array.from({ length: count }, (_, index) => `a${index}`);
  return `(${given.join(', ')}) AS CASE WHEN ${given.map((each) => `${each} IS NULL`).join(' OR ')} THEN NULL ELSE system.main.${name}(${given.join(', ')}) END`;
}
