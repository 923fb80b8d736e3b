import { isBuiltin, isPatternFunction, whyExcluded } from './functions/index.js';
import type { Name } from './parsers/reading.js';
import { nameAt } from './names.js';
import { Refused } from './refusal.js';
import { closing, isIdentifier, isSign, isWord, type Token } from './token.js';
import { parametrised } from './types.js';

/** Words that stand before a bracket without being called. */
const syntax: ReadonlySet<string> = new Set(`
  ALL ALTER AND ANY AS ASOF AT BEFORE BETWEEN BY CASE CHANGES CHECK COLUMN COLUMNS CONNECT_BY_ROOT CUBE DEFINE DISTINCT ELSE END EXCEPT EXCLUDE EXISTS FOR FROM
  GROUP HAVING IN INNER INTERSECT INTO IS JOIN KEY LATERAL LIKE ILIKE RLIKE REGEXP LIMIT MATCHES MATCH_CONDITION MATCH_RECOGNIZE MEASURES MINUS NOT NULL NULLS OFFSET ON OR ORDER
  OVER OVERWRITE PARTITION PATTERN PIVOT PRIOR QUALIFY REFERENCES RENAME REPEATABLE REPLACE ROLLUP SAMPLE SEED SELECT SET SETS SOME START SUBSET TABLE TABLESAMPLE THEN TOP UNION
  PERMUTE UNIQUE UNPIVOT USING VALUES WHEN WHERE WITH WITHIN CLUSTER AUTOINCREMENT IDENTITY ESCAPE BERNOULLI SYSTEM BLOCK ROW FILTER ADD DROP
`.trim().split(/\s+/));

/** Functions of the connection's own that it allows, by their full stored-case name. */
export interface OwnFunctions {
  readonly has: (name: Name) => boolean;
}

/** Refuses a statement that calls anything but harmless built-ins and what the connection allows. Looks at the text itself, whatever a parser made of it. */
export function checkCalls(tokens: readonly Token[], own: OwnFunctions): void {
  const inPattern = tokens.some((token) => isWord(token, 'MATCH_RECOGNIZE'));
  for (let at = 0; at < tokens.length; at += 1) {
    const [token, before] = [tokens[at] as Token, tokens[at - 1]];
    if (isSequenceStep(token) && isSign(before, '.')) throw new Refused('sql.sequence');
    if (!isIdentifier(token) || !isSign(tokens[at + 1], '(') || isOuter(tokens, at + 1) || isColumnList(tokens, at)) continue;
    if (isSign(before, '.')) {
      if (!own.has(nameAt(tokens, headOf(tokens, at)).name)) throw new Refused('sql.function_name', named(token));
    } else if (token.kind === 'quoted') {
      if (!own.has(nameAt(tokens, at).name)) throw new Refused('sql.function_name');
    } else if ((!syntax.has(token.upper) && !isByName(tokens, at)) || isBuiltin(token.upper)) checkBare(tokens, at, inPattern, own);
  }
}

/** `UNION ALL BY NAME (SELECT ...)`. */
function isByName(tokens: readonly Token[], at: number): boolean {
  return isWord(tokens[at], 'NAME') && isWord(tokens[at - 1], 'BY') && isWord(tokens[at - 2], 'UNION', 'ALL', 'DISTINCT');
}

/** `seq.NEXTVAL`, also in quotes. */
function isSequenceStep(token: Token): boolean {
  return (token.kind === 'word' && token.upper === 'NEXTVAL') || (token.kind === 'quoted' && token.text === '"NEXTVAL"');
}

/** `column(+)`, the old way to write an outer join. */
function isOuter(tokens: readonly Token[], open: number): boolean {
  return isSign(tokens[open + 1], '+') && isSign(tokens[open + 2], ')');
}

function checkBare(tokens: readonly Token[], at: number, inPattern: boolean, own: OwnFunctions): void {
  const [before, token] = [tokens[at - 1], tokens[at] as Token];
  if (isBuiltin(token.upper)) return;
  if (parametrised.has(token.upper) && (isSign(before, '::') || isWord(before, 'AS', 'TYPE') || isIdentifier(before))) return;
  if (parametrised.has(token.upper) && insideType(tokens, at)) return;
  if (inPattern && isPatternFunction(token.upper)) return;
  if (own.has(nameAt(tokens, at).name)) return;
  throw new Refused('sql.function', whyExcluded(token.upper) === undefined ? named(token) : `${named(token)}: ${whyExcluded(token.upper)}`);
}

/** Refuses what the parsers found called, by the same rule. */
export function checkCalled(functions: readonly Name[], own: OwnFunctions, inPattern: boolean): void {
  for (const name of functions) {
    const [first] = name;
    const bare = name.length === 1 && first !== undefined && !first.quoted;
    const upper = bare ? first.text.toUpperCase() : '';
    if (bare && (isBuiltin(upper) || (inPattern && isPatternFunction(upper)))) continue;
    if (!own.has(name)) throw new Refused(bare ? 'sql.function' : 'sql.function_name', bare ? upper : undefined);
  }
}

/** `t (a, b)` behind a table, a bracket or INTO names its columns, as in `FROM orders o (a, b)`, and so does `WITH t (a, b) AS (`: nothing is called there. */
function isColumnList(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (isWord(tokens[headOf(tokens, at) - 1], 'INTO', 'TABLE', 'VIEW', 'EXISTS', 'REFERENCES')) return true;
  const end = closing(tokens, at + 1);
  const plainList = tokens.slice(at + 2, end).every((each) => isIdentifier(each) || isSign(each, ','));
  if (!plainList || end === at + 2) return false;
  if (isWord(tokens[end + 1], 'AS') && isSign(tokens[end + 2], '(') && (isWord(before, 'WITH', 'RECURSIVE') || isSign(before, ','))) return true;
  return isSign(before, ')') || before?.kind === 'quoted' || isWord(before, 'AS') || (isIdentifier(before) && isWord(tokens[headOf(tokens, at - 1) - 1], 'FROM', 'JOIN'));
}

/** Inside the brackets of `OBJECT(a INT, b VARCHAR(10))` and the like, which stand behind `::` or `AS`. */
function insideType(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (let back = at - 1; back > 0; back -= 1) {
    if (isSign(tokens[back], ')')) depth += 1;
    if (!isSign(tokens[back], '(')) continue;
    if (depth > 0) depth -= 1;
    else if (parametrised.has(tokens[back - 1]?.upper ?? '')) return isSign(tokens[back - 2], '::') || isWord(tokens[back - 2], 'AS') || insideType(tokens, back - 1);
    else return false;
  }
  return false;
}

/** Where the dotted name that ends here begins. */
function headOf(tokens: readonly Token[], at: number): number {
  let head = at;
  while (isSign(tokens[head - 1], '.') && isIdentifier(tokens[head - 2])) head -= 2;
  return head;
}

function named(token: Token): string {
  return token.kind === 'word' ? token.upper.slice(0, 60) : 'a quoted name';
}
