import type { Readable } from 'node:stream';

/** Longest line taken, bytes: what a statement may hold, escaped in the widest way, with room for the rest. */
const maxLineBytes = 1024 * 1024;
const newline = 0x0a;

/** One line of the input, without its end; undefined for one that is too long or is not UTF-8. */
export type InputLine = string | undefined;

/**
 * The lines of a stream, as they are asked for: nothing is read ahead, and a line of any length costs bounded memory.
 */
export async function* readLines(input: Readable): AsyncGenerator<InputLine> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    let rest = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      yield size + end > maxLineBytes ? undefined : decodeUtf8([...pieces, rest.subarray(0, end)]);
      [pieces, size, rest] = [[], 0, rest.subarray(end + 1)];
    }
    size += rest.length;
    if (size > maxLineBytes) pieces = [];
    else if (rest.length > 0) pieces.push(rest);
  }
  if (size > 0) yield size > maxLineBytes ? undefined : decodeUtf8(pieces);
}

function decodeUtf8(pieces: readonly Buffer[]): InputLine {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    return undefined;
  }
}
