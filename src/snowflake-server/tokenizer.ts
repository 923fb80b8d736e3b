import { unescapeText } from './dialect.js';
import { serverErrors } from './server-error.js';

/** A word (upper case), a name as it is stored, a text, or a sign. */
export interface CommandToken {
  readonly kind: 'word' | 'name' | 'text' | 'sign';
  readonly value: string;
}

const tokenPattern =
  /\s+|--[^\n]*|\/\*[^]*?\*\/|\$\$([^]*?)\$\$|'((?:[^'\\]|''|\\[^])*)'|"((?:[^"]|"")*)"|([A-Za-z_][\w$]*|\d[\w.]*)|([^])/gy;

/** The pieces of a management statement, without blanks and comments: as much of Snowflake's lexing as these need. */
export function tokenize(sql: string): readonly CommandToken[] {
  const pieces: CommandToken[] = [];
  for (const [all, block, text, quoted, word, sign] of sql.matchAll(tokenPattern)) {
    if (block !== undefined) pieces.push({ kind: 'text', value: block });
    else if (text !== undefined && all.startsWith("'")) pieces.push({ kind: 'text', value: unescapeText(text) });
    else if (quoted !== undefined && all.startsWith('"'))
      pieces.push({ kind: 'name', value: quoted.replaceAll('""', '"') });
    else if (word !== undefined) pieces.push({ kind: 'word', value: word.toUpperCase() });
    else if (sign !== undefined) pieces.push({ kind: 'sign', value: sign });
  }
  while (pieces.at(-1)?.value === ';') pieces.pop();
  return pieces;
}

/** Reads pieces one after the other. */
export class TokenReader {
  readonly #tokens: readonly CommandToken[];
  #at = 0;

  constructor(pieces: readonly CommandToken[]) {
    this.#tokens = pieces;
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Takes these words where they come next. */
  accept(...words: readonly string[]): boolean {
    const there = words.every((word, index) => {
      const piece = this.#tokens[this.#at + index];
      return piece !== undefined && piece.kind !== 'text' && piece.kind !== 'name' && piece.value === word;
    });
    if (there) this.#at += words.length;
    return there;
  }

  /** A name of one to three parts; undefined where none comes. */
  readName(): readonly string[] | undefined {
    const parts: string[] = [];
    for (;;) {
      const piece = this.#tokens[this.#at];
      if (piece?.kind !== 'word' && piece?.kind !== 'name') return parts.length === 0 ? undefined : parts;
      parts.push(piece.value);
      this.#at += 1;
      if (!this.accept('.')) return parts;
    }
  }

  /** A text, a word or a number. */
  readValue(): string | undefined {
    const piece = this.#tokens[this.#at];
    if (piece === undefined || piece.kind === 'sign') return undefined;
    this.#at += 1;
    return piece.value;
  }

  /** A name of one part. Throws Failure. */
  requireSingleName(): string {
    const [name, ...more] = this.readName() ?? [];
    if (name === undefined || more.length > 0) throw serverErrors.syntax('a name is expected');
    return name;
  }

  /** A name of any number of parts, with dots between. Throws Failure. */
  requireDottedName(): string {
    const parts = this.readName();
    if (parts === undefined) throw serverErrors.syntax('a name is expected');
    return parts.join('.');
  }

  /** `( a, b )`, as texts; undefined where no parenthesis comes. */
  readList(): readonly string[] | undefined {
    if (!this.accept('(')) return undefined;
    const items: string[] = [];
    while (!this.accept(')')) {
      const item = this.readValue();
      if (item === undefined) throw serverErrors.syntax(') is expected');
      items.push(item);
      this.accept(',');
    }
    return items;
  }

  /** What follows of `NAME = value …`, lists among them. */
  readProperties(): Map<string, string | readonly string[]> {
    const found = new Map<string, string | readonly string[]>();
    for (;;) {
      const at = this.#at;
      const name = this.readValue();
      if (name === undefined || !this.accept('=')) {
        this.#at = at;
        return found;
      }
      found.set(name.toUpperCase(), this.readList() ?? this.readValue() ?? '');
      this.accept(',');
    }
  }
}
