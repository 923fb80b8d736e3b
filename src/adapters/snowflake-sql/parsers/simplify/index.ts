import { isWord, type SqlToken } from '../../lex/token.js';
import { simplifyAlter } from './alter.js';
import { simplifyDelete, simplifyMerge } from './dml.js';
import { simplifyCreate } from './create.js';

/**
 * What the parsers are asked to read: the statement in syntax that both know, with every name and call it has. Only
 * what provably names nothing is
 * left out or written otherwise, so that they find the objects of the statement itself. It is never run, hashed or
 * recorded.
 */
export function simplifyStatement(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const [first] = tokens;
  if (isWord(first, 'CREATE')) return simplifyCreate(tokens);
  if (isWord(first, 'ALTER')) return simplifyAlter(tokens);
  if (isWord(first, 'DROP') && isWord(tokens.at(-1), 'RESTRICT') && tokens.length > 3) return tokens.slice(0, -1);
  if (isWord(first, 'MERGE')) return simplifyMerge(tokens);
  return isWord(first, 'DELETE') ? simplifyDelete(tokens) : tokens;
}
