import { openJournal, readJournalOptions, type OpenJournalOptions as OpenOptions } from './index.js';
import { localKeys, ocsf } from '../ocsf/index.js';
import type { AuditLog, RecordFormat } from '../../core/index.js';

export type { Anchor } from './index.js';
export type { RecordCheckpoint } from '../../core/index.js';

export interface JournalOptions extends Omit<OpenOptions, 'format'> {
  /** How an event becomes a line. Default OCSF 1.9.0, sealed with keys made in the directory. */
  readonly format?: RecordFormat;
}

/**
 * The record as chained and sealed OCSF lines in a directory, copied from there to any number of receivers. An append
 * is durable (synced to the disk) when it
 * resolves, in the order of the calls; one that is rejected with AUDIT_UNAVAILABLE has left no trace, unless a crash
 * came first.
 * Throws CONFIG_INVALID for a directory that is in use or whose files were damaged.
 */
export async function journal(given: JournalOptions): Promise<AuditLog> {
  const options = readJournalOptions(given);
  return openJournal({
    ...options,
    format: options.format ?? (async () => ocsf(await localKeys({ directory: options.directory }))),
  });
}
