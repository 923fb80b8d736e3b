import { after, before, isWord } from './tokens.js';

/**
 * `v:a.b[n - 1]` becomes `v[n - 1]`, for polyglot, which takes nothing but names and literals for an index behind a path.
 *
 * Why no object can get lost: only the keys of the path between the colon and the bracket are cut, and a key is not an object; the
 * expression in the brackets stays.
 */
export function pathsToComputedIndex(pieces: readonly string[]): string[] {
  const kept = [...pieces];
  for (let at = kept.length - 1; at >= 0; at--) {
    if (kept[at] !== ':' || !isKey(kept[after(kept, at)]) || !endsValue(kept[before(kept, at)])) continue;
    const open = computedIndex(kept, after(kept, at));
    if (open > 0) kept.splice(at, open - at);
  }
  return kept;
}

/** Where the first bracket of the path opens whose content is an expression; -1 when there is none. */
function computedIndex(pieces: readonly string[], key: number): number {
  let at = after(pieces, key);
  for (;;) {
    const inside = after(pieces, at);
    if (pieces[at] === '.' && isKey(pieces[inside])) at = after(pieces, inside);
    else if (pieces[at] === '[') {
      const close = after(pieces, inside);
      if (pieces[close] !== ']') return at;
      at = after(pieces, close);
    } else return -1;
  }
}

const isKey = (piece: string | undefined): boolean => isWord(piece) || piece?.startsWith('"') === true;
const endsValue = (piece: string | undefined): boolean => isKey(piece) || piece === ']' || piece === ')';
