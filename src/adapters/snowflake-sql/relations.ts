import type { ObjectRef, SchemaRef } from '../../core/index.js';
import { isEarlierName } from './flow.js';
import { nameAt, partOf, resolve, storedCase } from './names.js';
import { Refused } from './refusal.js';
import { closing, isIdentifier, isSign, isWord, type Token } from './token.js';

/** Words behind FROM or JOIN that are no table. */
const notNames = ['LATERAL', 'TABLE', 'VALUES', 'SELECT', 'WITH', 'ONLY', 'UNNEST'];

/** Functions whose arguments are separated by FROM. */
const withFrom = ['EXTRACT', 'TRIM', 'SUBSTRING', 'SUBSTR', 'OVERLAY', 'POSITION', 'FLOOR', 'CEIL', 'LTRIM', 'RTRIM'];

/**
 * The other way round: every name that the text itself puts where a table stands must be among the objects the parsers found, or be a CTE.
 * Refuses what is not, and every relation that is no name at all.
 */
export function checkRelations(tokens: readonly Token[], objects: readonly ObjectRef[], scope: SchemaRef): void {
  const known = new Set(objects.map(keyOf));
  const ctes = ctesOf(tokens);
  for (const at of relationsIn(tokens)) {
    const token = tokens[at];
    if (isSign(token, '(') || isWord(token, ...notNames)) continue;
    const { name, end } = nameAt(tokens, at);
    if (name.length === 0) throw new Refused(token?.kind === 'string' || token?.kind === 'variable' ? 'sql.dynamic_name' : 'sql.relation_unclear');
    if (isSign(tokens[end], '(')) continue; // A table function: its name is judged as a call.
    const only = name.length === 1 ? storedCase(name[0] as (typeof name)[number]) : undefined;
    if (only !== undefined && (ctes.has(only) || isEarlierName(only))) continue;
    if (!known.has(keyOf(resolve(name, scope)))) throw new Refused('sql.relation_unclear');
  }
}

/** Places right behind the words that a table follows. */
function relationsIn(tokens: readonly Token[]): readonly number[] {
  const places: number[] = [];
  const open: (Token | undefined)[] = [];
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    if (isSign(token, '(')) open.push(before);
    else if (isSign(token, ')')) open.pop();
    const asTable = isWord(token, 'JOIN') || (isWord(token, 'FROM') && !isWord(before, 'DISTINCT') && !(isWord(open.at(-1), ...withFrom) && !selectsSince(tokens, at)));
    if (asTable && !isSign(before, '.') && !isSign(before, ':')) places.push(isWord(tokens[at + 1], 'DIRECTED') ? at + 2 : at + 1);
  }
  return places;
}

/** Whether a SELECT stands between the bracket that is open here and this place. */
function selectsSince(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (let back = at - 1; back >= 0; back -= 1) {
    if (isSign(tokens[back], ')')) depth += 1;
    else if (isSign(tokens[back], '(') && (depth -= 1) < 0) return false;
    else if (depth === 0 && isWord(tokens[back], 'SELECT')) return true;
  }
  return false;
}

/** Every name that is defined like `name [(columns)] AS (`, in stored case. */
function ctesOf(tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [at, token] of tokens.entries()) {
    if (!isIdentifier(token)) continue;
    const next = isSign(tokens[at + 1], '(') ? closing(tokens, at + 1) + 1 : at + 1;
    if (isWord(tokens[next], 'AS') && (isSign(tokens[next + 1], '(') || isSign(tokens[next + 2], '('))) names.add(storedCase(partOf(token)));
  }
  return names;
}

function keyOf({ database, schema, name }: ObjectRef): string {
  return JSON.stringify([database, schema, name]);
}
