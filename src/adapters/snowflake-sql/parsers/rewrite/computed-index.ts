import { findNext, findPrevious, isWord } from './pieces.js';

/**
 * `v:a.b[n - 1]` becomes `v[n - 1]`, for polyglot, which takes nothing but names and literals for an index behind a
 * path.
 *
 * Why no object can get lost: only the keys of the path between the colon and the bracket are cut, and a key is not an
 * object; the
 * expression in the brackets stays.
 */
export function shortenPathsToIndex(pieces: readonly string[]): string[] {
  const kept = [...pieces];
  for (let at = kept.length - 1; at >= 0; at--) {
    if (kept[at] !== ':' || !isKey(kept[findNext(kept, at)]) || !isValueEnd(kept[findPrevious(kept, at)])) continue;
    const open = findComputedIndex(kept, findNext(kept, at));
    if (open > 0) kept.splice(at, open - at);
  }
  return kept;
}

/** Where the first bracket of the path opens whose content is an expression; -1 when there is none. */
function findComputedIndex(pieces: readonly string[], key: number): number {
  let at = findNext(pieces, key);
  for (;;) {
    const inside = findNext(pieces, at);
    if (pieces[at] === '.' && isKey(pieces[inside])) at = findNext(pieces, inside);
    else if (pieces[at] === '[') {
      const close = findNext(pieces, inside);
      if (pieces[close] !== ']') return at;
      at = findNext(pieces, close);
    } else return -1;
  }
}

const isKey = (piece: string | undefined): boolean => isWord(piece) || piece?.startsWith('"') === true;
const isValueEnd = (piece: string | undefined): boolean => isKey(piece) || piece === ']' || piece === ')';
