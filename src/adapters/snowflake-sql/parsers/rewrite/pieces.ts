const piecePattern = /\s+|'(?:[^'\\]|\\[^]|'')*'|\$\$[^]*?\$\$|"(?:[^"]|"")*"|[A-Za-z_][\w$]*|\d[\w.]*|::|->>?|=>|[^]/g;

/** The text cut into words, literals, signs and the blanks between them; joined again it is the text. */
export function splitPieces(text: string): string[] {
  return text.match(piecePattern) ?? [];
}

const isBlank = (piece: string | undefined): boolean => piece === '' || (piece !== undefined && /^\s/.test(piece));

/** The place of the next piece that is not blank; past the end when there is none. */
export function findNext(pieces: readonly string[], at: number): number {
  let next = at + 1;
  while (isBlank(pieces[next])) next++;
  return next;
}

/** The place of the piece before that is not blank; -1 when there is none. */
export function findPrevious(pieces: readonly string[], at: number): number {
  let previous = at - 1;
  while (isBlank(pieces[previous])) previous--;
  return previous;
}

/** True for an unquoted word. */
export function isWord(piece: string | undefined): boolean {
  return piece !== undefined && /^[A-Za-z_]/.test(piece);
}

/** True for the unquoted word that `word`, which is upper case, spells. */
export function isKeyword(piece: string | undefined, ...words: readonly string[]): boolean {
  return piece !== undefined && isWord(piece) && words.includes(piece.toUpperCase());
}

/** The place of the bracket that closes the one at `open`; -1 when there is none. */
export function findClosing(pieces: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < pieces.length; at++) {
    if (pieces[at] === '(') depth++;
    else if (pieces[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

/** The place of the bracket that opens the one at `close`; -1 when there is none. */
export function findOpening(pieces: readonly string[], close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (pieces[at] === ')') depth++;
    else if (pieces[at] === '(' && --depth === 0) return at;
  }
  return -1;
}

/**
 * True when a piece can stand in a list of types or symbols: a word that begins no clause, a number, a comma, a
 * bracket, a blank.
 */
export function isHarmless(piece: string): boolean {
  if (isWord(piece)) return !isKeyword(piece, 'SELECT', 'FROM', 'JOIN', 'WITH', 'TABLE', 'VALUES', 'INTO', 'USING');
  return /^[\s\d,()]/.test(piece);
}
