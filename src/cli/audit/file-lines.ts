import { createReadStream } from 'node:fs';
import { createReadError } from './input-files.js';

/**
 * Longest line taken, bytes. An event has a few kB; what plugins add to it has no bound of its own, and the journal
 * takes it whole.
 */
const maxLineBytes = 16 * 1024 * 1024;
const newline = 0x0a;

/** One line of a file, without its newline. */
export interface NumberedLine {
  /** Undefined for one that is too long or is not UTF-8. */
  readonly text: string | undefined;
  /** From 1. */
  readonly number: number;
  /** False for a last line that no newline ends. */
  readonly complete: boolean;
  /** Offset behind it. */
  readonly end: number;
}

/**
 * The lines of a file, as they are asked for; a line of any length costs bounded memory. Throws UsageError where it
 * cannot be read.
 */
export async function* readFileLines(path: string, from = 0): AsyncGenerator<NumberedLine> {
  let pieces: Buffer[] = [];
  let [size, number, end] = [0, 0, from];
  try {
    for await (const chunk of createReadStream(path, {
      start: from,
      highWaterMark: 256 * 1024,
    }) as AsyncIterable<Buffer>) {
      let rest = chunk;
      for (let at = rest.indexOf(newline); at >= 0; at = rest.indexOf(newline)) {
        [number, end] = [number + 1, end + size + at + 1];
        yield {
          text: size + at > maxLineBytes ? undefined : decodeUtf8([...pieces, rest.subarray(0, at)]),
          number,
          complete: true,
          end,
        };
        [pieces, size, rest] = [[], 0, rest.subarray(at + 1)];
      }
      size += rest.length;
      if (size > maxLineBytes) pieces = [];
      else if (rest.length > 0) pieces.push(rest);
    }
  } catch (error) {
    throw createReadError(path, error);
  }
  if (size > 0)
    yield {
      text: size > maxLineBytes ? undefined : decodeUtf8(pieces),
      number: number + 1,
      complete: false,
      end: end + size,
    };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(pieces: readonly Buffer[]): string | undefined {
  try {
    return utf8.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
  } catch {
    return undefined;
  }
}
