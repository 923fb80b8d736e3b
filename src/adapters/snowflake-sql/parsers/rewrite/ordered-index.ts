import { after, before, opening, says } from './tokens.js';

/**
 * `ARRAY_AGG(a) WITHIN GROUP (ORDER BY b)[0]` loses `[0]`, for polyglot, which knows no index behind that clause.
 *
 * Why no object can get lost: only brackets that hold one number or one string literal are cut.
 */
export function groupsWithoutIndex(pieces: readonly string[]): string[] {
  const kept = [...pieces];
  for (let at = kept.length - 1; at >= 0; at--) {
    const literal = after(kept, at);
    const close = after(kept, literal);
    if (kept[at] !== '[' || kept[close] !== ']' || !/^[\d']/.test(kept[literal] ?? '') || !endsGroup(kept, before(kept, at))) continue;
    kept.splice(at, close - at + 1);
  }
  return kept;
}

function endsGroup(pieces: readonly string[], close: number): boolean {
  const group = pieces[close] === ')' ? before(pieces, opening(pieces, close)) : -1;
  return says(pieces[group], 'GROUP') && says(pieces[before(pieces, group)], 'WITHIN');
}
