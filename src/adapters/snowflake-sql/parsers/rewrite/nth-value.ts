import { after, before, opening, says } from './tokens.js';

/**
 * `NTH_VALUE(a, 2) FROM FIRST OVER (PARTITION BY b)` loses `FROM FIRST`, for sqlparser. Polyglot reads the text as it is.
 *
 * Why no object can get lost: FIRST and LAST are cut only between a call of NTH_VALUE and its window; the brackets behind OVER begin with
 * PARTITION BY or ORDER BY, so that they are no list of columns behind a relation with the alias `over`.
 */
export function nthValuesFromEitherEnd(pieces: readonly string[]): string[] {
  const cut = new Set<number>();
  pieces.forEach((piece, at) => {
    const end = after(pieces, at);
    if (!says(piece, 'FROM') || !says(pieces[end], 'FIRST', 'LAST') || !callsNthValue(pieces, before(pieces, at)) || !beginsWindow(pieces, after(pieces, end))) return;
    cut.add(at).add(end);
  });
  return pieces.filter((_piece, at) => !cut.has(at));
}

function callsNthValue(pieces: readonly string[], close: number): boolean {
  return pieces[close] === ')' && says(pieces[before(pieces, opening(pieces, close))], 'NTH_VALUE');
}

function beginsWindow(pieces: readonly string[], start: number): boolean {
  const over = says(pieces[start], 'IGNORE', 'RESPECT') ? after(pieces, after(pieces, start)) : start;
  const open = after(pieces, over);
  const first = after(pieces, open);
  return says(pieces[over], 'OVER') && pieces[open] === '(' && says(pieces[first], 'PARTITION', 'ORDER') && says(pieces[after(pieces, first)], 'BY');
}
