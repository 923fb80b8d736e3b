import { tokenize } from './lexer.js';
import { toNamePart } from '../names/resolve-name.js';
import { toStoredCase } from '../names/identifier.js';
import { RefusedError } from '../checks/refusal.js';
import { listCtes } from '../checks/relations.js';
import { isIdentifier, isSign, isWord, type SqlToken } from './token.js';

/** The statement without the one `;` that may end it. Throws where something follows it. */
export function requireOneStatement(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const end = tokens.findIndex((token) => isSign(token, ';'));
  if (end < 0) return tokens;
  if (end < tokens.length - 1) throw new RefusedError('sql.multiple_statements');
  return tokens.slice(0, end);
}

/** The statements of a text of several, without their semicolons. */
export function splitStatements(tokens: readonly SqlToken[]): readonly (readonly SqlToken[])[] {
  const found: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (isSign(token, ';')) found.push([]);
    else (found.at(-1) as SqlToken[]).push(token);
  }
  return found.filter((piece) => piece.length > 0);
}

/**
 * Writes out what means the same in plainer words: `IDENTIFIER('a.b')` is `a.b`, `db..t` is `db.PUBLIC.t`. Whether
 * IDENTIFIER sees the names
 * that the statement itself defines, nobody has written down: one that could be either, a table or a CTE, is refused.
 */
export function normalizeNames(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const result: SqlToken[] = [];
  const alone: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as SqlToken;
    if (isWord(token, 'IDENTIFIER') && isSign(tokens[at + 1], '(')) {
      const name = expandIdentifier(tokens[at + 2], tokens[at + 3], token.spaced);
      if (name.length === 1) alone.push(toStoredCase(toNamePart(name[0] as SqlToken)));
      result.push(...name);
      if (isSign(tokens[at + 4], '(')) throw new RefusedError('sql.dynamic_name', 'IDENTIFIER');
      at += 3;
    } else if (isSign(token, '.') && isSign(tokens[at + 1], '.') && isIdentifier(tokens[at - 1])) {
      result.push(token, createWord('PUBLIC'));
    } else {
      // The bracket of IDENTIFIER() that stood before it is gone: without a blank it would run into the name.
      const touches = isSign(tokens[at - 1], ')') && !isSign(result.at(-1), ')') && token.kind !== 'sign';
      result.push(touches ? { ...token, spaced: true } : token);
    }
  }
  const defined = alone.length === 0 ? undefined : listCtes(result);
  if (alone.some((name) => defined?.has(name))) throw new RefusedError('sql.dynamic_name', 'IDENTIFIER');
  return result;
}

/** The name that a literal holds, read by the same rules as any other. */
function expandIdentifier(
  literal: SqlToken | undefined,
  close: SqlToken | undefined,
  spaced: boolean,
): readonly SqlToken[] {
  if (literal?.kind !== 'string' || !isSign(close, ')')) throw new RefusedError('sql.dynamic_name', 'IDENTIFIER');
  const name = literal.text.startsWith('$$') ? literal.text.slice(2, -2) : literal.text.slice(1, -1);
  const parts = tokenizeName(name);
  const good =
    !/['\\]/.test(name) &&
    parts.length % 2 === 1 &&
    parts.length <= 5 &&
    parts.every((each, at) => (at % 2 === 1 ? isSign(each, '.') : isIdentifier(each)) && !each.spaced);
  if (!good) throw new RefusedError('sql.dynamic_name', 'IDENTIFIER');
  return parts.map((each, at) => (at === 0 ? { ...each, spaced } : each));
}

function tokenizeName(name: string): readonly SqlToken[] {
  try {
    return tokenize(name);
  } catch {
    return [];
  }
}

function createWord(text: string): SqlToken {
  return { kind: 'word', text, upper: text, spaced: false };
}
