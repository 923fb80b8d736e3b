import { hash } from 'node:crypto';
import { listPlaceholders } from './placeholders.js';
import type { SqlToken } from './token.js';

/**
 * The one text that is judged, hashed, recorded and run: the tokens as written, with one blank wherever blanks or
 * comments stood.
 */
export function formatCanonical(tokens: readonly SqlToken[]): string {
  let text = '';
  for (const token of tokens) text += token.spaced && text !== '' ? ` ${token.text}` : token.text;
  return text;
}

/**
 * The same with `?` for every literal; the `X` of a binary one goes with it. The number of a bind, as in `:1`, is none.
 */
export function formatRedacted(tokens: readonly SqlToken[]): string {
  let text = '';
  const numbers = new Set(
    listPlaceholders(tokens)
      .filter((each) => /^:[1-9]\d{0,4}$/.test(each.text))
      .map((each) => each.at + 1),
  );
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as SqlToken;
    const prefixed = isBinaryPrefix(token, tokens[at + 1]);
    const shown =
      prefixed || token.kind === 'string' || (token.kind === 'number' && !numbers.has(at)) ? '?' : token.text;
    text += token.spaced && text !== '' ? ` ${shown}` : shown;
    if (prefixed) at += 1;
  }
  return text;
}

export function hashCanonical(canonical: string): string {
  return hash('sha256', canonical, 'hex');
}

function isBinaryPrefix(token: SqlToken | undefined, next: SqlToken | undefined): boolean {
  return token?.upper === 'X' && next?.kind === 'string' && !next.spaced;
}
