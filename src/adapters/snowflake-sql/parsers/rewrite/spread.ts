import { findNext, findPrevious, isWord } from './pieces.js';

const openingSigns: ReadonlySet<string> = new Set(['(', ',', '[', '{']);

/**
 * `COALESCE(**a)`, `[**a, 1]` and `{**a, 'k': 1}` lose `**`, Snowflake's spread operator, which neither parser knows.
 * In braces what is
 * spread becomes the value of a key.
 *
 * Why no object can get lost: only the two stars are cut, where an argument begins, so that they multiply nothing; and
 * a key that is a literal is added.
 */
export function removeSpread(pieces: readonly string[]): string[] {
  const kept: string[] = [];
  const open: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] as string;
    if ('([{'.includes(piece)) open.push(piece);
    if (')]}'.includes(piece)) open.pop();
    const next = pieces[findNext(pieces, at + 1)] ?? '';
    const spreads =
      piece === '*' &&
      pieces[at + 1] === '*' &&
      openingSigns.has(pieces[findPrevious(pieces, at)] ?? '') &&
      (isWord(next) || /^["[({]/.test(next));
    if (!spreads) kept.push(piece);
    else {
      if (open.at(-1) === '{') kept.push("'k': ");
      at += 1;
    }
  }
  return kept;
}
