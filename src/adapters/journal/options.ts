import { resolve } from 'node:path';
import {
  AccessError,
  readOptions,
  type AuditSink,
  type OptionNames,
  type RecordCheckpoint,
  type RecordFormat,
} from '../../core/index.js';

/**
 * Brings a checkpoint to where the gateway cannot change it. Resolves when it is there for good; where it rejects, or
 * `signal` aborts before, the same one comes again.
 */
export type Anchor = (checkpoint: RecordCheckpoint, signal: AbortSignal) => Promise<void>;

export interface OpenJournalOptions {
  /** Where the segments live; made if missing. One process at a time may own it. */
  readonly directory: string;
  /** How an event becomes a line. */
  readonly format: RecordFormat;
  /** Where the record is copied to, each receiver at its own pace. Default nowhere. */
  readonly ship?: AuditSink | readonly AuditSink[];
  /**
   * Brings each signed checkpoint, once it is durable, to where the gateway cannot change it. Default nowhere. One
   * after the other, at least once, also after a restart; the
   * record does not wait for it, and `audit.degraded` tells where it fails.
   */
  readonly anchor?: Anchor;
  /** A segment is closed and the next begun at this size. Default 16 MiB. */
  readonly segmentBytes?: number;
  /**
   * And at this age, milliseconds, with the next event: a segment goes as a whole, and what little is written must go
   * too one day. Default one hour.
   */
  readonly segmentMs?: number;
  /**
   * What may lie on disk. Before it is reached, at 90 % of what is not reserved, no new session is taken; at 100 % no
   * new statement. Default 2 GiB
   * with a receiver, 8 GiB without.
   */
  readonly maxBytes?: number;
  /** The last part of `maxBytes`, kept for the outcomes of what already runs. Default 1/64 of `maxBytes`. */
  readonly reserveBytes?: number;
  /** A group written and synced together ends with the event that reaches this size. Default 1 MiB. */
  readonly batchBytes?: number;
  /**
   * How long a segment stays after every receiver has it, milliseconds; without a receiver all stay for good. Default
   * 24 hours.
   */
  readonly keepMs?: number;
  /** A checkpoint after so many events. Default 1,000. */
  readonly checkpointEvents?: number;
  /** A checkpoint after so many milliseconds, also when nothing happens. Default 60,000. */
  readonly checkpointMs?: number;
  /** How long a receiver may fail before `audit.degraded` says so, milliseconds. Default 30,000. */
  readonly degradedAfterMs?: number;
}

const numberNames = [
  'segmentBytes',
  'segmentMs',
  'maxBytes',
  'reserveBytes',
  'batchBytes',
  'keepMs',
  'checkpointEvents',
  'checkpointMs',
  'degradedAfterMs',
] as const;

/** `openJournal` may be given how to make the format: that is done when the directory is taken. */
export type DeferredJournalOptions = Omit<OpenJournalOptions, 'format'> & {
  readonly format: RecordFormat | (() => Promise<RecordFormat>);
};

export type JournalSettings = Required<Omit<OpenJournalOptions, 'ship' | 'anchor'>> &
  Pick<OpenJournalOptions, 'anchor'> & { readonly sinks: readonly AuditSink[] };

const optionNames: OptionNames<OpenJournalOptions> = {
  directory: true,
  format: true,
  ship: true,
  anchor: true,
  segmentBytes: true,
  segmentMs: true,
  maxBytes: true,
  reserveBytes: true,
  batchBytes: true,
  keepMs: true,
  checkpointEvents: true,
  checkpointMs: true,
  degradedAfterMs: true,
};

/** The options by their names alone. Throws CONFIG_INVALID. */
export function readJournalOptions(
  given: unknown,
): Omit<OpenJournalOptions, 'format'> & Partial<Pick<OpenJournalOptions, 'format'>> {
  return readOptions<OpenJournalOptions>(given, optionNames, 'journal');
}

/** The options with their defaults. Throws CONFIG_INVALID. */
export function resolveSettings(given: DeferredJournalOptions): Omit<JournalSettings, 'format'> {
  const options = readOptions<DeferredJournalOptions>(given, optionNames, 'journal');
  const {
    directory,
    ship = [],
    segmentBytes = 16 * 1024 ** 2,
    segmentMs = 3_600_000,
    batchBytes = 1024 ** 2,
    keepMs = 86_400_000,
    checkpointEvents = 1_000,
    checkpointMs = 60_000,
    degradedAfterMs = 30_000,
    anchor,
  } = options;
  if (typeof directory !== 'string' || directory === '') throw createConfigError('directory is not set');
  const sinks = Array.isArray(ship) ? (ship as readonly AuditSink[]) : [ship as AuditSink];
  const maxBytes = options.maxBytes ?? (sinks.length > 0 ? 2 : 8) * 1024 ** 3;
  const settings = {
    directory: resolve(directory),
    sinks,
    segmentBytes,
    segmentMs,
    maxBytes,
    reserveBytes: options.reserveBytes ?? Math.floor(maxBytes / 64),
    batchBytes,
    keepMs,
    checkpointEvents,
    checkpointMs,
    degradedAfterMs,
    ...(anchor === undefined ? {} : { anchor }),
  };
  for (const name of numberNames) {
    if (!Number.isSafeInteger(settings[name]) || settings[name] < (name === 'keepMs' ? 0 : 1))
      throw createConfigError(`${name} must be a positive whole number`);
  }
  if (settings.reserveBytes >= maxBytes) throw createConfigError('reserveBytes must be smaller than maxBytes');
  if (anchor !== undefined && typeof anchor !== 'function') throw createConfigError('anchor must be a function');
  checkSinks(sinks);
  return settings;
}

function checkSinks(sinks: readonly AuditSink[]): void {
  const names = new Set<string>();
  for (const sink of sinks) {
    if (typeof (sink as Partial<AuditSink> | null)?.deliver !== 'function')
      throw createConfigError('ship holds something that has no deliver()');
    if (typeof sink.name !== 'string' || !/^[A-Za-z0-9][\w.-]{0,62}$/.test(sink.name))
      throw createConfigError('a sink needs a name: a letter or digit, then up to 62 letters, digits, ".", "_" or "-"');
    if (names.has(sink.name)) throw createConfigError(`two sinks are named ${sink.name}`);
    names.add(sink.name);
  }
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `journal: ${message}`);
}
