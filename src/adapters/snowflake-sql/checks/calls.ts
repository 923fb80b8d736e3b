import { isBuiltin, isPatternFunction, findExclusionReason } from '../functions/index.js';
import type { Name } from '../parsers/reading.js';
import { readName } from '../names/resolve-name.js';
import { RefusedError } from './refusal.js';
import { findClosing, isIdentifier, isSign, isWord, type SqlToken } from '../lex/token.js';
import { parameterizedTypes } from './types.js';

/** Words that stand before a bracket without being called. */
const syntaxWords: ReadonlySet<string> = new Set(
  `
  ALL ALTER AND ANY AS ASOF AT BEFORE BETWEEN BY CASE CHANGES CHECK COLUMN COLUMNS CONNECT_BY_ROOT CUBE DEFINE DISTINCT ELSE END EXCEPT EXCLUDE EXISTS FOR FROM
  GROUP HAVING IN INNER INTERSECT INTO IS JOIN KEY LATERAL LIKE ILIKE RLIKE REGEXP LIMIT MATCHES MATCH_CONDITION MATCH_RECOGNIZE MEASURES MINUS NOT NULL NULLS OFFSET ON OR ORDER
  OVER OVERWRITE PARTITION PATTERN PIVOT PRIOR QUALIFY REFERENCES RENAME REPEATABLE REPLACE ROLLUP SAMPLE SEED SELECT SET SETS SOME START SUBSET TABLE TABLESAMPLE THEN TOP UNION
  PERMUTE UNIQUE UNPIVOT USING VALUES WHEN WHERE WITH WITHIN CLUSTER AUTOINCREMENT IDENTITY ESCAPE BERNOULLI SYSTEM BLOCK ROW FILTER ADD DROP
`
    .trim()
    .split(/\s+/),
);

/** Functions of the connection's own that it allows, by their full stored-case name. */
export interface OwnFunctions {
  readonly has: (name: Name) => boolean;
}

/**
 * Refuses a statement that calls anything but harmless built-ins and what the connection allows. Looks at the text
 * itself, whatever a parser made of it.
 */
export function checkCalls(tokens: readonly SqlToken[], own: OwnFunctions): void {
  const inPattern = tokens.some((token) => isWord(token, 'MATCH_RECOGNIZE'));
  for (let at = 0; at < tokens.length; at += 1) {
    const [token, before] = [tokens[at] as SqlToken, tokens[at - 1]];
    if (isSequenceStep(token) && isSign(before, '.')) throw new RefusedError('sql.sequence');
    if (
      !isIdentifier(token) ||
      !isSign(tokens[at + 1], '(') ||
      isOuterJoinMark(tokens, at + 1) ||
      isColumnList(tokens, at)
    )
      continue;
    if (isSign(before, '.')) {
      if (!own.has(readName(tokens, findNameStart(tokens, at)).name))
        throw new RefusedError('sql.function_name', formatTokenName(token));
    } else if (token.kind === 'quoted') {
      if (!own.has(readName(tokens, at).name)) throw new RefusedError('sql.function_name');
    } else if ((!syntaxWords.has(token.upper) && !isByName(tokens, at)) || isBuiltin(token.upper))
      checkBareCall(tokens, at, inPattern, own);
  }
}

/** `UNION ALL BY NAME (SELECT ...)`. */
function isByName(tokens: readonly SqlToken[], at: number): boolean {
  return (
    isWord(tokens[at], 'NAME') && isWord(tokens[at - 1], 'BY') && isWord(tokens[at - 2], 'UNION', 'ALL', 'DISTINCT')
  );
}

/** `seq.NEXTVAL`, also in quotes. */
function isSequenceStep(token: SqlToken): boolean {
  return (
    (token.kind === 'word' && token.upper === 'NEXTVAL') || (token.kind === 'quoted' && token.text === '"NEXTVAL"')
  );
}

