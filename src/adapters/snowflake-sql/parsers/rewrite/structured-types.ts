import { after, before, closing, isHarmless, says } from './tokens.js';

/**
 * `CAST(x AS OBJECT(a VARCHAR))` and `x::ARRAY(NUMBER)` become `OBJECT` and `ARRAY`: neither parser reads every structured type.
 *
 * Why no object can get lost: only what stands in brackets behind a type's name after `::` or AS is cut, and only when it holds
 * nothing but words, numbers, commas and brackets, with no word that could begin a query or name a relation. A relation after AS
 * (`AS object(a, b)`, an alias with columns) names nothing that is read either.
 */
export function plainTypes(pieces: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] as string;
    kept.push(piece);
    if (!says(piece, 'OBJECT', 'ARRAY', 'MAP')) continue;
    const lead = pieces[before(pieces, at)];
    const open = after(pieces, at);
    const close = pieces[open] === '(' ? closing(pieces, open) : -1;
    if ((lead === '::' || says(lead, 'AS')) && close > 0 && pieces.slice(open, close + 1).every(isHarmless)) at = close;
  }
  return kept;
}
