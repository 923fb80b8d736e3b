import { RefusedError } from '../checks/refusal.js';
import { skipWhitespace } from './whitespace.js';
import { findDollarStringEnd, findQuotedNameEnd, findStringEnd } from './quotes.js';
import type { SqlToken, SqlTokenKind } from './token.js';

const maxTextLength = 64 * 1024;
const maxTokens = 6_000;

const wordPattern = /[A-Za-z_][A-Za-z0-9_$]*/y;
const numberPattern = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const variablePattern = /\$(?:\d+|[A-Za-z_][A-Za-z0-9_]*)/y;
const stagePattern = /@[^\s()'",;]*/y;
/** `$` alone ends a row pattern: `PATTERN (a+ $)`. */
const signPattern = /\$(?=\s*\))|->>|=>|->|::|:=|\|\||<=|>=|<>|!=|[-+*/%=<>,.()[\]{}:?;|^]/y;

/**
 * Cuts Snowflake SQL into tokens, in one pass. Refuses every text that two readers could cut differently (unknown
 * characters, prefixed or
 * adjacent strings, nested comments, odd quoted names) and what is too long. Throws `RefusedError`.
 */
export function tokenize(text: string): readonly SqlToken[] {
  if (text.length > maxTextLength) throw new RefusedError('sql.too_long');
  // Half a character would not be the same text once it is encoded.
  if (/\p{Surrogate}/u.test(text)) throw new RefusedError('sql.character');
  const tokens: SqlToken[] = [];
  let at = 0;
  for (;;) {
    const start = skipWhitespace(text, at);
    if (start === text.length) return tokens;
    const [kind, end] = readToken(text, start);
    const raw = text.slice(start, end);
    const token: SqlToken = { kind, text: raw, upper: kind === 'word' ? raw.toUpperCase() : raw, spaced: start > at };
    checkBoundary(tokens.at(-1), token);
    tokens.push(token);
    if (tokens.length > maxTokens) throw new RefusedError('sql.too_long');
    at = end;
  }
}

/** What a token is, its first character tells; where it ends, the pattern of its kind. */
function readToken(text: string, start: number): readonly [SqlTokenKind, number] {
  const char = text[start] as string;
  if ((char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_')
    return ['word', matchAt(wordPattern, text, start) as number];
  if (char >= '0' && char <= '9') return ['number', matchAt(numberPattern, text, start) as number];
  switch (char) {
    case "'":
      return ['string', findStringEnd(text, start)];
    case '"':
      return ['quoted', findQuotedNameEnd(text, start)];
    case '@':
      return ['stage', findStageEnd(text, start)];
    case '$':
      return text[start + 1] === '$'
        ? ['string', findDollarStringEnd(text, start)]
        : readEither('variable', variablePattern, text, start);
    case '.':
      return readEither('number', numberPattern, text, start);
    case '{':
      if (['{', '%', '#'].includes(text[start + 1] ?? '')) throw new RefusedError('sql.template');
      break;
    case '&':
      throw new RefusedError('sql.template');
  }
  return ['sign', findSignEnd(text, start)];
}

/** `$1` and `.5`, or a sign that begins like them. */
function readEither(kind: SqlTokenKind, pattern: RegExp, text: string, start: number): readonly [SqlTokenKind, number] {
  const end = matchAt(pattern, text, start);
  return end === undefined ? ['sign', findSignEnd(text, start)] : [kind, end];
}

function findSignEnd(text: string, start: number): number {
  const end = matchAt(signPattern, text, start);
  if (end === undefined) throw new RefusedError('sql.character');
  return end;
}

/** A path that could also be read as one with a comment or a string behind it is refused. */
function findStageEnd(text: string, start: number): number {
  const end = matchAt(stagePattern, text, start) as number;
  if (/--|\/\/|\/\*|\$\$/.test(text.slice(start, end))) throw new RefusedError('sql.stage');
  return end;
}

function matchAt(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Pieces that touch, or follow each other, in a way that other readers would join or cut differently. */
function checkBoundary(before: SqlToken | undefined, token: SqlToken): void {
  if (token.kind === 'word' && token.text.includes('$$')) throw new RefusedError('sql.quoted_name');
  if (before === undefined) return;
  if (token.kind === 'string' && before.kind === 'string') throw new RefusedError('sql.string');
  if (token.spaced) return;
  if (token.kind === 'string' && before.kind === 'word' && !isBinaryLiteral(before, token))
    throw new RefusedError('sql.string');
  if ((token.kind === 'word' || token.kind === 'number' || token.kind === 'variable') && before.kind === 'number')
    throw new RefusedError('sql.number');
  if (needsBlank(before) && needsBlank(token) && !isBinaryLiteral(before, token))
    throw new RefusedError('sql.quoted_name');
}

/** What needs a blank between itself and the next of its like. */
function needsBlank({ kind }: SqlToken): boolean {
  return kind === 'word' || kind === 'quoted' || kind === 'string' || kind === 'variable';
}

/** `X'41'`, Snowflake's binary literal, is the only string that may have a prefix. */
function isBinaryLiteral(before: SqlToken, token: SqlToken): boolean {
  return before.upper === 'X' && /^'(?:[0-9A-Fa-f]{2})*'$/.test(token.text);
}
