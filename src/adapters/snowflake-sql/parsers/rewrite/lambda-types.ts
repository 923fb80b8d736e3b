import { findPrevious, isHarmless, isWord, findOpening } from './pieces.js';

/**
 * `(x INT, y VARIANT) -> …` and `x INT -> …` become `(x, y) -> …` and `x -> …`, for polyglot, which knows no types
 * there.
 *
 * Why no object can get lost: only words, numbers, commas and brackets that stand between a parameter and `->` are cut,
 * with no
 * word that could begin a query or name a relation.
 */
export function removeLambdaTypes(pieces: readonly string[]): string[] {
  const kept = [...pieces];
  for (let at = kept.length - 1; at >= 0; at--) {
    if (kept[at] !== '->') continue;
    const last = findPrevious(kept, at);
    const open = kept[last] === ')' ? findOpening(kept, last) : -1;
    if (open >= 0 && kept.slice(open, last + 1).every(isHarmless))
      kept.splice(open, last + 1 - open, '(', listParameters(kept.slice(open + 1, last)), ')');
    else if (isTyped(kept, last)) kept[last] = '';
  }
  return kept;
}

/** True at the type of `, x INT` or `(x INT`. */
function isTyped(pieces: readonly string[], type: number): boolean {
  const name = findPrevious(pieces, type);
  const lead = pieces[findPrevious(pieces, name)];
  return isWord(pieces[type]) && isWord(pieces[name]) && (lead === ',' || lead === '(');
}

/** The first word of every item of a list, by commas outside brackets. */
function listParameters(list: readonly string[]): string {
  const names: string[] = [];
  let depth = 0;
  let wanted = true;
  for (const piece of list) {
    if (piece === '(') depth++;
    else if (piece === ')') depth--;
    else if (piece === ',' && depth === 0) wanted = true;
    else if (wanted && isWord(piece)) {
      names.push(piece);
      wanted = false;
    }
  }
  return names.join(', ');
}
