import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Parcel, RecordFormat } from '../../core/index.js';
import type { Position } from './cursor.js';
import { linesOf } from './lines.js';
import { segmentName, segmentNumber } from './segment.js';
import type { Durable } from './segments.js';

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

/** Reads on from a position, at most to the end of what is durable. Undefined where there is nothing more. */
export async function nextBatch(directory: string, format: RecordFormat, from: Position, durable: Durable): Promise<Batch | undefined> {
  const present = (await segmentsIn(directory)).filter((number) => number >= from.segment && number <= durable.segment);
  const parcels: Parcel[] = [];
  let [after, bytes] = [from, 0];
  for (const segment of present) {
    const start = segment === from.segment ? from.offset : 0;
    const limit = segment === durable.segment ? durable.offset : undefined;
    if (limit !== undefined && start >= limit) break;
    after = { ...after, segment, offset: start };
    for await (const line of linesOf(join(directory, segmentName(segment)), start, limit)) {
      if (!line.complete) break;
      const parcel = format.parcel(line.text);
      parcels.push(parcel);
      bytes += line.end - line.offset;
      after = { segment, offset: line.end, sealed: parcel.kind === 'checkpoint' ? segment : after.sealed };
      if (parcels.length >= mostParcels || bytes >= mostBytes) return { parcels, after, full: true };
    }
  }
  return after.segment === from.segment && after.offset === from.offset ? undefined : { parcels, after, full: false };
}
