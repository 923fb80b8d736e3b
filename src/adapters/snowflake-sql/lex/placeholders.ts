import { findClosing, isSign, isWord, type SqlToken } from './token.js';

/**
 * One place for a bind: where its first token stands, how many tokens it has, and how it is written: `?`, `:1` or
 * `:name`.
 */
export interface Placeholder {
  readonly at: number;
  readonly length: 1 | 2;
  readonly text: string;
}

/** Words that an operand follows: behind them a colon begins a placeholder, behind any other a path, as in `v:a`. */
const operandWords: readonly string[] = `
  ALL AND ANY AS BETWEEN BY CASE DEFAULT DISTINCT ELSE ESCAPE EXCEPT EXISTS FETCH FOR FROM HAVING ILIKE IN INTERSECT INTERVAL INTO IS JOIN LIKE LIMIT MATCH_CONDITION MINUS
  NOT OFFSET ON OR PRIOR QUALIFY RANGE REGEXP RETURN RLIKE ROWS SELECT SET SOME THEN TOP UNION USING VALUES WHEN WHERE WITH
`
  .trim()
  .split(/\s+/);

/** Behind these a colon with a blank before it begins a placeholder: `DATE :d`, but `date:d` goes into a column. */
const literalWords: readonly string[] = [
  'BOTH',
  'COLLATE',
  'DATE',
  'INCREMENT',
  'LEADING',
  'MEASURES',
  'START',
  'TIME',
  'TIMESTAMP',
  'TRAILING',
  'ZONE',
];

/** Every place for a bind, in order. In a row pattern `?` is a quantifier. */
export function listPlaceholders(tokens: readonly SqlToken[]): readonly Placeholder[] {
  const found: Placeholder[] = [];
  const matches = tokens.some((token) => isWord(token, 'MATCH_RECOGNIZE'));
  for (let at = 0; at < tokens.length; at += 1) {
    const [token, next] = [tokens[at] as SqlToken, tokens[at + 1]];
    if (matches && isWord(token, 'PATTERN') && isSign(next, '(')) at = findClosing(tokens, at + 1);
    else if (isSign(token, '?')) found.push({ at, length: 1, text: '?' });
    else if (isSign(token, ':') && isPlaceholder(tokens, at)) found.push({ at, length: 2, text: `:${next?.text}` });
  }
  return found;
}

/** No key of a path is a number, so behind a word one can only be a bind; a name there may be either. */
function isPlaceholder(tokens: readonly SqlToken[], at: number): boolean {
  const [before, next] = [tokens[at - 1], tokens[at + 1]];
  if (next?.kind === 'number' && before?.kind === 'word') return !isSign(tokens[at - 2], '{');
  return (next?.kind === 'word' || next?.kind === 'number') && !isOperandEnd(tokens, at - 1);
}

/** Whether a value or a key ends here, so that a colon behind it goes on with it: `v:a`, `f(x):a`, `{'k': 1}`. */
function isOperandEnd(tokens: readonly SqlToken[], at: number): boolean {
  const [token, before] = [tokens[at], tokens[at - 1]];
  if (token === undefined) return false;
  if (token.kind === 'sign') return [')', ']', '}', '?'].includes(token.text);
  if (token.kind !== 'word' || isSign(before, '.') || isSign(before, ':')) return true;
  if (isWord(token, 'FIRST', 'NEXT') && isWord(before, 'FETCH')) return false;
  return !isWord(token, ...operandWords) && !(isWord(token, ...literalWords) && tokens[at + 1]?.spaced === true);
}
