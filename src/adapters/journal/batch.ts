import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError, type Parcel, type RecordFormat } from '../../core/index.js';
import type { Position } from './cursor.js';
import { lineGroups, type Line } from './lines.js';
import { segmentName, segmentNumber } from './segment.js';
import type { Durable } from './durable-mark.js';

/** What a receiver gets next, and where it stands then. */
export interface Batch {
  readonly parcels: readonly Parcel[];
  readonly after: Position;
  /** As large as a batch may be: more has no place in it. */
  readonly full: boolean;
}

const mostParcels = 500;
const mostBytes = 512 * 1024;

/** The numbers of the segments in a directory, rising. */
export async function segmentsIn(directory: string): Promise<readonly number[]> {
  return (await readdir(directory)).map(segmentNumber).filter((number) => number !== undefined).toSorted((a, b) => a - b);
}

/** Whole lines of one segment; those before `at` are used up. */
interface Group {
  readonly segment: number;
  readonly lines: readonly Line[];
  at: number;
}

/** Reads a journal on from a position, batch by batch. What was read beyond one is kept for the next. One call at a time. */
export class BatchReader {
  readonly #directory: string;
  readonly #format: RecordFormat;
  #groups: AsyncGenerator<readonly Line[]> | undefined;
  #group: Group | undefined;

  constructor(directory: string, format: RecordFormat) {
    this.#directory = directory;
    this.#format = format;
  }

  /** At most to the end of what is durable. Undefined where there is nothing more. */
  async next(from: Position, durable: Durable): Promise<Batch | undefined> {
    const parcels: Parcel[] = [];
    let [after, bytes] = [from, 0];
    for (let group = await this.#groupAt(after, durable); group !== undefined; group = await this.#groupAt(after, durable)) {
      const { segment, lines } = group;
      while (group.at < lines.length) {
        const { text, offset, end } = lines[group.at] as Line;
        if (text === undefined) throw new AccessError('INTERNAL', 'the journal was damaged: a line is not UTF-8');
        const parcel = this.#format.parcel(text);
        group.at += 1;
        parcels.push(parcel);
        bytes += end - offset;
        after = { segment, offset: end, sealed: parcel.kind === 'checkpoint' ? segment : after.sealed };
        if (parcels.length >= mostParcels || bytes >= mostBytes) return { parcels, after, full: true };
      }
    }
    return parcels.length === 0 ? undefined : { parcels, after, full: false };
  }

  async close(): Promise<void> {
    const groups = this.#groups;
    this.#groups = this.#group = undefined;
    await groups?.return(undefined);
  }

  /** What begins at a position, which is in the group at hand, behind it, or anywhere else; at the end of a segment the next one. */
  async #groupAt(position: Position, durable: Durable): Promise<Group | undefined> {
    const { segment, offset } = position;
    const known = this.#group;
    if (known?.segment === segment) {
      if (known.lines[known.at]?.offset === offset) return known;
      if (known.at === known.lines.length && known.lines.at(-1)?.end === offset) {
        const more = await this.#more(segment);
        if (more !== undefined) return more;
      }
    }
    await this.close();
    for (const number of await segmentsIn(this.#directory)) {
      if (number < segment || number > durable.segment) continue;
      const start = number === segment ? offset : 0;
      const end = number === durable.segment ? durable.offset : Number.POSITIVE_INFINITY;
      if (start >= end) return undefined;
      this.#groups = lineGroups(join(this.#directory, segmentName(number)), start, end);
      const first = await this.#more(number);
      if (first !== undefined) return first;
      await this.close();
    }
    return undefined;
  }

  /** A last line that is not whole was never durable: a crash left it. */
  async #more(segment: number): Promise<Group | undefined> {
    const read = await this.#groups?.next();
    if (read === undefined || read.done === true || read.value[0]?.complete !== true) return undefined;
    this.#group = { segment, lines: read.value, at: 0 };
    return this.#group;
  }
}
