import { findNext, findPrevious, findOpening, isKeyword } from './pieces.js';

/**
 * `NTH_VALUE(a, 2) FROM FIRST OVER (PARTITION BY b)` loses `FROM FIRST`, for sqlparser. Polyglot reads the text as it
 * is.
 *
 * Why no object can get lost: FIRST and LAST are cut only between a call of NTH_VALUE and its window; the brackets
 * behind OVER begin with
 * PARTITION BY or ORDER BY, so that they are no list of columns behind a relation with the alias `over`.
 */
export function removeFromFirstLast(pieces: readonly string[]): string[] {
  const cut = new Set<number>();
  pieces.forEach((piece, at) => {
    const end = findNext(pieces, at);
    if (
      !isKeyword(piece, 'FROM') ||
      !isKeyword(pieces[end], 'FIRST', 'LAST') ||
      !isNthValueCall(pieces, findPrevious(pieces, at)) ||
      !isWindowStart(pieces, findNext(pieces, end))
    )
      return;
    cut.add(at).add(end);
  });
  return pieces.filter((_piece, at) => !cut.has(at));
}

function isNthValueCall(pieces: readonly string[], close: number): boolean {
  return pieces[close] === ')' && isKeyword(pieces[findPrevious(pieces, findOpening(pieces, close))], 'NTH_VALUE');
}

function isWindowStart(pieces: readonly string[], start: number): boolean {
  const over = isKeyword(pieces[start], 'IGNORE', 'RESPECT') ? findNext(pieces, findNext(pieces, start)) : start;
  const open = findNext(pieces, over);
  const first = findNext(pieces, open);
  return (
    isKeyword(pieces[over], 'OVER') &&
    pieces[open] === '(' &&
    isKeyword(pieces[first], 'PARTITION', 'ORDER') &&
    isKeyword(pieces[findNext(pieces, first)], 'BY')
  );
}
