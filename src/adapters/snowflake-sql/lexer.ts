import { Refused } from './refusal.js';
import { skipBlanks } from './blanks.js';
import { endOfDollars, endOfQuoted, endOfString } from './quotes.js';
import type { Token, TokenKind } from './token.js';

const longest = 64 * 1024;
const mostTokens = 6_000;

const word = /[A-Za-z_][A-Za-z0-9_$]*/y;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const variable = /\$(?:\d+|[A-Za-z_][A-Za-z0-9_]*)/y;
const stage = /@[^\s()'",;]*/y;
/** `$` alone ends a row pattern: `PATTERN (a+ $)`. */
const sign = /\$(?=\s*\))|->>|=>|->|::|:=|\|\||<=|>=|<>|!=|[-+*/%=<>,.()[\]{}:?;|^]/y;

/**
 * Cuts Snowflake SQL into tokens, in one pass. Refuses every text that two readers could cut differently (unknown characters, prefixed or
 * adjacent strings, nested comments, odd quoted names) and what is too long. Throws `Refused`.
 */
export function lex(text: string): readonly Token[] {
  if (text.length > longest) throw new Refused('sql.too_long');
  // Half a character would not be the same text once it is encoded.
  if (/\p{Surrogate}/u.test(text)) throw new Refused('sql.character');
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    const start = skipBlanks(text, at);
    if (start === text.length) return tokens;
    const [kind, end] = tokenAt(text, start);
    const raw = text.slice(start, end);
    const token: Token = { kind, text: raw, upper: kind === 'word' ? raw.toUpperCase() : raw, spaced: start > at };
    checkBoundary(tokens.at(-1), token);
    tokens.push(token);
    if (tokens.length > mostTokens) throw new Refused('sql.too_long');
    at = end;
  }
}

/** What a token is, its first character tells; where it ends, the pattern of its kind. */
function tokenAt(text: string, start: number): readonly [TokenKind, number] {
  const char = text[start] as string;
  if ((char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_') return ['word', match(word, text, start) as number];
  if (char >= '0' && char <= '9') return ['number', match(number, text, start) as number];
  switch (char) {
    case "'":
      return ['string', endOfString(text, start)];
    case '"':
      return ['quoted', endOfQuoted(text, start)];
    case '@':
      return ['stage', endOfStage(text, start)];
    case '$':
      return text[start + 1] === '$' ? ['string', endOfDollars(text, start)] : either('variable', variable, text, start);
    case '.':
      return either('number', number, text, start);
    case '{':
      if (['{', '%', '#'].includes(text[start + 1] ?? '')) throw new Refused('sql.template');
      break;
    case '&':
      throw new Refused('sql.template');
  }
  return ['sign', endOfSign(text, start)];
}

/** `$1` and `.5`, or a sign that begins like them. */
function either(kind: TokenKind, pattern: RegExp, text: string, start: number): readonly [TokenKind, number] {
  const end = match(pattern, text, start);
  return end === undefined ? ['sign', endOfSign(text, start)] : [kind, end];
}

function endOfSign(text: string, start: number): number {
  const end = match(sign, text, start);
  if (end === undefined) throw new Refused('sql.character');
  return end;
}

/** A path that could also be read as one with a comment or a string behind it is refused. */
function endOfStage(text: string, start: number): number {
  const end = match(stage, text, start) as number;
  if (/--|\/\/|\/\*|\$\$/.test(text.slice(start, end))) throw new Refused('sql.stage');
  return end;
}

function match(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Pieces that touch, or follow each other, in a way that other readers would join or cut differently. */
function checkBoundary(before: Token | undefined, token: Token): void {
  if (token.kind === 'word' && token.text.includes('$$')) throw new Refused('sql.quoted_name');
  if (before === undefined) return;
  if (token.kind === 'string' && before.kind === 'string') throw new Refused('sql.string');
  if (token.spaced) return;
  if (token.kind === 'string' && before.kind === 'word' && !isBinary(before, token)) throw new Refused('sql.string');
  if ((token.kind === 'word' || token.kind === 'number' || token.kind === 'variable') && before.kind === 'number') throw new Refused('sql.number');
  if (sticks(before) && sticks(token) && !isBinary(before, token)) throw new Refused('sql.quoted_name');
}

/** What needs a blank between itself and the next of its like. */
function sticks({ kind }: Token): boolean {
  return kind === 'word' || kind === 'quoted' || kind === 'string' || kind === 'variable';
}

/** `X'41'`, Snowflake's binary literal, is the only string that may have a prefix. */
function isBinary(before: Token, token: Token): boolean {
  return before.upper === 'X' && /^'(?:[0-9A-Fa-f]{2})*'$/.test(token.text);
}
