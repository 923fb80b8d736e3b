import { Refused } from '../refusal.js';
import { isSign, isWord, type Token } from '../token.js';
import { cteMark } from './naming.js';
import { literalOf, valueOf } from './strings.js';

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
export const others: Readonly<Record<string, Dialect>> = {
  duckdb: { bind: (number) => `$${number}`, bytes: (digits) => `'${digits.replaceAll(/../g, String.raw`\x$&`)}'::BLOB`, backslash: true },
  portable: { bind: undefined, bytes: undefined, backslash: false },
};

/** Signs that other readers know by another meaning, or not at all. */
const foreign: ReadonlySet<string> = new Set(['->', '->>', '^', '$', '|', ':=']);

/** Words that are aliases before JOIN in Snowflake, and kinds of joins elsewhere. */
const joins = ['POSITIONAL', 'SEMI', 'ANTI'];

/** Signs that run together to another one where no blank is between them. */
const sticky = /^[-+*/%=<>!|?:&~^]+$/;

/** The tokens of a statement, whose names are in full already, for another dialect. Throws `sql.dialect` where it has no words for one. */
export function translated(tokens: readonly Token[], dialect: Dialect): readonly Token[] {
  const result: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    const bind = bindAt(tokens, at);
    if (token.kind === 'word' && isWord(token, ...joins) && isWord(tokens[at + 1], 'JOIN')) throw unspeakable(`${token.upper} JOIN`);
    if (isBytes(tokens, at)) {
      if (dialect.bytes === undefined) throw unspeakable('bytes');
      const digits = (tokens[at + 1] as Token).text.slice(1, -1);
      result.push({ ...token, kind: 'string', text: dialect.bytes(digits) });
      at += 1;
    } else if (bind !== undefined) {
      if (dialect.bind === undefined) throw unspeakable('a numbered bind: write ?');
      result.push({ ...token, kind: 'variable', text: dialect.bind(bind) });
      at += 1;
    } else result.push(apart(translatedOne(token, dialect), result.at(-1)));
  }
  return result;
}

function translatedOne(token: Token, { backslash }: Dialect): Token {
  if (token.kind === 'string') return { ...token, text: stringOf(token, backslash) };
  if (token.kind === 'variable') throw unspeakable(`${token.text} as a column`);
  if (isSign(token, ':')) throw unspeakable('a path with :');
  if (token.kind === 'sign' && foreign.has(token.text)) throw unspeakable(token.text);
  return token;
}

/** `X'4F50'`: bytes to Snowflake, the text `x4F50` to DuckDB. */
function isBytes(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  return isWord(tokens[at], 'X') && next?.kind === 'string' && !next.spaced && !next.text.startsWith('$');
}

function stringOf({ text }: Token, backslash: boolean): string {
  const value = valueOf(text);
  if (value === undefined || (!backslash && (value.includes('\\') || text.includes('\\')))) throw unspeakable('an escape in a string');
  return literalOf(value);
}

/** The number of the bind that begins here. */
function bindAt(tokens: readonly Token[], at: number): string | undefined {
  const [before, token, number] = [tokens[at - 1], tokens[at] as Token, tokens[at + 1]];
  if (!isSign(token, ':') || number?.kind !== 'number' || number.spaced || !/^[1-9]\d*$/.test(number.text)) return undefined;
  const follows = before === undefined || (before.kind === 'sign' && ![')', ']', '}', ':'].includes(before.text)) || (before.kind === 'word' && token.spaced);
  return follows ? number.text : undefined;
}

/** With a blank where two signs would become one. */
function apart(token: Token, before: Token | undefined): Token {
  const touches = !token.spaced && token.kind === 'sign' && before?.kind === 'sign' && sticky.test(token.text) && sticky.test(before.text);
  return touches ? { ...token, spaced: true } : token;
}

/** Throws where a name of the statement's own could be taken for one that a CTE is given. */
export function checkNames(tokens: readonly Token[]): void {
  if (tokens.some(({ kind, text }) => kind === 'quoted' && text.toLowerCase().startsWith(`"${cteMark}`))) throw unspeakable('a reserved name');
}

export function unspeakable(what: string): Refused {
  return new Refused('sql.dialect', what);
}
