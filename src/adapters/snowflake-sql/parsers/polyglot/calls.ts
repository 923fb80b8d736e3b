import { isBuiltin, whyExcluded } from '../../functions/index.js';
import { Unparsed } from '../parser.js';

/** In front of every renamed call; a text that holds it already is refused. */
const mark = 'fn__';

/** Calls with a grammar of their own, and words that are a clause as well as a function: left as they are. */
const kept: ReadonlySet<string> = new Set([
  'CAST', 'TRY_CAST', 'EXTRACT', 'POSITION', 'TRIM', 'REPLACE', 'INSERT', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP', 'IN', 'ANY', 'ALL', 'EXISTS',
  'FIRST_VALUE', 'LAST_VALUE', 'NTH_VALUE', 'LEAD', 'LAG', 'TRANSFORM', 'FILTER', 'REDUCE', 'TABLE', 'VALUES', 'INTERVAL', 'FLATTEN',
]);

// Strings and quoted identifiers whole; a word that the word before it makes a name (or a type) instead of a call; else a call.
const tokens =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|\$\$[^]*?\$\$|(?:\.|::|\b(?:into|table|view|as|join|with|recursive|references|update|from)\s)\s*[A-Za-z_][\w$]*|[A-Za-z_][\w$]*/gi;

/**
 * Gives every call of a built-in a name polyglot has no typed node for. Polyglot turns calls it knows into ~300 node types that
 * forget the spelling (IFNULL, NVL and COALESCE become one) and the quotes of the name; unknown ones become one generic node that keeps both.
 *
 * Why no object can get lost: only letters are put in front of a word that is followed by `(`, so the text has the same tokens in
 * the same places, and every relation has the name it had unless it is itself followed by `(`, where the renamed name no longer
 * equals what the other parser reads in the untouched text and the statement is refused.
 */
export function renameCalls(canonical: string): string {
  if (canonical.toLowerCase().includes(mark)) throw new Unparsed('a name with a reserved beginning');
  return canonical.replace(tokens, (token, at: number) => {
    if (!/^[A-Za-z_]/.test(token) || /\s/.test(token) || !opens(canonical, at + token.length)) return token;
    const name = token.toUpperCase();
    return !kept.has(name) && (isBuiltin(name) || whyExcluded(name) !== undefined) ? mark + token : token;
  });
}

function opens(canonical: string, from: number): boolean {
  let at = from;
  while (canonical[at] === ' ' || canonical[at] === '\n' || canonical[at] === '\t') at++;
  return canonical[at] === '(';
}

/** The function's name as it was written. */
export function writtenName(name: string): string {
  return name.startsWith(mark) ? name.slice(mark.length) : name;
}
