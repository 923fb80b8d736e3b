import { findNext, findPrevious, isKeyword } from './pieces.js';

/**
 * `* ILIKE 'x%'` becomes `*`, for polyglot, which does not know this filter on columns.
 *
 * Why no object can get lost: only the word ILIKE behind a star and the string literal after it are cut. A product `a *
 * ilike …`
 * has no operand that is a string without an operator between, so it is not met.
 */
export function removeStarIlike(pieces: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] as string;
    const literal = findNext(pieces, at);
    if (
      isKeyword(piece, 'ILIKE') &&
      pieces[findPrevious(pieces, at)] === '*' &&
      pieces[literal]?.startsWith("'") === true
    )
      at = literal;
    else kept.push(piece);
  }
  return kept;
}
