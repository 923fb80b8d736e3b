import { createReadStream } from 'node:fs';

const newline = 0x0a;

/** One line of a file, without its newline. `end` is the offset behind the newline. */
export interface Line {
  readonly text: string;
  readonly offset: number;
  readonly end: number;
  /** False for a last line that the newline is missing from. */
  readonly complete: boolean;
}

/** The lines of a part of a file, read as a stream. */
export async function* linesOf(path: string, from = 0, to = Number.POSITIVE_INFINITY): AsyncGenerator<Line> {
  for await (const group of lineGroups(path, from, to)) yield* group;
}

/** The same, as many at once as one read brought: a wait for each line costs more than the line. */
export async function* lineGroups(path: string, from: number, to: number): AsyncGenerator<readonly Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  for await (const chunk of createReadStream(path, { start: from, ...(Number.isFinite(to) ? { end: to - 1 } : {}), highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Line[] = [];
    let start = 0;
    for (let at = bytes.indexOf(newline, start); at >= 0; at = bytes.indexOf(newline, start)) {
      lines.push({ text: bytes.toString('utf8', start, at), offset, end: offset + at + 1 - start, complete: true });
      offset += at + 1 - start;
      start = at + 1;
    }
    rest = bytes.subarray(start);
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [{ text: rest.toString('utf8'), offset, end: offset + rest.length, complete: false }];
}
