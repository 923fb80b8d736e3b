import { Refused } from './refusal.js';
import type { Token } from './token.js';

const deepest = 30;
const longestChain = 250;

/** Operators met so far at one level: those that join whole conditions, and those within the present one. */
interface Level {
  joined: number;
  within: number;
}

const joining: ReadonlySet<string> = new Set(['AND', 'OR', 'UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'JOIN', 'WHEN']);
const inner: ReadonlySet<string> = new Set(['NOT', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP', 'BETWEEN', 'IS', 'COLLATE', 'ZONE', 'PRIOR', 'CONNECT_BY_ROOT', 'INTERVAL', 'OVERLAPS']);
const signs: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '||', '::', ':', '=', '<', '>', '<=', '>=', '<>', '!=', '.', '->', '->>', '|', '^']);
const clauses: ReadonlySet<string> = new Set(['FROM', 'WHERE', 'SELECT', 'GROUP', 'ORDER', 'HAVING', 'QUALIFY']);

/** Refuses what could exhaust a parser: nesting, and chains of operators, which parsers read by recursion. */
export function checkLimits(tokens: readonly Token[]): void {
  const levels: Level[] = [{ joined: 0, within: 0 }];
  for (const token of tokens) {
    const level = levels.at(-1) as Level;
    if (token.kind === 'sign') bySign(token.text, level, levels);
    else if (token.kind === 'word') byWord(token.upper, level, levels);
    if (levels.length > deepest || level.joined > longestChain || level.within > longestChain) throw new Refused('sql.too_deep');
  }
}

function bySign(sign: string, level: Level, levels: Level[]): void {
  if (sign === '[') level.within += 1; // One more step of a path.
  if (sign === '(' || sign === '[' || sign === '{') levels.push({ joined: 0, within: 0 });
  else if ((sign === ')' || sign === ']' || sign === '}') && levels.length > 1) levels.pop();
  else if (signs.has(sign)) level.within += 1;
  else if (sign === ',') level.within = 0;
}

function byWord(word: string, level: Level, levels: Level[]): void {
  if (word === 'CASE') levels.push({ joined: 0, within: 0 });
  else if (word === 'END' && levels.length > 1) levels.pop();
  else if (joining.has(word)) {
    level.joined += 1;
    level.within = 0;
  } else if (inner.has(word)) level.within += 1;
  else if (clauses.has(word)) {
    level.within = 0;
    if (word !== 'SELECT') level.joined = 0;
  }
}
