import { RefusedError } from '../checks/refusal.js';
import { isSign, isWord, type SqlToken } from '../lex/token.js';
import { maxGeneratedRows } from './bracket-level.js';

const maxRowsTogether = 10_000_000_000;
const maxSeconds = 60;

/** Refuses generators of very many rows, each by itself or all together. */
export function checkGenerators(tokens: readonly SqlToken[]): void {
  let made = 1;
  for (let at = 0; at < tokens.length; at += 1) {
    if (isSign(tokens[at], '=>')) made *= countGeneratedRows(tokens, at);
    if (made > maxRowsTogether) throw new RefusedError('sql.too_costly');
  }
}

/** How many rows a generator makes, by the literal behind `ROWCOUNT =>`; anything but a literal could be any number. */
function countGeneratedRows(tokens: readonly SqlToken[], arrow: number): number {
  const name = tokens[arrow - 1];
  const most = isWord(name, 'ROWCOUNT') ? maxGeneratedRows : isWord(name, 'TIMELIMIT') ? maxSeconds : undefined;
  if (most === undefined) return 1;
  const inBrackets = isSign(tokens[arrow + 1], '(') && isSign(tokens[arrow + 3], ')');
  const value = tokens[inBrackets ? arrow + 2 : arrow + 1];
  const next = tokens[inBrackets ? arrow + 4 : arrow + 2];
  if (value?.kind !== 'number' || !(isSign(next, ')') || isSign(next, ',')) || Number(value.text) > most)
    throw new RefusedError('sql.too_costly');
  return isWord(name, 'ROWCOUNT') ? Number(value.text) : 1;
}
