import type { ObjectRef, SchemaRef } from '../../../core/index.js';
import { isEarlierResult } from '../lex/flow-operator.js';
import { readName, toNamePart, resolveName } from '../names/resolve-name.js';
import { toStoredCase } from '../names/identifier.js';
import { RefusedError } from './refusal.js';
import { findClosing, isIdentifier, isSign, isWord, findOpening, type SqlToken } from '../lex/token.js';

/** Words behind FROM or JOIN that are no table. */
const nonNameWords = ['LATERAL', 'TABLE', 'VALUES', 'SELECT', 'WITH', 'ONLY', 'UNNEST'];

/** Functions whose arguments are separated by FROM. */
const functionsWithFrom = [
  'EXTRACT',
  'TRIM',
  'SUBSTRING',
  'SUBSTR',
  'OVERLAY',
  'POSITION',
  'FLOOR',
  'CEIL',
  'LTRIM',
  'RTRIM',
];

/**
 * The other way round: every name that the text itself puts where a table stands must be among the objects the parsers
 * found, or be a CTE.
 * Refuses what is not, and every relation that is no name at all. `places` are those of `findRelationWords`.
 */
export function checkRelations(
  tokens: readonly SqlToken[],
  places: readonly number[],
  objects: readonly ObjectRef[],
  scope: SchemaRef,
): void {
  const known = new Set(objects.map(createObjectKey));
  const ctes = listCtes(tokens);
  for (const place of places) {
    const at = isWord(tokens[place + 1], 'DIRECTED') ? place + 2 : place + 1;
    const token = tokens[at];
    if (isSign(token, '(') || isWord(token, ...nonNameWords)) continue;
    const { name, end } = readName(tokens, at);
    if (name.length === 0)
      throw new RefusedError(
        token?.kind === 'string' || token?.kind === 'variable' ? 'sql.dynamic_name' : 'sql.relation_unclear',
      );
    if (isSign(tokens[end], '(')) continue; // A table function: its name is judged as a call.
    const only = name.length === 1 ? toStoredCase(name[0] as (typeof name)[number]) : undefined;
    if (only !== undefined && (ctes.has(only) || isEarlierResult(only))) continue;
    if (!known.has(createObjectKey(resolveName(name, scope)))) throw new RefusedError('sql.relation_unclear');
  }
}

/** Where FROM and JOIN stand that a table follows. */
export function findRelationWords(tokens: readonly SqlToken[]): readonly number[] {
  const places: number[] = [];
  /**
   * For each bracket that is open: whether FROM separates arguments in it, as in `EXTRACT(YEAR FROM d)`. A SELECT ends
   * that.
   */
  const separates: boolean[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const [token, before] = [tokens[at] as SqlToken, tokens[at - 1]];
    if (token.kind === 'sign') {
      if (token.text === '(') separates.push(isWord(before, ...functionsWithFrom));
      else if (token.text === ')') separates.pop();
      continue;
    }
    if (isWord(token, 'SELECT') && separates.length > 0) separates[separates.length - 1] = false;
    const asTable =
      isWord(token, 'JOIN') ||
      (isWord(token, 'FROM') &&
        !isWord(before, 'DISTINCT') &&
        separates.at(-1) !== true &&
        !isFromEitherEnd(tokens, at));
    if (asTable && !isSign(before, '.') && !isSign(before, ':')) places.push(at);
  }
  return places;
}

/**
 * `NTH_VALUE(a, 2) FROM FIRST OVER (PARTITION BY b)`: the brackets begin a window, so they list no columns of a table
 * with the alias `over`.
 */
function isFromEitherEnd(tokens: readonly SqlToken[], at: number): boolean {
  if (
    !isSign(tokens[at - 1], ')') ||
    !isWord(tokens[at + 1], 'FIRST', 'LAST') ||
    !isWord(tokens[findOpening(tokens, at - 1) - 1], 'NTH_VALUE')
  )
    return false;
  const over = isWord(tokens[at + 2], 'IGNORE', 'RESPECT') ? at + 4 : at + 2;
  return (
    isWord(tokens[over], 'OVER') &&
    isSign(tokens[over + 1], '(') &&
    isWord(tokens[over + 2], 'PARTITION', 'ORDER') &&
    isWord(tokens[over + 3], 'BY')
  );
}

/** Every name that is defined like `name [(columns)] AS (`, in stored case. */
export function listCtes(tokens: readonly SqlToken[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [at, token] of tokens.entries()) {
    if (!isIdentifier(token)) continue;
    const next = isSign(tokens[at + 1], '(') ? findClosing(tokens, at + 1) + 1 : at + 1;
    if (isWord(tokens[next], 'AS') && (isSign(tokens[next + 1], '(') || isSign(tokens[next + 2], '(')))
      names.add(toStoredCase(toNamePart(token)));
  }
  return names;
}

function createObjectKey({ database, schema, name }: ObjectRef): string {
  return JSON.stringify([database, schema, name]);
}
