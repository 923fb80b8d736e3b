import { after, before, closing, isHarmless, isWord, opening, says } from './tokens.js';

/** A relation that is not there: added so that sqlparser has a name in front of MATCH_RECOGNIZE, and taken out of its reading again. */
export const stand = 'mr__';

/**
 * For sqlparser, which knows MATCH_RECOGNIZE behind a name only, no FINAL or RUNNING, and few patterns. Polyglot reads the text as it is.
 * `(query) MATCH_RECOGNIZE (…)` becomes `((query) CROSS JOIN mr__ MATCH_RECOGNIZE (…))`; FINAL and RUNNING before a call go; PATTERN (…)
 * becomes PATTERN (p).
 *
 * Why no object can get lost: the subquery stays where it is, brackets and one known name are added; the two words cannot be names where a call
 * follows them; a pattern is cut only when it holds nothing but symbols, numbers and operators, with no word that begins a query.
 */
export function simplerPatterns(pieces: readonly string[]): string[] {
  const rewritten = [...pieces];
  pieces.forEach((piece, at) => {
    const open = after(pieces, at);
    const close = says(piece, 'MATCH_RECOGNIZE') && pieces[open] === '(' ? closing(pieces, open) : -1;
    if (close < 0) return;
    const end = before(pieces, at);
    const start = pieces[end] === ')' ? opening(pieces, end) : -1;
    if (start >= 0) {
      rewritten[start] = `(${rewritten[start]}`;
      rewritten[at] = `CROSS JOIN ${stand} ${piece}`;
      rewritten[close] = `${rewritten[close]})`;
    }
    for (let inside = open + 1; inside < close; inside++) simplify(pieces, inside, rewritten);
  });
  return rewritten;
}

/** Blanks FINAL and RUNNING before a call, and the content of PATTERN (…). */
function simplify(pieces: readonly string[], at: number, rewritten: string[]): void {
  const next = after(pieces, at);
  if (says(pieces[at], 'FINAL', 'RUNNING') && isWord(pieces[next]) && pieces[after(pieces, next)] === '(') rewritten[at] = '';
  const close = says(pieces[at], 'PATTERN') && pieces[next] === '(' ? closing(pieces, next) : -1;
  if (close < 0 || !pieces.slice(next, close).every(isSymbol)) return;
  rewritten.fill('', next + 1, close);
  rewritten[next + 1] = 'p';
}

const isSymbol = (piece: string): boolean => isHarmless(piece) || /^[|&^$*+?{}-]$/.test(piece);