/** `column(+)`, the old way to write an outer join. */
function isOuterJoinMark(tokens: readonly SqlToken[], open: number): boolean {
  return isSign(tokens[open + 1], '+') && isSign(tokens[open + 2], ')');
}

function checkBareCall(tokens: readonly SqlToken[], at: number, inPattern: boolean, own: OwnFunctions): void {
  const [before, token] = [tokens[at - 1], tokens[at] as SqlToken];
  if (isBuiltin(token.upper)) return;
  if (
    parameterizedTypes.has(token.upper) &&
    (isSign(before, '::') || isWord(before, 'AS', 'TYPE') || isIdentifier(before))
  )
    return;
  if (parameterizedTypes.has(token.upper) && isInsideType(tokens, at)) return;
  if (inPattern && isPatternFunction(token.upper)) return;
  if (own.has(readName(tokens, at).name)) return;
  throw new RefusedError(
    'sql.function',
    findExclusionReason(token.upper) === undefined
      ? formatTokenName(token)
      : `${formatTokenName(token)}: ${findExclusionReason(token.upper)}`,
  );
}

/** Refuses what the parsers found called, by the same rule. */
export function checkParsedCalls(functions: readonly Name[], own: OwnFunctions, inPattern: boolean): void {
  for (const name of functions) {
    const [first] = name;
    const bare = name.length === 1 && first !== undefined && !first.quoted;
    const upper = bare ? first.text.toUpperCase() : '';
    if (bare && (isBuiltin(upper) || (inPattern && isPatternFunction(upper)))) continue;
    if (!own.has(name)) throw new RefusedError(bare ? 'sql.function' : 'sql.function_name', bare ? upper : undefined);
  }
}

/**
 * `t (a, b)` behind a table, a bracket or INTO names its columns, as in `FROM orders o (a, b)`, and so does `WITH t (a,
 * b) AS (`: nothing is called there.
 */
function isColumnList(tokens: readonly SqlToken[], at: number): boolean {
  const before = tokens[at - 1];
  if (isWord(tokens[findNameStart(tokens, at) - 1], 'INTO', 'TABLE', 'VIEW', 'EXISTS', 'REFERENCES')) return true;
  const end = findClosing(tokens, at + 1);
  const plainList = tokens.slice(at + 2, end).every((each) => isIdentifier(each) || isSign(each, ','));
  if (!plainList || end === at + 2) return false;
  if (
    isWord(tokens[end + 1], 'AS') &&
    isSign(tokens[end + 2], '(') &&
    (isWord(before, 'WITH', 'RECURSIVE') || isSign(before, ','))
  )
    return true;
  return (
    isSign(before, ')') ||
    before?.kind === 'quoted' ||
    isWord(before, 'AS') ||
    (isIdentifier(before) && isWord(tokens[findNameStart(tokens, at - 1) - 1], 'FROM', 'JOIN'))
  );
}

/** Inside the brackets of `OBJECT(a INT, b VARCHAR(10))` and the like, which stand behind `::` or `AS`. */
function isInsideType(tokens: readonly SqlToken[], at: number): boolean {
  let depth = 0;
  for (let back = at - 1; back > 0; back -= 1) {
    if (isSign(tokens[back], ')')) depth += 1;
    if (!isSign(tokens[back], '(')) continue;
    if (depth > 0) depth -= 1;
    else if (parameterizedTypes.has(tokens[back - 1]?.upper ?? ''))
      return isSign(tokens[back - 2], '::') || isWord(tokens[back - 2], 'AS') || isInsideType(tokens, back - 1);
    else return false;
  }
  return false;
}

/** Where the dotted name that ends here begins. */
function findNameStart(tokens: readonly SqlToken[], at: number): number {
  let head = at;
  while (isSign(tokens[head - 1], '.') && isIdentifier(tokens[head - 2])) head -= 2;
  return head;
}

function formatTokenName(token: SqlToken): string {
  return token.kind === 'word' ? token.upper.slice(0, 60) : 'a quoted name';
}
