import { findNext, findPrevious, findClosing, isHarmless, isKeyword } from './pieces.js';

/**
 * `CAST(x AS OBJECT(a VARCHAR))` and `x::ARRAY(NUMBER)` become `OBJECT` and `ARRAY`: neither parser reads every
 * structured type.
 *
 * Why no object can get lost: only what stands in brackets behind a type's name after `::` or AS is cut, and only when
 * it holds
 * nothing but words, numbers, commas and brackets, with no word that could begin a query or name a relation. A relation
 * after AS
 * (`AS object(a, b)`, an alias with columns) names nothing that is read either.
 */
export function simplifyTypes(pieces: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] as string;
    kept.push(piece);
    if (!isKeyword(piece, 'OBJECT', 'ARRAY', 'MAP')) continue;
    const lead = pieces[findPrevious(pieces, at)];
    const open = findNext(pieces, at);
    const close = pieces[open] === '(' ? findClosing(pieces, open) : -1;
    if ((lead === '::' || isKeyword(lead, 'AS')) && close > 0 && pieces.slice(open, close + 1).every(isHarmless))
      at = close;
  }
  return kept;
}
