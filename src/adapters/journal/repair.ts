import type { RecordFormat } from '../../core/index.js';
import type { SetAsideRange } from './set-aside.js';
import { removeEmptySegments } from './remove-empty-segments.js';
import { EventIndex } from './event-index.js';
import type { LeaseTimes } from './lease.js';
import { acquireLease } from './lock.js';
import { replaySegments } from './replay.js';

export interface RepairOptions {
  readonly directory: string;
  readonly format: RecordFormat;
  /** Only says what would be set aside. */
  readonly dry: boolean;
}

/**
 * Does to a journal that nobody has open what its next start would do: sets aside what a crash or a power cut left
 * unfinished. That start tells the record of it. Throws
 * CONFIG_INVALID where the directory is in use, or what was acknowledged is damaged.
 */
export async function repairJournal(
  { directory, format, dry }: RepairOptions,
  times?: LeaseTimes,
): Promise<readonly SetAsideRange[]> {
  const lease = await acquireLease(directory, undefined, times);
  try {
    if (!dry) await removeEmptySegments(directory);
    const { setAside: torn } = await replaySegments({ directory, format, batchBytes: 0, dry }, new EventIndex());
    return torn;
  } finally {
    await lease.release();
  }
}
