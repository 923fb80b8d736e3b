import { after, isHarmless } from './tokens.js';

/**
 * `{*}`, `{t.*}` and `{* EXCLUDE (a)}` become `$1`, for sqlparser, which does not know them. Polyglot reads the text as it is. A
 * numbered column says nothing of where its value comes from, so that the lineage of such a column stays unknown.
 *
 * Why no object can get lost: a brace is cut only where a star stands first in it, behind a relation's alias or not, and only words,
 * commas and brackets follow, with no word that could begin a query or name a relation.
 */
export function starsWithoutBraces(pieces: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const close = pieces[at] === '{' ? pieces.indexOf('}', at) : -1;
    if (close > 0 && beginsWithStar(pieces, at) && pieces.slice(at + 1, close).every((piece) => isHarmless(piece) || /^["*.]/.test(piece))) {
      kept.push('$1');
      at = close;
    } else kept.push(pieces[at] as string);
  }
  return kept;
}

function beginsWithStar(pieces: readonly string[], brace: number): boolean {
  const first = after(pieces, brace);
  return pieces[first] === '*' || (pieces[after(pieces, first)] === '.' && pieces[after(pieces, after(pieces, first))] === '*');
}
