import { createHash } from 'node:crypto';
import type { Token } from './token.js';

/** The one text that is judged, hashed, recorded and run: the tokens as written, with one blank wherever blanks or comments stood. */
export function canonicalOf(tokens: readonly Token[]): string {
  return tokens.map((token, index) => (token.spaced && index > 0 ? ` ${token.text}` : token.text)).join('');
}

/** The same with `?` for every literal; the `X` of a binary one goes with it. */
export function redactedOf(tokens: readonly Token[]): string {
  const shown = tokens.flatMap((token, index) => {
    if (isPrefix(token, tokens[index + 1])) return [];
    const spaced = token.spaced || (isPrefix(tokens[index - 1], token) && tokens[index - 1]?.spaced === true);
    return token.kind === 'string' || token.kind === 'number' ? [{ ...token, spaced, text: '?' }] : [token];
  });
  return canonicalOf(shown);
}

export function digestOf(canonical: string): string {
  return createHash('sha256').update(canonical).digest('hex');
}

function isPrefix(token: Token | undefined, next: Token | undefined): boolean {
  return token?.upper === 'X' && next?.kind === 'string' && !next.spaced;
}
