import { findNext, findPrevious, isWord, findOpening, isKeyword } from './pieces.js';

/**
 * `FROM t WINDOW w AS (…)` becomes `FROM t AS w__ WINDOW w AS (…)`, for sqlparser, which takes WINDOW for the alias of
 * `t`. Polyglot
 * reads the text as it is.
 *
 * Why no object can get lost: only an alias is added, behind a relation that has none; every name stays where it was.
 */
export function addAliasBeforeWindow(pieces: readonly string[]): string[] {
  return pieces.flatMap((piece, at) =>
    isClauseStart(pieces, at) && isRelationEnd(pieces, findPrevious(pieces, at)) ? ['AS w__ ', piece] : [piece],
  );
}

function isClauseStart(pieces: readonly string[], at: number): boolean {
  const name = findNext(pieces, at);
  const as = findNext(pieces, name);
  return (
    isKeyword(pieces[at], 'WINDOW') &&
    isWord(pieces[name]) &&
    isKeyword(pieces[as], 'AS') &&
    pieces[findNext(pieces, as)] === '('
  );
}

/** True when what ends here is a relation's name, a subquery or a table function right behind FROM, JOIN or a comma. */
function isRelationEnd(pieces: readonly string[], end: number): boolean {
  let at = end;
  if (pieces[at] === ')') at = findPrevious(pieces, findOpening(pieces, at));
  else if (!isName(pieces[at])) return false;
  if (isFrom(pieces[at])) return true;
  while (isName(pieces[at]) && pieces[findPrevious(pieces, at)] === '.')
    at = findPrevious(pieces, findPrevious(pieces, at));
  return isName(pieces[at]) && isFrom(pieces[findPrevious(pieces, at)]);
}

const isName = (piece: string | undefined): boolean => isWord(piece) || piece?.startsWith('"') === true;
const isFrom = (piece: string | undefined): boolean => piece === ',' || isKeyword(piece, 'FROM', 'JOIN', 'LATERAL');
