import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError } from '../../core/index.js';
import { addUntold, setAside, type Torn } from './aside.js';
import { segmentsIn } from './batch.js';
import type { LeaseTimes } from './lease.js';
import { linesOf } from './lines.js';
import { lock } from './lock.js';
import { segmentName, syncDirectory } from './segment.js';
import { notePath } from './writer-note.js';

export interface Quarantining {
  readonly directory: string;
  /** The first line that is not the writer's own, as the start that refused names it. Without it what is gone is accepted, and nothing is cut off. */
  readonly from?: { readonly segment: number; readonly line: number };
  /** Only says what would be set aside. */
  readonly dry: boolean;
}

/**
 * Sets aside what stands in a journal from a line on: the rest of that segment and every later one, each beside where it stood, with the name's end `.quarantined`. The writer's note
 * goes aside too, since it may speak of what is not there. The next start tells the record of each with `audit.gap`. Throws CONFIG_INVALID where the directory is in use or has no such line.
 */
export async function quarantine({ directory, from, dry }: Quarantining, times?: LeaseTimes): Promise<readonly Torn[]> {
  const lease = await lock(directory, undefined, times);
  try {
    const found = from === undefined ? [await lost(directory)] : await foreign(directory, from.segment, from.line);
    if (dry) return found;
    for (const each of found.toReversed()) await put(directory, each);
    await rename(notePath(directory), `${notePath(directory)}.quarantined`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await syncDirectory(directory);
    return found;
  } finally {
    await lease.release();
  }
}

/** Later segments first: what was not reached when it is interrupted is found again. */
async function put(directory: string, torn: Torn): Promise<void> {
  if (torn.cause === 'lost') return addUntold(directory, torn);
  if (torn.offset > 0) return setAside(directory, torn);
  await addUntold(directory, torn);
  const path = join(directory, segmentName(torn.segment));
  await rename(path, `${path}.quarantined`);
}

async function foreign(directory: string, segment: number, line: number): Promise<readonly Torn[]> {
  const path = join(directory, segmentName(segment));
  const later = (await segmentsIn(directory)).filter((each) => each >= segment);
  const offset = later[0] === segment ? await offsetOf(path, line) : undefined;
  if (offset === undefined) throw new AccessError('CONFIG_INVALID', `${segmentName(segment)} has no line ${line}`);
  return Promise.all(later.map(async (number): Promise<Torn> => {
    const start = number === segment ? offset : 0;
    const { size } = await stat(join(directory, segmentName(number)));
    return { segment: number, offset: start, bytes: size - start, cause: 'quarantined' };
  }));
}

async function offsetOf(path: string, wanted: number): Promise<number | undefined> {
  let number = 0;
  for await (const { offset } of linesOf(path)) {
    number += 1;
    if (number === wanted) return offset;
  }
  return undefined;
}

async function lost(directory: string): Promise<Torn> {
  return { segment: (await segmentsIn(directory)).at(-1) ?? 0, offset: 0, bytes: 0, cause: 'lost' };
}
