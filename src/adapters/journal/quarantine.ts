import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError } from '../../core/index.js';
import { addUnreported, setAside, type SetAsideRange } from './set-aside.js';
import { listSegments } from './batch-reader.js';
import type { LeaseTimes } from './lease.js';
import { readLines } from './file-lines.js';
import { acquireLease } from './lock.js';
import { formatSegmentName, syncDirectory } from './segment.js';
import { formatNotePath } from './writer-note.js';

export interface QuarantineOptions {
  readonly directory: string;
  /**
   * The first line that is not the writer's own, as the start that refused names it. Without it what is gone is
   * accepted, and nothing is cut off.
   */
  readonly from?: { readonly segment: number; readonly line: number };
  /** Only says what would be set aside. */
  readonly dry: boolean;
}

/**
 * Sets aside what stands in a journal from a line on: the rest of that segment and every later one, each beside where
 * it stood, with the name's end `.quarantined`. The writer's note
 * goes aside too, since it may speak of what is not there. The next start tells the record of each with `audit.gap`.
 * Throws CONFIG_INVALID where the directory is in use or has no such line.
 */
export async function quarantineSegments(
  { directory, from, dry }: QuarantineOptions,
  times?: LeaseTimes,
): Promise<readonly SetAsideRange[]> {
  const lease = await acquireLease(directory, undefined, times);
  try {
    const found =
      from === undefined
        ? [await createLostRange(directory)]
        : await findForeignRanges(directory, from.segment, from.line);
    if (dry) return found;
    for (const each of found.toReversed()) await setAsideOne(directory, each);
    await rename(formatNotePath(directory), `${formatNotePath(directory)}.quarantined`).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      },
    );
    await syncDirectory(directory);
    return found;
  } finally {
    await lease.release();
  }
}

/** Later segments first: what was not reached when it is interrupted is found again. */
async function setAsideOne(directory: string, torn: SetAsideRange): Promise<void> {
  if (torn.cause === 'lost') return addUnreported(directory, torn);
  if (torn.offset > 0) return setAside(directory, torn);
  await addUnreported(directory, torn);
  const path = join(directory, formatSegmentName(torn.segment));
  await rename(path, `${path}.quarantined`);
}

async function findForeignRanges(directory: string, segment: number, line: number): Promise<readonly SetAsideRange[]> {
  const path = join(directory, formatSegmentName(segment));
  const later = (await listSegments(directory)).filter((each) => each >= segment);
  const offset = later[0] === segment ? await findLineOffset(path, line) : undefined;
  if (offset === undefined)
    throw new AccessError('CONFIG_INVALID', `${formatSegmentName(segment)} has no line ${line}`);
  return Promise.all(
    later.map(async (number): Promise<SetAsideRange> => {
      const start = number === segment ? offset : 0;
      const { size } = await stat(join(directory, formatSegmentName(number)));
      return { segment: number, offset: start, bytes: size - start, cause: 'quarantined' };
    }),
  );
}

async function findLineOffset(path: string, wanted: number): Promise<number | undefined> {
  let number = 0;
  for await (const { offset } of readLines(path)) {
    number += 1;
    if (number === wanted) return offset;
  }
  return undefined;
}

async function createLostRange(directory: string): Promise<SetAsideRange> {
  return { segment: (await listSegments(directory)).at(-1) ?? 0, offset: 0, bytes: 0, cause: 'lost' };
}
