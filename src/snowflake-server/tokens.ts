import { unescaped } from './dialect.js';
import { failures } from './failure.js';

/** A word (upper case), a name as it is stored, a text, or a sign. */
export interface Piece {
  readonly kind: 'word' | 'name' | 'text' | 'sign';
  readonly value: string;
}

const pattern = /\s+|--[^\n]*|\/\*[^]*?\*\/|\$\$([^]*?)\$\$|'((?:[^'\\]|''|\\[^])*)'|"((?:[^"]|"")*)"|([A-Za-z_][\w$]*|\d[\w.]*)|([^])/gy;

/** The pieces of a management statement, without blanks and comments: as much of Snowflake's lexing as these need. */
export function piecesOf(sql: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [all, block, text, quoted, word, sign] of sql.matchAll(pattern)) {
    if (block !== undefined) pieces.push({ kind: 'text', value: block });
    else if (text !== undefined && all.startsWith("'")) pieces.push({ kind: 'text', value: unescaped(text) });
    else if (quoted !== undefined && all.startsWith('"')) pieces.push({ kind: 'name', value: quoted.replaceAll('""', '"') });
    else if (word !== undefined) pieces.push({ kind: 'word', value: word.toUpperCase() });
    else if (sign !== undefined) pieces.push({ kind: 'sign', value: sign });
  }
  while (pieces.at(-1)?.value === ';') pieces.pop();
  return pieces;
}

/** Reads pieces one after the other. */
export class Reader {
  readonly #pieces: readonly Piece[];
  #at = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  get ended(): boolean {
    return this.#at >= this.#pieces.length;
  }

  /** Takes these words where they come next. */
  take(...words: readonly string[]): boolean {
    const there = words.every((word, index) => {
      const piece = this.#pieces[this.#at + index];
      return piece !== undefined && piece.kind !== 'text' && piece.kind !== 'name' && piece.value === word;
    });
    if (there) this.#at += words.length;
    return there;
  }

  /** A name of one to three parts; undefined where none comes. */
  name(): readonly string[] | undefined {
    const parts: string[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at];
      if (piece?.kind !== 'word' && piece?.kind !== 'name') return parts.length === 0 ? undefined : parts;
      parts.push(piece.value);
      this.#at += 1;
      if (!this.take('.')) return parts;
    }
  }

  /** A text, a word or a number. */
  value(): string | undefined {
    const piece = this.#pieces[this.#at];
    if (piece === undefined || piece.kind === 'sign') return undefined;
    this.#at += 1;
    return piece.value;
  }

  /** A name of one part. Throws Failure. */
  one(): string {
    const [name, ...more] = this.name() ?? [];
    if (name === undefined || more.length > 0) throw failures.syntax('a name is expected');
    return name;
  }

  /** A name of any number of parts, with dots between. Throws Failure. */
  dotted(): string {
    const parts = this.name();
    if (parts === undefined) throw failures.syntax('a name is expected');
    return parts.join('.');
  }

  /** `( a, b )`, as texts; undefined where no parenthesis comes. */
  list(): readonly string[] | undefined {
    if (!this.take('(')) return undefined;
    const items: string[] = [];
    while (!this.take(')')) {
      const item = this.value();
      if (item === undefined) throw failures.syntax(') is expected');
      items.push(item);
      this.take(',');
    }
    return items;
  }

  /** What follows of `NAME = value …`, lists among them. */
  properties(): Map<string, string | readonly string[]> {
    const found = new Map<string, string | readonly string[]>();
    for (;;) {
      const at = this.#at;
      const name = this.value();
      if (name === undefined || !this.take('=')) {
        this.#at = at;
        return found;
      }
      found.set(name.toUpperCase(), this.list() ?? this.value() ?? '');
      this.take(',');
    }
  }
}
