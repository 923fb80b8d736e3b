import { Refused } from './refusal.js';
import { isSign, isWord, type Token } from './token.js';

const deepest = 30;
const longestChain = 250;

/** Operators met so far at one level: those that join whole conditions, and those within the present one. */
interface Level {
  joined: number;
  within: number;
}

const joining = ['AND', 'OR', 'UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'JOIN', 'WHEN'];
const inner = ['NOT', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP', 'BETWEEN', 'IS', 'COLLATE', 'ZONE', 'PRIOR', 'CONNECT_BY_ROOT', 'INTERVAL', 'OVERLAPS'];
const signs: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '||', '::', ':', '=', '<', '>', '<=', '>=', '<>', '!=', '.', '->', '->>', '|', '^']);
const clauses = ['FROM', 'WHERE', 'SELECT', 'GROUP', 'ORDER', 'HAVING', 'QUALIFY'];

/** Refuses what could exhaust a parser: nesting, and chains of operators, which parsers read by recursion. */
export function checkLimits(tokens: readonly Token[]): void {
  const levels: Level[] = [{ joined: 0, within: 0 }];
  for (const token of tokens) {
    const level = levels.at(-1) as Level;
    if (isSign(token, '[')) level.within += 1; // One more step of a path.
    if (isSign(token, '(') || isSign(token, '[') || isSign(token, '{') || isWord(token, 'CASE')) levels.push({ joined: 0, within: 0 });
    else if ((isSign(token, ')') || isSign(token, ']') || isSign(token, '}') || isWord(token, 'END')) && levels.length > 1) levels.pop();
    else if (isWord(token, ...joining)) {
      level.joined += 1;
      level.within = 0;
    } else if ((token.kind === 'sign' && signs.has(token.text)) || isWord(token, ...inner)) level.within += 1;
    else if (isSign(token, ',')) level.within = 0;
    else if (isWord(token, ...clauses)) Object.assign(level, isWord(token, 'SELECT') ? { within: 0 } : { joined: 0, within: 0 });
    if (levels.length > deepest || level.joined > longestChain || level.within > longestChain) throw new Refused('sql.too_deep');
  }
}
