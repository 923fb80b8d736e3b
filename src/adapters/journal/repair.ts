import type { RecordFormat } from '../../core/index.js';
import type { Torn } from './aside.js';
import { removeEmpty } from './empty.js';
import { Ledger } from './ledger.js';
import type { LeaseTimes } from './lease.js';
import { lock } from './lock.js';
import { replay } from './replay.js';

export interface Repairing {
  readonly directory: string;
  readonly format: RecordFormat;
  /** Only says what would be set aside. */
  readonly dry: boolean;
}

/**
 * Does to a journal that nobody has open what its next start would do: sets aside what a crash or a power cut left unfinished. That start tells the record of it. Throws
 * CONFIG_INVALID where the directory is in use, or what was acknowledged is damaged.
 */
export async function repairJournal({ directory, format, dry }: Repairing, times?: LeaseTimes): Promise<readonly Torn[]> {
  const lease = await lock(directory, undefined, times);
  try {
    if (!dry) await removeEmpty(directory);
    const { torn } = await replay({ directory, format, batchBytes: 0, dry }, new Ledger());
    return torn;
  } finally {
    await lease.release();
  }
}
