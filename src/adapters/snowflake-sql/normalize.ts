import { lex } from './lexer.js';
import { partOf } from './names.js';
import { stored } from './parsers/identifier.js';
import { Refused } from './refusal.js';
import { ctesOf } from './relations.js';
import { isIdentifier, isSign, isWord, type Token } from './token.js';

/** The statement without the one `;` that may end it. Throws where something follows it. */
export function oneStatement(tokens: readonly Token[]): readonly Token[] {
  const end = tokens.findIndex((token) => isSign(token, ';'));
  if (end < 0) return tokens;
  if (end < tokens.length - 1) throw new Refused('sql.multiple_statements');
  return tokens.slice(0, end);
}

/** The statements of a text of several, without their semicolons. */
export function pieces(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const found: Token[][] = [[]];
  for (const token of tokens) {
    if (isSign(token, ';')) found.push([]);
    else (found.at(-1) as Token[]).push(token);
  }
  return found.filter((piece) => piece.length > 0);
}

/**
 * Writes out what means the same in plainer words: `IDENTIFIER('a.b')` is `a.b`, `db..t` is `db.PUBLIC.t`. Whether IDENTIFIER sees the names
 * that the statement itself defines, nobody has written down: one that could be either, a table or a CTE, is refused.
 */
export function plainer(tokens: readonly Token[]): readonly Token[] {
  const result: Token[] = [];
  const alone: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (isWord(token, 'IDENTIFIER') && isSign(tokens[at + 1], '(')) {
      const name = writtenOut(tokens[at + 2], tokens[at + 3], token.spaced);
      if (name.length === 1) alone.push(stored(partOf(name[0] as Token)));
      result.push(...name);
      if (isSign(tokens[at + 4], '(')) throw new Refused('sql.dynamic_name', 'IDENTIFIER');
      at += 3;
    } else if (isSign(token, '.') && isSign(tokens[at + 1], '.') && isIdentifier(tokens[at - 1])) {
      result.push(token, word('PUBLIC'));
    } else {
      // The bracket of IDENTIFIER() that stood before it is gone: without a blank it would run into the name.
      const touches = isSign(tokens[at - 1], ')') && !isSign(result.at(-1), ')') && token.kind !== 'sign';
      result.push(touches ? { ...token, spaced: true } : token);
    }
  }
  const defined = alone.length === 0 ? undefined : ctesOf(result);
  if (alone.some((name) => defined?.has(name))) throw new Refused('sql.dynamic_name', 'IDENTIFIER');
  return result;
}

/** The name that a literal holds, read by the same rules as any other. */
function writtenOut(literal: Token | undefined, close: Token | undefined, spaced: boolean): readonly Token[] {
  if (literal?.kind !== 'string' || !isSign(close, ')')) throw new Refused('sql.dynamic_name', 'IDENTIFIER');
  const name = literal.text.startsWith('$$') ? literal.text.slice(2, -2) : literal.text.slice(1, -1);
  const parts = partsOf(name);
  const good = !/['\\]/.test(name) && parts.length % 2 === 1 && parts.length <= 5 && parts.every((each, at) => (at % 2 === 1 ? isSign(each, '.') : isIdentifier(each)) && !each.spaced);
  if (!good) throw new Refused('sql.dynamic_name', 'IDENTIFIER');
  return parts.map((each, at) => (at === 0 ? { ...each, spaced } : each));
}

function partsOf(name: string): readonly Token[] {
  try {
    return lex(name);
  } catch {
    return [];
  }
}

function word(text: string): Token {
  return { kind: 'word', text, upper: text, spaced: false };
}
