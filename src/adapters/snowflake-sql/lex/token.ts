/** What a piece of the text is. `variable` is `$name` or `$1`; `stage` a path that begins with `@`. */
export type SqlTokenKind = 'word' | 'quoted' | 'string' | 'number' | 'variable' | 'stage' | 'sign';

/** One piece of the text, comments and blanks left out. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  /** As written. */
  readonly text: string;
  /** A word in ASCII upper case; any other token as written. */
  readonly upper: string;
  /** Whether a blank or comment stood before it. */
  readonly spaced: boolean;
}

/** True for an unquoted word that is one of these. */
export function isWord(token: SqlToken | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && (words.length === 0 || words.includes(token.upper));
}

export function isSign(token: SqlToken | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.text === sign;
}

/** True for what can be a part of a name. */
export function isIdentifier(token: SqlToken | undefined): token is SqlToken {
  return token?.kind === 'word' || token?.kind === 'quoted';
}

/** The place of the bracket that closes the one at `open`, or the end. */
export function findClosing(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (isSign(tokens[at], '(')) depth += 1;
    else if (isSign(tokens[at], ')') && (depth -= 1) === 0) return at;
  }
  return tokens.length;
}

/** The place of the bracket that opens the one at `close`; -1 when there is none. */
export function findOpening(tokens: readonly SqlToken[], close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at -= 1) {
    if (isSign(tokens[at], ')')) depth += 1;
    else if (isSign(tokens[at], '(') && (depth -= 1) === 0) return at;
  }
  return -1;
}
