import { RefusedError } from '../checks/refusal.js';
import { isSign, isWord, type SqlToken } from '../lex/token.js';
import { ctePrefix } from './name-edits.js';
import { formatLiteral, parseLiteral } from './string-literals.js';

/** How one engine's dialect differs from Snowflake's. */
interface Dialect {
  /** A bind by number, such as `:1`; undefined where there is no such thing. */
  readonly bind: ((number: string) => string) | undefined;
  /** Bytes, of which these are the hexadecimal digits; undefined where there is no such literal. */
  readonly bytes: ((digits: string) => string) | undefined;
  /** Whether a backslash in a string is a character like any other. */
  readonly backslash: boolean;
}

/** The dialects that are not Snowflake's own. `portable` is what all of them and Snowflake read alike. */
export const dialectRules: Readonly<Record<string, Dialect>> = {
  duckdb: {
    bind: (number) => `$${number}`,
    bytes: (digits) => `'${digits.replaceAll(/../g, String.raw`\x$&`)}'::BLOB`,
    backslash: true,
  },
  portable: { bind: undefined, bytes: undefined, backslash: false },
};

/** Signs that other readers know by another meaning, or not at all. */
const untranslatableSigns: ReadonlySet<string> = new Set(['->', '->>', '^', '$', '|', ':=']);

/** Words that are aliases before JOIN in Snowflake, and kinds of joins elsewhere. */
const joinWords = ['POSITIONAL', 'SEMI', 'ANTI'];

/** Signs that run together to another one where no blank is between them. */
const stickySigns = /^[-+*/%=<>!|?:&~^]+$/;

/**
 * The tokens of a statement, whose names are in full already, for another dialect. Throws `sql.dialect` where it has no
 * words for one.
 */
export function translateTokens(tokens: readonly SqlToken[], dialect: Dialect): readonly SqlToken[] {
  const result: SqlToken[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as SqlToken;
    const bind = readBindNumber(tokens, at);
    if (token.kind === 'word' && isWord(token, ...joinWords) && isWord(tokens[at + 1], 'JOIN'))
      throw createDialectRefusal(`${token.upper} JOIN`);
    if (isBytes(tokens, at)) {
      if (dialect.bytes === undefined) throw createDialectRefusal('bytes');
      const digits = (tokens[at + 1] as SqlToken).text.slice(1, -1);
      result.push({ ...token, kind: 'string', text: dialect.bytes(digits) });
      at += 1;
    } else if (bind !== undefined) {
      if (dialect.bind === undefined) throw createDialectRefusal('a numbered bind: write ?');
      result.push({ ...token, kind: 'variable', text: dialect.bind(bind) });
      at += 1;
    } else result.push(separateSigns(translateToken(token, dialect), result.at(-1)));
  }
  return result;
}

function translateToken(token: SqlToken, { backslash }: Dialect): SqlToken {
  if (token.kind === 'string') return { ...token, text: translateString(token, backslash) };
  if (token.kind === 'variable') throw createDialectRefusal(`${token.text} as a column`);
  if (isSign(token, ':')) throw createDialectRefusal('a path with :');
  if (token.kind === 'sign' && untranslatableSigns.has(token.text)) throw createDialectRefusal(token.text);
  return token;
}

/** `X'4F50'`: bytes to Snowflake, the text `x4F50` to DuckDB. */
function isBytes(tokens: readonly SqlToken[], at: number): boolean {
  const next = tokens[at + 1];
  return isWord(tokens[at], 'X') && next?.kind === 'string' && !next.spaced && !next.text.startsWith('$');
}

function translateString({ text }: SqlToken, backslash: boolean): string {
  const value = parseLiteral(text);
  if (value === undefined || (!backslash && (value.includes('\\') || text.includes('\\'))))
    throw createDialectRefusal('an escape in a string');
  return formatLiteral(value);
}

/** The number of the bind that begins here. */
function readBindNumber(tokens: readonly SqlToken[], at: number): string | undefined {
  const [before, token, number] = [tokens[at - 1], tokens[at] as SqlToken, tokens[at + 1]];
  if (!isSign(token, ':') || number?.kind !== 'number' || number.spaced || !/^[1-9]\d*$/.test(number.text))
    return undefined;
  const follows =
    before === undefined ||
    (before.kind === 'sign' && ![')', ']', '}', ':'].includes(before.text)) ||
    (before.kind === 'word' && token.spaced);
  return follows ? number.text : undefined;
}

/** With a blank where two signs would become one. */
function separateSigns(token: SqlToken, before: SqlToken | undefined): SqlToken {
  const touches =
    !token.spaced &&
    token.kind === 'sign' &&
    before?.kind === 'sign' &&
    stickySigns.test(token.text) &&
    stickySigns.test(before.text);
  return touches ? { ...token, spaced: true } : token;
}

/** Throws where a name of the statement's own could be taken for one that a CTE is given. */
export function checkReservedNames(tokens: readonly SqlToken[]): void {
  if (tokens.some(({ kind, text }) => kind === 'quoted' && text.toLowerCase().startsWith(`"${ctePrefix}`)))
    throw createDialectRefusal('a reserved name');
}

export function createDialectRefusal(what: string): RefusedError {
  return new RefusedError('sql.dialect', what);
}
