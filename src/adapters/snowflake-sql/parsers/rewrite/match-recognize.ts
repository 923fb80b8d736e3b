import { findNext, findPrevious, findClosing, isHarmless, isWord, findOpening, isKeyword } from './pieces.js';

/**
 * A relation that is not there: added so that sqlparser has a name in front of MATCH_RECOGNIZE, and taken out of its
 * reading again.
 */
export const syntheticRelation = 'mr__';

/**
 * For sqlparser, which knows MATCH_RECOGNIZE behind a name only, no FINAL or RUNNING, and few patterns. Polyglot reads
 * the text as it is.
 * `(query) MATCH_RECOGNIZE (…)` becomes `((query) CROSS JOIN mr__ MATCH_RECOGNIZE (…))`; FINAL and RUNNING before a
 * call go; PATTERN (…)
 * becomes PATTERN (p).
 *
 * Why no object can get lost: the subquery stays where it is, brackets and one known name are added; the two words
 * cannot be names where a call
 * follows them; a pattern is cut only when it holds nothing but symbols, numbers and operators, with no word that
 * begins a query.
 */
export function simplifyPatterns(pieces: readonly string[]): string[] {
  const rewritten = [...pieces];
  pieces.forEach((piece, at) => {
    const open = findNext(pieces, at);
    const close = isKeyword(piece, 'MATCH_RECOGNIZE') && pieces[open] === '(' ? findClosing(pieces, open) : -1;
    if (close < 0) return;
    const end = findPrevious(pieces, at);
    const start = pieces[end] === ')' ? findOpening(pieces, end) : -1;
    if (start >= 0) {
      rewritten[start] = `(${rewritten[start]}`;
      rewritten[at] = `CROSS JOIN ${syntheticRelation} ${piece}`;
      rewritten[close] = `${rewritten[close]})`;
    }
    for (let inside = open + 1; inside < close; inside++) simplifyAt(pieces, inside, rewritten);
  });
  return rewritten;
}

/** Blanks FINAL and RUNNING before a call, and the content of PATTERN (…). */
function simplifyAt(pieces: readonly string[], at: number, rewritten: string[]): void {
  const next = findNext(pieces, at);
  if (isKeyword(pieces[at], 'FINAL', 'RUNNING') && isWord(pieces[next]) && pieces[findNext(pieces, next)] === '(')
    rewritten[at] = '';
  const close = isKeyword(pieces[at], 'PATTERN') && pieces[next] === '(' ? findClosing(pieces, next) : -1;
  if (close < 0 || !pieces.slice(next, close).every(isSymbol)) return;
  rewritten.fill('', next + 1, close);
  rewritten[next + 1] = 'p';
}

const isSymbol = (piece: string): boolean => isHarmless(piece) || /^[|&^$*+?{}-]$/.test(piece);
