import { findNext, isHarmless } from './pieces.js';

/**
 * `{*}`, `{t.*}` and `{* EXCLUDE (a)}` become `$1`, for sqlparser, which does not know them. Polyglot reads the text as
 * it is. A
 * numbered column says nothing of where its value comes from, so that the lineage of such a column stays unknown.
 *
 * Why no object can get lost: a brace is cut only where a star stands first in it, behind a relation's alias or not,
 * and only words,
 * commas and brackets follow, with no word that could begin a query or name a relation.
 */
export function removeStarBraces(pieces: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const close = pieces[at] === '{' ? pieces.indexOf('}', at) : -1;
    if (
      close > 0 &&
      isStarFirst(pieces, at) &&
      pieces.slice(at + 1, close).every((piece) => isHarmless(piece) || /^["*.]/.test(piece))
    ) {
      kept.push('$1');
      at = close;
    } else kept.push(pieces[at] as string);
  }
  return kept;
}

function isStarFirst(pieces: readonly string[], brace: number): boolean {
  const first = findNext(pieces, brace);
  return (
    pieces[first] === '*' ||
    (pieces[findNext(pieces, first)] === '.' && pieces[findNext(pieces, findNext(pieces, first))] === '*')
  );
}
