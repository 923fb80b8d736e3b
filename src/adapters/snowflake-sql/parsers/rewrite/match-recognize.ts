import { after, before, closing, isHarmless, isWord, says } from './tokens.js';

/** A relation that is not there: added so that sqlparser has a name in front of MATCH_RECOGNIZE, and taken out of its reading again. */
export const stand = 'mr__';

/**
 * For sqlparser, which knows MATCH_RECOGNIZE behind a name only, no FINAL or RUNNING, and few patterns. Polyglot reads the text as it is.
 * `(query) MATCH_RECOGNIZE (…)` becomes `(query) CROSS JOIN mr__ MATCH_RECOGNIZE (…)`; FINAL and RUNNING before a call go; PATTERN (…)
 * becomes PATTERN (p).
 *
 * Why no object can get lost: the subquery stays where it is, one known name is added; the two words cannot be names where a call
 * follows them; a pattern is cut only when it holds nothing but symbols, numbers and operators, with no word that begins a query.
 */
export function simplerPatterns(pieces: readonly string[]): string[] {
  const kept: string[] = [];
  let until = -1;
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] as string;
    const open = after(pieces, at);
    if (says(piece, 'MATCH_RECOGNIZE') && pieces[open] === '(') {
      until = Math.max(until, closing(pieces, open));
      if (pieces[before(pieces, at)] === ')') kept.push(`CROSS JOIN ${stand} `);
    }
    const inside = at < until;
    if (inside && says(piece, 'FINAL', 'RUNNING') && isWord(pieces[open]) && pieces[after(pieces, open)] === '(') continue;
    kept.push(piece);
    const close = inside && says(piece, 'PATTERN') && pieces[open] === '(' ? closing(pieces, open) : -1;
    if (close > 0 && pieces.slice(open, close).every(isSymbol)) {
      kept.push(' (p)');
      at = close;
    }
  }
  return kept;
}

const isSymbol = (piece: string): boolean => isHarmless(piece) || /^[|&^$*+?{}-]$/.test(piece);
