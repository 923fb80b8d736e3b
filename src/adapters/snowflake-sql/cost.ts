import { Refused } from './refusal.js';
import { isIdentifier, isSign, isWord, type Token } from './token.js';

const mostMultiplied = 4;
const mostMade = 100_000_000;
const mostTogether = 10_000_000_000;
const longestMaking = 60;

/** One level of brackets: the tables its FROM lists, and whether anything ties them together. */
interface Level {
  inFrom: boolean;
  tables: number;
  tied: boolean;
}

/** Refuses what costs without bound whatever the data: four or more tables multiplied with nothing between them, and generators of very many rows. */
export function checkCost(tokens: readonly Token[]): void {
  const levels: Level[] = [fresh()];
  let made = 1;
  for (const [at, token] of tokens.entries()) {
    const level = levels.at(-1) as Level;
    if (isSign(token, '(')) levels.push(fresh());
    else if (isSign(token, ')')) {
      check(levels.pop() as Level);
      if (levels.length === 0) return;
    } else if (isWord(token, 'SELECT', 'UNION', 'INTERSECT', 'EXCEPT', 'MINUS')) {
      check(level);
      Object.assign(level, fresh());
    } else if (isWord(token, 'FROM') || (level.inFrom && (isSign(token, ',') || isWord(token, 'JOIN')))) {
      level.inFrom = true;
      if (isIdentifier(tokens[at + 1]) && !isWord(tokens[at + 1], 'LATERAL', 'TABLE', 'VALUES')) level.tables += 1;
    } else if (isWord(token, 'WHERE', 'ON', 'USING', 'NATURAL', 'ASOF')) level.tied ||= !isIdle(tokens, at + 1);
    else if (isWord(token, 'GROUP', 'ORDER', 'HAVING', 'QUALIFY', 'LIMIT')) level.inFrom = false;
    else if (isSign(token, '=>')) made *= rowsMade(tokens, at);
    if (made > mostTogether) throw new Refused('sql.too_costly');
  }
  levels.forEach(check);
}

function fresh(): Level {
  return { inFrom: false, tables: 0, tied: false };
}

function check({ tables, tied }: Level): void {
  if (!tied && tables >= mostMultiplied) throw new Refused('sql.too_costly');
}

/** A condition that ties nothing: `TRUE`, `1 = 1`. */
function isIdle(tokens: readonly Token[], at: number): boolean {
  return isWord(tokens[at], 'TRUE') || (tokens[at]?.kind === 'number' && isSign(tokens[at + 1], '=') && tokens[at + 2]?.kind === 'number');
}

/** How many rows a generator makes, by the literal behind `ROWCOUNT =>`; anything but a literal could be any number. */
function rowsMade(tokens: readonly Token[], arrow: number): number {
  const name = tokens[arrow - 1];
  const most = isWord(name, 'ROWCOUNT') ? mostMade : isWord(name, 'TIMELIMIT') ? longestMaking : undefined;
  if (most === undefined) return 1;
  const value = tokens[arrow + 1];
  const plain = value?.kind === 'number' && (isSign(tokens[arrow + 2], ')') || isSign(tokens[arrow + 2], ','));
  if (!plain || Number(value.text) > most) throw new Refused('sql.too_costly');
  return isWord(name, 'ROWCOUNT') ? Number(value.text) : 1;
}
