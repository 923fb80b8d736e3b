import { isBuiltin, findExclusionReason } from '../../functions/index.js';
import { UnparsedError } from '../parser.js';
import { findNext, findPrevious, splitPieces, isWord, isKeyword } from '../rewrite/pieces.js';

/** In front of every renamed call; a text that holds it already is refused. */
const callPrefix = 'fn__';

/** Calls with a grammar of their own, and words that are a clause as well as a function: left as they are. */
const keptCalls: ReadonlySet<string> = new Set([
  'CAST',
  'TRY_CAST',
  'EXTRACT',
  'POSITION',
  'TRIM',
  'REPLACE',
  'INSERT',
  'LIKE',
  'ILIKE',
  'RLIKE',
  'REGEXP',
  'IN',
  'ANY',
  'ALL',
  'EXISTS',
  'COUNT',
  'SUBSTRING',
  'FIRST_VALUE',
  'LAST_VALUE',
  'NTH_VALUE',
  'LEAD',
  'LAG',
  'TRANSFORM',
  'FILTER',
  'REDUCE',
  'TABLE',
  'VALUES',
  'INTERVAL',
  'FLATTEN',
]);

/** What stands before a word makes it a name or a type instead of a call. */
const namingWords = ['INTO', 'TABLE', 'VIEW', 'AS', 'JOIN', 'WITH', 'RECURSIVE', 'REFERENCES', 'UPDATE', 'FROM'];

/**
 * Gives every call of a built-in a name polyglot has no typed node for. Polyglot turns calls it knows into some 300
 * node types that
 * forget the spelling (IFNULL, NVL and COALESCE become one) and the quotes of the name; unknown ones become one node
 * that keeps both.
 *
 * Why no object can get lost: only letters are put in front of a word that is followed by `(`, so the text has the same
 * tokens in
 * the same places, and every relation has the name it had unless it is itself followed by `(`, where the renamed name
 * no longer
 * equals what the other parser reads in the untouched text and the statement is refused.
 */
export function renameCalls(canonical: string): string {
  if (canonical.toLowerCase().includes(callPrefix)) throw new UnparsedError('a name with a reserved beginning');
  const pieces = splitPieces(canonical);
  return pieces.map((piece, at) => (isWord(piece) && isCall(pieces, at) ? callPrefix + piece : piece)).join('');
}

function isCall(pieces: readonly string[], at: number): boolean {
  if (pieces[findNext(pieces, at)] !== '(') return false;
  const name = (pieces[at] as string).toUpperCase();
  if (keptCalls.has(name) || (!isBuiltin(name) && findExclusionReason(name) === undefined)) return false;
  const lead = pieces[findPrevious(pieces, at)];
  return lead !== '.' && lead !== '::' && !isKeyword(lead, ...namingWords);
}

/** The function's name as it was written. */
export function restoreName(name: string): string {
  return name.startsWith(callPrefix) ? name.slice(callPrefix.length) : name;
}
