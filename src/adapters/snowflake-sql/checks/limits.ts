import { RefusedError } from './refusal.js';
import type { SqlToken } from '../lex/token.js';

const maxDepth = 30;
const maxChain = 250;

/** Operators met so far at one level: those that join whole conditions, and those within the present one. */
interface OperatorCount {
  joined: number;
  within: number;
}

const joiningWords: ReadonlySet<string> = new Set([
  'AND',
  'OR',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'MINUS',
  'JOIN',
  'WHEN',
]);
const innerWords: ReadonlySet<string> = new Set([
  'NOT',
  'LIKE',
  'ILIKE',
  'RLIKE',
  'REGEXP',
  'BETWEEN',
  'IS',
  'COLLATE',
  'ZONE',
  'PRIOR',
  'CONNECT_BY_ROOT',
  'INTERVAL',
  'OVERLAPS',
]);
const operatorSigns: ReadonlySet<string> = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '||',
  '::',
  ':',
  '=',
  '<',
  '>',
  '<=',
  '>=',
  '<>',
  '!=',
  '.',
  '->',
  '->>',
  '|',
  '^',
]);
const clauseWords: ReadonlySet<string> = new Set(['FROM', 'WHERE', 'SELECT', 'GROUP', 'ORDER', 'HAVING', 'QUALIFY']);

/** Refuses what could exhaust a parser: nesting, and chains of operators, which parsers read by recursion. */
export function checkLimits(tokens: readonly SqlToken[]): void {
  const levels: OperatorCount[] = [{ joined: 0, within: 0 }];
  for (const token of tokens) {
    const level = levels.at(-1) as OperatorCount;
    if (token.kind === 'sign') countSign(token.text, level, levels);
    else if (token.kind === 'word') countWord(token.upper, level, levels);
    if (levels.length > maxDepth || level.joined > maxChain || level.within > maxChain)
      throw new RefusedError('sql.too_deep');
  }
}

function countSign(sign: string, level: OperatorCount, levels: OperatorCount[]): void {
  if (sign === '[') level.within += 1; // One more step of a path.
  if (sign === '(' || sign === '[' || sign === '{') levels.push({ joined: 0, within: 0 });
  else if ((sign === ')' || sign === ']' || sign === '}') && levels.length > 1) levels.pop();
  else if (operatorSigns.has(sign)) level.within += 1;
  else if (sign === ',') level.within = 0;
}

function countWord(word: string, level: OperatorCount, levels: OperatorCount[]): void {
  if (word === 'CASE') levels.push({ joined: 0, within: 0 });
  else if (word === 'END' && levels.length > 1) levels.pop();
  else if (joiningWords.has(word)) {
    level.joined += 1;
    level.within = 0;
  } else if (innerWords.has(word)) level.within += 1;
  else if (clauseWords.has(word)) {
    level.within = 0;
    if (word !== 'SELECT') level.joined = 0;
  }
}
