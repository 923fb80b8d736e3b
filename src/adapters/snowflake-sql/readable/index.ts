import { isWord, type Token } from '../token.js';
import { plainAlter } from './alter.js';
import { plainDelete, plainMerge } from './change.js';
import { plainCreate } from './create.js';

/**
 * What the parsers are asked to read: the statement in syntax that both know, with every name and call it has. Only what provably names nothing is
 * left out or written otherwise, so that they find the objects of the statement itself. It is never run, hashed or recorded.
 */
export function readable(tokens: readonly Token[]): readonly Token[] {
  const [first] = tokens;
  if (isWord(first, 'CREATE')) return plainCreate(tokens);
  if (isWord(first, 'ALTER')) return plainAlter(tokens);
  if (isWord(first, 'DROP') && isWord(tokens.at(-1), 'RESTRICT') && tokens.length > 3) return tokens.slice(0, -1);
  if (isWord(first, 'MERGE')) return plainMerge(tokens);
  return isWord(first, 'DELETE') ? plainDelete(tokens) : tokens;
}
