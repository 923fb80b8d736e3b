import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

const newline = 0x0a;

/** One line of a file, without its newline. `end` is the offset behind the newline. */
export interface FileLine {
  /** Undefined for what is not UTF-8: a reader that fixes it would see another line than one that does not. */
  readonly text: string | undefined;
  readonly offset: number;
  readonly end: number;
  /** False for a last line that the newline is missing from. */
  readonly complete: boolean;
}

/** The lines of a part of a file, read as a stream. */
export async function* readLines(path: string, from = 0, to = Number.POSITIVE_INFINITY): AsyncGenerator<FileLine> {
  for await (const group of readLineGroups(path, from, to)) yield* group;
}

/** The same, as many at once as one read brought: a wait for each line costs more than the line. */
export async function* readLineGroups(path: string, from: number, to: number): AsyncGenerator<readonly FileLine[]> {
  /** The beginning of a line whose end no read has brought yet. */
  let begun: Buffer[] = [];
  let offset = from;
  for await (const chunk of createReadStream(path, {
    start: from,
    ...(Number.isFinite(to) ? { end: to - 1 } : {}),
    highWaterMark: 1 << 20,
  }) as AsyncIterable<Buffer>) {
    const lines: FileLine[] = [];
    let start = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
      const whole = begun.length === 0 ? undefined : Buffer.concat([...begun, chunk.subarray(0, at)]);
      const bytes = whole?.length ?? at - start;
      lines.push({
        text: decodeUtf8(whole ?? chunk.subarray(start, at)),
        offset,
        end: offset + bytes + 1,
        complete: true,
      });
      offset += bytes + 1;
      start = at + 1;
      begun = [];
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) {
    const rest = Buffer.concat(begun);
    yield [{ text: decodeUtf8(rest), offset, end: offset + rest.length, complete: false }];
  }
}

/** The text of UTF-8; undefined for anything else. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  const text = bytes.toString();
  return text.includes('\ufffd') && !isUtf8(bytes) ? undefined : text;
}
