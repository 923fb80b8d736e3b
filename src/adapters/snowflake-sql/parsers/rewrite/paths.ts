import { findNext, findPrevious, isWord } from './pieces.js';

/**
 * `a:b::array[0]` and `a::variant:b` become `a:b[0]` and `a:b`, `a[0]:b` becomes `a[0].b`, and `(a):b` becomes
 * `(a)['b']`, for
 * polyglot, which ends an expression's path at a cast or an index, and begins none behind a bracket.
 *
 * Why no object can get lost: only `::` and the one plain word after it are cut, and a type is not an object; and a
 * colon after a
 * bracketed index becomes a dot, which cannot begin a name there; and the key behind a bracket, which is one word,
 * becomes a literal.
 */
export function removePathCasts(pieces: readonly string[]): string[] {
  const kept = [...pieces];
  for (let at = kept.length - 1; at >= 0; at--) {
    if (kept[at] === ':' && kept[findPrevious(kept, at)] === ']') kept[at] = '.';
    if (kept[at] === ':' && kept[findPrevious(kept, at)] === ')')
      kept.splice(at, findNext(kept, at) - at + 1, `['${stripKey(kept[findNext(kept, at)])}']`);
    if (kept[at] !== '::') continue;
    const type = findNext(kept, at);
    const next = kept[findNext(kept, type)];
    if (isWord(kept[type]) && (next === '[' || next === ':')) kept.splice(at, findNext(kept, type) - at);
  }
  return kept;
}

/** A key without its quotes, without what could end a literal. */
function stripKey(key = ''): string {
  return key.replace(/[^\w$ ]/g, '');
}
