import { findNext, findClosing, isWord, isKeyword } from './pieces.js';

/**
 * Inside MATCH_RECOGNIZE (…), `SHOW EMPTY MATCHES`, `OMIT EMPTY MATCHES` and `AFTER MATCH SKIP …` are left out: neither
 * parser knows every
 * form of them.
 *
 * Why no object can get lost: they say which rows come out and where the search goes on, in words of their own and one
 * symbol of the pattern.
 */
export function removeMatchRowClauses(pieces: readonly string[]): string[] {
  const kept = [...pieces];
  pieces.forEach((piece, at) => {
    const open = findNext(pieces, at);
    const close = isKeyword(piece, 'MATCH_RECOGNIZE') && pieces[open] === '(' ? findClosing(pieces, open) : -1;
    for (let inside = open + 1; inside < close; inside++) kept.fill('', inside, findClauseEnd(pieces, inside));
  });
  return kept;
}

/** Behind the clause that begins here; the place itself where none does. */
function findClauseEnd(pieces: readonly string[], at: number): number {
  if (isKeyword(pieces[at], 'SHOW', 'OMIT')) return skipWords(pieces, at, 'EMPTY', 'MATCHES');
  if (!isKeyword(pieces[at], 'AFTER')) return at;
  const past = skipWords(pieces, at, 'MATCH', 'SKIP', 'PAST', 'LAST', 'ROW');
  const next = Math.max(past, skipWords(pieces, at, 'MATCH', 'SKIP', 'TO', 'NEXT', 'ROW'));
  if (next > at) return next;
  const to = skipWords(pieces, at, 'MATCH', 'SKIP', 'TO');
  if (to === at) return at;
  const first = findNext(pieces, to - 1);
  const symbol =
    isKeyword(pieces[first], 'FIRST', 'LAST') &&
    isWord(pieces[findNext(pieces, first)]) &&
    !isKeyword(pieces[findNext(pieces, first)], 'PATTERN')
      ? findNext(pieces, first)
      : first;
  return isWord(pieces[symbol]) ? symbol + 1 : at;
}

function skipWords(pieces: readonly string[], at: number, ...words: readonly string[]): number {
  let last = at;
  for (const word of words) {
    last = findNext(pieces, last);
    if (!isKeyword(pieces[last], word)) return at;
  }
  return last + 1;
}
