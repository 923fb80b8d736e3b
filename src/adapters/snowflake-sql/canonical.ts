import { createHash } from 'node:crypto';
import type { Token } from './token.js';

/** The one text that is judged, hashed, recorded and run: the tokens as written, with one blank wherever blanks or comments stood. */
export function canonicalOf(tokens: readonly Token[]): string {
  return tokens.map((token, index) => (token.spaced && index > 0 ? ` ${token.text}` : token.text)).join('');
}

/** The same with `?` for every literal. */
export function redactedOf(tokens: readonly Token[]): string {
  return canonicalOf(tokens.filter((token, index) => !isPrefix(token, tokens[index + 1])).map((token) => (token.kind === 'string' || token.kind === 'number' ? { ...token, text: '?' } : token)));
}

export function digestOf(canonical: string): string {
  return createHash('sha256').update(canonical).digest('hex');
}

/** The `X` of a binary literal goes with it. */
function isPrefix(token: Token, next: Token | undefined): boolean {
  return token.upper === 'X' && next?.kind === 'string' && !next.spaced;
}
