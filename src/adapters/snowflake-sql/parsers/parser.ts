import type { Reading } from './reading.js';

/** One SQL parser: `read` gives everything the text does, or throws `Unparsed` (not fully understood) or `Trapped`. */
export interface Parser {
  readonly name: string;
  read(canonical: string): Reading;
}

/** The text, or one construct of it, is outside what this parser or our walk over its tree understands. Names no literal. */
export class Unparsed extends Error {
  override readonly name = 'Unparsed';
}

/** The parser's WebAssembly instance is in an unknown state: its thread must go. */
export class Trapped extends Error {
  override readonly name = 'Trapped';
}

/** Reads the text as it is, or, where it is not understood so, as it is rewritten; what stopped the first reading is what is said. */
export function readEither(text: string, rewrite: (text: string) => string, read: (text: string) => Reading): Reading {
  try {
    return read(text);
  } catch (error) {
    const rewritten = error instanceof Unparsed ? rewrite(text) : text;
    if (rewritten === text) throw error;
    try {
      return read(rewritten);
    } catch (again) {
      throw again instanceof Unparsed ? error : again;
    }
  }
}

const place = /line:? (\d+), column:? (\d+)/i;

/** Where a parser stopped, taken from its message without any of the statement's text that the message quotes. */
export function stoppedAt(message: string): string {
  const found = place.exec(message);
  return found === null ? 'syntax not understood' : `syntax not understood at line ${found[1]}, column ${found[2]}`;
}
