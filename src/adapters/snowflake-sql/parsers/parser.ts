import type { ParserReading } from './reading.js';

/** One SQL parser: `read` gives everything the text does, or throws `UnparsedError` (not fully understood) or `ParserTrapError`. */
export interface Parser {
  readonly name: string;
  read(canonical: string): ParserReading;
}

/**
 * The text, or one construct of it, is outside what this parser or our walk over its tree understands. Names no
 * literal.
 */
export class UnparsedError extends Error {
  override readonly name = 'UnparsedError';
}

/** The parser's WebAssembly instance is in an unknown state: its thread must go. */
export class ParserTrapError extends Error {
  override readonly name = 'ParserTrapError';
}

/**
 * Reads the text as it is, or, where it is not understood so, as it is rewritten; what stopped the first reading is
 * what is said.
 */
export function readEither(
  text: string,
  rewrite: (text: string) => string,
  read: (text: string) => ParserReading,
): ParserReading {
  try {
    return read(text);
  } catch (error) {
    const rewritten = error instanceof UnparsedError ? rewrite(text) : text;
    if (rewritten === text) throw error;
    try {
      return read(rewritten);
    } catch (again) {
      throw again instanceof UnparsedError ? error : again;
    }
  }
}

const positionPattern = /line:? (\d+), column:? (\d+)/i;

/** Where a parser stopped, taken from its message without any of the statement's text that the message quotes. */
export function describePosition(message: string): string {
  const found = positionPattern.exec(message);
  return found === null ? 'syntax not understood' : `syntax not understood at line ${found[1]}, column ${found[2]}`;
}
