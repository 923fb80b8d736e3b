import { isSign, isWord, type SqlToken } from '../../lex/token.js';
import { formatShape, createWords } from './token-shape.js';

/**
 * MERGE ... UPDATE ALL BY NAME, INSERT ALL BY NAME: which columns are meant is the only thing that a reader would
 * learn.
 */
export function simplifyMerge(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const result: SqlToken[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const shape = formatShape(tokens.slice(at, at + 4));
    const all = isWord(tokens[at - 1], 'THEN') && /^(?:UPDATE|INSERT) ALL BY NAME$/.test(shape);
    if (!all) result.push(tokens[at] as SqlToken);
    else {
      result.push(...createWords(isWord(tokens[at], 'UPDATE') ? 'UPDATE SET x = 1' : 'INSERT ( x ) VALUES ( 1 )'));
      at += 3;
    }
  }
  return result;
}

/**
 * `DELETE FROM t USING a, (SELECT ...) b WHERE c` with the same words as `DELETE FROM t WHERE EXISTS (SELECT 1 FROM a,
 * (SELECT ...) b WHERE c)`.
 */
export function simplifyDelete(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const using = tokens.findIndex((token) => isWord(token, 'USING'));
  const onlyTarget = tokens.slice(0, using).every((token) => !isSign(token, '(') && !isWord(token, 'WHERE'));
  if (using < 0 || !onlyTarget || !isBalanced(tokens)) return tokens;
  return [
    ...tokens.slice(0, using),
    ...createWords('WHERE EXISTS ( SELECT 1 FROM'),
    ...tokens.slice(using + 1),
    ...createWords(')'),
  ];
}

function isBalanced(tokens: readonly SqlToken[]): boolean {
  let depth = 0;
  for (const token of tokens) {
    if (isSign(token, '(')) depth += 1;
    if (isSign(token, ')') && (depth -= 1) < 0) return false;
  }
  return depth === 0;
}
