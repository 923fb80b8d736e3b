import { findNext, findPrevious, findOpening, isKeyword } from './pieces.js';

/**
 * `ARRAY_AGG(a) WITHIN GROUP (ORDER BY b)[0]` loses `[0]`, for polyglot, which knows no index behind that clause.
 *
 * Why no object can get lost: only brackets that hold one number or one string literal are cut.
 */
export function removeOrderedIndex(pieces: readonly string[]): string[] {
  const kept = [...pieces];
  for (let at = kept.length - 1; at >= 0; at--) {
    const literal = findNext(kept, at);
    const close = findNext(kept, literal);
    if (
      kept[at] !== '[' ||
      kept[close] !== ']' ||
      !/^[\d']/.test(kept[literal] ?? '') ||
      !isGroupEnd(kept, findPrevious(kept, at))
    )
      continue;
    kept.splice(at, close - at + 1);
  }
  return kept;
}

function isGroupEnd(pieces: readonly string[], close: number): boolean {
  const group = pieces[close] === ')' ? findPrevious(pieces, findOpening(pieces, close)) : -1;
  return isKeyword(pieces[group], 'GROUP') && isKeyword(pieces[findPrevious(pieces, group)], 'WITHIN');
}
