import { hash } from 'node:crypto';
import { placeholdersOf } from './placeholders.js';
import type { Token } from './token.js';

/** The one text that is judged, hashed, recorded and run: the tokens as written, with one blank wherever blanks or comments stood. */
export function canonicalOf(tokens: readonly Token[]): string {
  let text = '';
  for (const token of tokens) text += token.spaced && text !== '' ? ` ${token.text}` : token.text;
  return text;
}

/** The same with `?` for every literal; the `X` of a binary one goes with it. The number of a bind, as in `:1`, is none. */
export function redactedOf(tokens: readonly Token[]): string {
  let text = '';
  const numbers = new Set(placeholdersOf(tokens).filter((each) => /^:[1-9]\d{0,4}$/.test(each.text)).map((each) => each.at + 1));
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    const prefixed = isPrefix(token, tokens[at + 1]);
    const shown = prefixed || token.kind === 'string' || (token.kind === 'number' && !numbers.has(at)) ? '?' : token.text;
    text += token.spaced && text !== '' ? ` ${shown}` : shown;
    if (prefixed) at += 1;
  }
  return text;
}

export function digestOf(canonical: string): string {
  return hash('sha256', canonical, 'hex');
}

function isPrefix(token: Token | undefined, next: Token | undefined): boolean {
  return token?.upper === 'X' && next?.kind === 'string' && !next.spaced;
}
