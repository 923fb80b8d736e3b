import { findNext, findPrevious, isKeyword } from './pieces.js';

const leadingWords = [
  'SELECT',
  'DISTINCT',
  'ALL',
  'WHERE',
  'AND',
  'OR',
  'NOT',
  'ON',
  'WHEN',
  'THEN',
  'ELSE',
  'HAVING',
  'QUALIFY',
  'MATCH_CONDITION',
];
const leadingSigns: ReadonlySet<string> = new Set(['(', ',', '=', '->']);

/**
 * `WHERE NOT a LIKE 'x'` becomes `WHERE a LIKE 'x'`, for polyglot, which keeps a negated LIKE as text.
 *
 * Why no object can get lost: only the word NOT is cut, and only where an expression begins, so that it negates one;
 * every other word stays.
 */
export function removeUnaryNot(pieces: readonly string[]): string[] {
  return pieces.filter((piece, at) => {
    const lead = pieces[findPrevious(pieces, at)] ?? '';
    return !(
      isKeyword(piece, 'NOT') &&
      (isKeyword(lead, ...leadingWords) || leadingSigns.has(lead)) &&
      !isKeyword(
        pieces[findNext(pieces, at)],
        'MATCHED',
        'NULL',
        'LIKE',
        'ILIKE',
        'RLIKE',
        'REGEXP',
        'IN',
        'BETWEEN',
        'EXISTS',
      )
    );
  });
}
