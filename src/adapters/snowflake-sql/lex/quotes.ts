import { RefusedError } from '../checks/refusal.js';

/** Characters that are not seen, or turn the reading direction: they have no place in a name. */
const invisibleCharacters = /[\p{Cc}\p{Cf}\u2028\u2029\uFEFF]/u;

/**
 * Behind the string literal that begins here: `''` and a backslash with what follows it are inside (Snowflake: String
 * and binary data types).
 */
export function findStringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '\0') throw new RefusedError('sql.character');
    else if (char === "'") {
      if (text[at + 1] !== "'") return at + 1;
      at += 1;
    }
  }
  throw new RefusedError('sql.unterminated');
}

/** Behind the `$$` string that begins here: nothing is special inside. */
export function findDollarStringEnd(text: string, start: number): number {
  const end = text.indexOf('$$', start + 2);
  if (end < 0) throw new RefusedError('sql.unterminated');
  if (text[end + 2] === '$') throw new RefusedError('sql.string');
  return end + 2;
}

/**
 * Behind the quoted name that begins here. Embedded quotes, backslashes and line breaks are legal, rare, and read
 * differently by others.
 */
export function findQuotedNameEnd(text: string, start: number): number {
  const end = text.indexOf('"', start + 1);
  if (end < 0) throw new RefusedError('sql.unterminated');
  const name = text.slice(start + 1, end);
  if (
    name === '' ||
    text[end + 1] === '"' ||
    name.includes('\\') ||
    name.includes('`') ||
    invisibleCharacters.test(name)
  )
    throw new RefusedError('sql.quoted_name');
  return end + 1;
}
