import { findNext, findPrevious, isWord, isKeyword } from './pieces.js';

/**
 * Words that Snowflake takes as names and polyglot as the beginning of something else, in a list or behind a relation.
 */
const listWords = ['FORMAT', 'SETTINGS'];
const aliasWords: ReadonlySet<string> = new Set([
  'AFTER',
  'ALWAYS',
  'BEFORE',
  'BODY',
  'CACHE',
  'COLUMN',
  'COMMENT',
  'CURRENT',
  'DATABASE',
  'DATE',
  'DOMAIN',
  'FINAL',
  'FIRST',
  'FORMAT',
  'INDEX',
  'INPUT',
  'KEEP',
  'KEY',
  'LANGUAGE',
  'LAST',
  'LOAD',
  'LOCAL',
  'MATCH',
  'MEASURES',
  'NEW',
  'NEXT',
  'OLD',
  'OPERATOR',
  'OUTPUT',
  'PATTERN',
  'PERCENT',
  'PRIMARY',
  'PRIOR',
  'RANGE',
  'SCHEMA',
  'SEQUENCE',
  'SORT',
  'START',
  'STATEMENT',
  'SYSTEM',
  'TIME',
  'TIMESTAMP',
  'TRANSACTION',
  'TYPE',
  'VIEW',
  'WAREHOUSE',
]);
const followingWords = [
  'ON',
  'JOIN',
  'LEFT',
  'RIGHT',
  'INNER',
  'FULL',
  'CROSS',
  'NATURAL',
  'WHERE',
  'GROUP',
  'ORDER',
  'HAVING',
  'QUALIFY',
  'USING',
  'LIMIT',
  'UNION',
];

/**
 * `a, format` becomes `a, "FORMAT"`, and `FROM t old, u` with `old.x` becomes `FROM t "OLD", u` with `"OLD".x`, for
 * polyglot.
 *
 * Why no object can get lost: a word that is a name is the same name in quotes and upper case, for Snowflake folds it
 * so. One that is
 * no name makes polyglot read something else than the other parser does in the untouched text, and the statement is
 * refused.
 */
export function quoteWords(pieces: readonly string[]): string[] {
  const aliases = new Set(
    pieces
      .filter((piece, at) => isWord(piece) && aliasWords.has(piece.toUpperCase()) && isQualifier(pieces, at))
      .map((piece) => piece.toUpperCase()),
  );
  return pieces.map((piece, at) =>
    isListed(pieces, at) || (isWord(piece) && aliases.has(piece.toUpperCase()) && isAlias(pieces, at))
      ? `"${piece.toUpperCase()}"`
      : piece,
  );
}

function isListed(pieces: readonly string[], at: number): boolean {
  return isKeyword(pieces[at], ...listWords) && pieces[findPrevious(pieces, at)] === ',';
}

function isQualifier(pieces: readonly string[], at: number): boolean {
  return pieces[findNext(pieces, at)] === '.' && pieces[findPrevious(pieces, at)] !== '.';
}

function isAlias(pieces: readonly string[], at: number): boolean {
  if (isQualifier(pieces, at)) return true;
  const lead = pieces[findPrevious(pieces, at)];
  const next = pieces[findNext(pieces, at)];
  return (
    (isWord(lead) || lead === ')' || lead?.startsWith('"') === true) &&
    (next === undefined || next === ',' || next === ')' || isKeyword(next, ...followingWords))
  );
}
