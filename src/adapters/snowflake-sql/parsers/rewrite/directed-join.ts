import { findNext, findPrevious, isKeyword } from './pieces.js';

/**
 * `INNER DIRECTED JOIN` becomes `INNER JOIN`, for sqlparser. Polyglot reads the text as it is.
 *
 * Why no object can get lost: the word is cut only between a join's type and JOIN, where no name can stand: INNER,
 * LEFT, RIGHT, FULL
 * and OUTER are reserved, so they are no relation that could have an alias.
 */
export function removeDirected(pieces: readonly string[]): string[] {
  return pieces.filter(
    (piece, at) =>
      !(
        isKeyword(piece, 'DIRECTED') &&
        isKeyword(pieces[findNext(pieces, at)], 'JOIN') &&
        isKeyword(pieces[findPrevious(pieces, at)], 'INNER', 'LEFT', 'RIGHT', 'FULL', 'OUTER')
      ),
  );
}
