import { after, closing, isWord, says } from './tokens.js';

/**
 * Inside MATCH_RECOGNIZE (…), `SHOW EMPTY MATCHES`, `OMIT EMPTY MATCHES` and `AFTER MATCH SKIP …` are left out: neither parser knows every
 * form of them.
 *
 * Why no object can get lost: they say which rows come out and where the search goes on, in words of their own and one symbol of the pattern.
 */
export function matchesWithoutRows(pieces: readonly string[]): string[] {
  const kept = [...pieces];
  pieces.forEach((piece, at) => {
    const open = after(pieces, at);
    const close = says(piece, 'MATCH_RECOGNIZE') && pieces[open] === '(' ? closing(pieces, open) : -1;
    for (let inside = open + 1; inside < close; inside++) kept.fill('', inside, endOfRows(pieces, inside));
  });
  return kept;
}

/** Behind the clause that begins here; the place itself where none does. */
function endOfRows(pieces: readonly string[], at: number): number {
  if (says(pieces[at], 'SHOW', 'OMIT')) return follows(pieces, at, 'EMPTY', 'MATCHES');
  if (!says(pieces[at], 'AFTER')) return at;
  const past = follows(pieces, at, 'MATCH', 'SKIP', 'PAST', 'LAST', 'ROW');
  const next = Math.max(past, follows(pieces, at, 'MATCH', 'SKIP', 'TO', 'NEXT', 'ROW'));
  if (next > at) return next;
  const to = follows(pieces, at, 'MATCH', 'SKIP', 'TO');
  if (to === at) return at;
  const first = after(pieces, to - 1);
  const symbol = says(pieces[first], 'FIRST', 'LAST') && isWord(pieces[after(pieces, first)]) && !says(pieces[after(pieces, first)], 'PATTERN') ? after(pieces, first) : first;
  return isWord(pieces[symbol]) ? symbol + 1 : at;
}

function follows(pieces: readonly string[], at: number, ...words: readonly string[]): number {
  let last = at;
  for (const word of words) {
    last = after(pieces, last);
    if (!says(pieces[last], word)) return at;
  }
  return last + 1;
}
