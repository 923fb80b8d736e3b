import { resolve } from 'node:path';
import { AccessError } from '../../core/index.js';

export interface JournalOptions {
  /** Where the segments live; made if missing. One process at a time may own it. */
  readonly directory: string;
  /** A segment is closed and the next begun at this size. Default 16 MiB. */
  readonly segmentBytes?: number;
  /** All segments together. At this size nothing more is taken: nothing is ever deleted to make room. Default 8 GiB. */
  readonly maxBytes?: number;
  /** The last part of `maxBytes`, kept for the outcomes of what already runs: no new intent is taken into it. Default 1/64 of `maxBytes`. */
  readonly reserveBytes?: number;
  /** A group written and synced together ends with the event that reaches this size. Default 1 MiB. */
  readonly batchBytes?: number;
}

export type Settings = Required<JournalOptions>;

/** The options with their defaults. Throws CONFIG_INVALID. */
export function settingsOf(options: JournalOptions): Settings {
  const { directory, segmentBytes = 16 * 1024 ** 2, maxBytes = 8 * 1024 ** 3 } = options;
  if (typeof directory !== 'string' || directory === '') throw new AccessError('CONFIG_INVALID', 'journal: directory is not set');
  const settings = { directory: resolve(directory), segmentBytes, maxBytes, reserveBytes: options.reserveBytes ?? Math.floor(maxBytes / 64), batchBytes: options.batchBytes ?? 1024 ** 2 };
  for (const name of ['segmentBytes', 'maxBytes', 'reserveBytes', 'batchBytes'] as const) {
    if (!Number.isSafeInteger(settings[name]) || settings[name] < 1) throw new AccessError('CONFIG_INVALID', `journal: ${name} must be a positive whole number of bytes`);
  }
  if (settings.reserveBytes >= maxBytes) throw new AccessError('CONFIG_INVALID', 'journal: reserveBytes must be smaller than maxBytes');
  return settings;
}
