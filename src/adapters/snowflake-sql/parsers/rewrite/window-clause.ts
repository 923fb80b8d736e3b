import { after, before, isWord, opening, says } from './tokens.js';

/**
 * `FROM t WINDOW w AS (…)` becomes `FROM t AS w__ WINDOW w AS (…)`, for sqlparser, which takes WINDOW for the alias of `t`. Polyglot
 * reads the text as it is.
 *
 * Why no object can get lost: only an alias is added, behind a relation that has none; every name stays where it was.
 */
export function aliasBeforeWindow(pieces: readonly string[]): string[] {
  return pieces.flatMap((piece, at) => (startsClause(pieces, at) && endsRelation(pieces, before(pieces, at)) ? ['AS w__ ', piece] : [piece]));
}

function startsClause(pieces: readonly string[], at: number): boolean {
  const name = after(pieces, at);
  const as = after(pieces, name);
  return says(pieces[at], 'WINDOW') && isWord(pieces[name]) && says(pieces[as], 'AS') && pieces[after(pieces, as)] === '(';
}

/** True when what ends here is a relation's name, a subquery or a table function right behind FROM, JOIN or a comma. */
function endsRelation(pieces: readonly string[], end: number): boolean {
  let at = end;
  if (pieces[at] === ')') at = before(pieces, opening(pieces, at));
  else if (!isName(pieces[at])) return false;
  if (isFrom(pieces[at])) return true;
  while (isName(pieces[at]) && pieces[before(pieces, at)] === '.') at = before(pieces, before(pieces, at));
  return isName(pieces[at]) && isFrom(pieces[before(pieces, at)]);
}

const isName = (piece: string | undefined): boolean => isWord(piece) || piece?.startsWith('"') === true;
const isFrom = (piece: string | undefined): boolean => piece === ',' || says(piece, 'FROM', 'JOIN', 'LATERAL');
