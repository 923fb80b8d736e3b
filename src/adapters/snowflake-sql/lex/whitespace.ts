import { RefusedError } from '../checks/refusal.js';

/** What ends a line for some readers and not for others. */
const oddLineEnd = /[\v\f\u0085\u2028\u2029]|\r(?!\n)/;

/**
 * The place of the next token: blanks and comments are left out, and comments that can be read in two ways are refused.
 */
export function skipWhitespace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const char = text[at];
    if (char === ' ' || char === '\t' || char === '\n') at += 1;
    else if (char === '\r' && text[at + 1] === '\n') at += 2;
    else if ((char === '-' || char === '/') && text[at + 1] === char) at = findLineEnd(text, at);
    else if (char === '/' && text[at + 1] === '*') at = findBlockEnd(text, at);
    else return at;
  }
}

function findLineEnd(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  const end = newline < 0 ? text.length : newline;
  const comment = text.slice(start, end).replace(/\r$/, newline < 0 ? '\r' : '');
  if (oddLineEnd.test(comment) || comment.includes('\0')) throw new RefusedError('sql.comment');
  return end;
}

/**
 * Block comments do not nest in Snowflake; elsewhere they do, so one that looks nested is refused, as are optimiser and
 * MySQL comments.
 */
function findBlockEnd(text: string, start: number): number {
  const end = text.indexOf('*/', start + 2);
  if (end < 0) throw new RefusedError('sql.unterminated');
  const comment = text.slice(start + 2, end);
  if (comment.includes('/*') || comment.endsWith('/') || /^[+!]/.test(comment) || comment.includes('\0'))
    throw new RefusedError('sql.comment');
  return end + 2;
}
