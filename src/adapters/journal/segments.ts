import { AccessError, intents, type AuditEvent, type LogEntry, type LogStorage } from '../../core/index.js';
import type { DurablePosition, DurableMark } from './durable-mark.js';
import type { Lease } from './lease.js';
import type { EventPosition } from './event-index.js';
import type { JournalSettings } from './options.js';
import { Segment, formatSegmentName } from './segment.js';

/** How full the journal is, as parts of what is not reserved. */
export const fillThresholds = { degraded: 0.7, sessions: 0.9, statements: 1 } as const;

/**
 * After so many failures in a row the disk is asked again only after a pause, milliseconds: what is refused meanwhile
 * must cost nothing.
 */
const [maxFailures, pauseMs] = [5, 100];

export interface SegmentsParts {
  /** The number of the first one. */
  readonly next: number;
  /** What lies on disk already. */
  readonly bytes: number;
  readonly onDurable: (event: AuditEvent, place: EventPosition) => void;
  readonly mark: Pick<DurableMark, 'begin' | 'update' | 'close'>;
  readonly lease: Pick<Lease, 'check' | 'renew' | 'isFresh' | 'markLost'>;
}

/**
 * The files as a log storage: one write and one sync a group, each in the newest segment, and only while the directory
 * is this process's.
 */
export class Segments implements LogStorage {
  readonly #settings: JournalSettings;
  readonly #parts: SegmentsParts;
  #segment: Segment | undefined;
  /** A segment whose last append failed: it must be cut before anything else is written. */
  #broken: Segment | undefined;
  #next: number;
  #bytes: number;
  #failures = 0;
  #pause: { readonly until: number; readonly error: unknown } | undefined;

  constructor(settings: JournalSettings, parts: SegmentsParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#next = parts.next;
    this.#bytes = parts.bytes;
  }

  /** The number of the next segment: who finds it, or a later one, finds another writer's. */
  get next(): number {
    return this.#next;
  }

  /** Where nothing is durable yet that this run wrote, the end of what was there before. */
  get durable(): DurablePosition {
    const segment = this.#segment ?? this.#broken;
    return segment === undefined
      ? { segment: this.#next, offset: 0 }
      : { segment: segment.number, offset: segment.size };
  }

  /** How full it is: 1 where only the reserve is left. */
  get fullness(): number {
    return this.#bytes / (this.#settings.maxBytes - this.#settings.reserveBytes);
  }

  /** A segment was removed. */
  releaseBytes(bytes: number): void {
    this.#bytes -= bytes;
  }

  checkRoom(event: AuditEvent | undefined, bytes: number, pending: number): AccessError | undefined {
    const { maxBytes, reserveBytes } = this.#settings;
    const open = maxBytes - reserveBytes;
    const approvals =
      event === undefined || !intents.has(event.code)
        ? maxBytes
        : event.code === 'session.requested'
          ? open * fillThresholds.sessions
          : open * fillThresholds.statements;
    if (this.#bytes + pending + bytes <= approvals) return undefined;
    return new AccessError(
      'AUDIT_UNAVAILABLE',
      'the journal is full: let its receivers catch up, remove old segments, or raise maxBytes',
      { detail: { reason: 'full' } },
    );
  }

  async commit(entries: readonly LogEntry[], bytes: Uint8Array): Promise<void> {
    if (this.#pause !== undefined && performance.now() < this.#pause.until) throw this.#pause.error;
    try {
      await this.#parts.lease.check();
      await this.#write(entries, bytes);
      this.#failures = 0;
      this.#pause = undefined;
    } catch (error) {
      this.#broken ??= this.#segment;
      this.#segment = undefined;
      this.#failures += 1;
      if (this.#failures >= maxFailures) this.#pause = { until: performance.now() + pauseMs, error };
      throw error;
    }
  }

  /** Takes the number of the first segment, so that a former holder that wakes up cannot. */
  async claimFirst(): Promise<void> {
    await this.#openWritable();
  }

  /** What another holder has taken over is left as it is. */
  async close(): Promise<void> {
    const segment = this.#broken ?? this.#segment;
    const tidy = async (): Promise<unknown> => (segment?.size === 0 ? segment.remove() : this.#broken?.truncate());
    await this.#parts.lease
      .check()
      .then(tidy)
      .catch(() => undefined);
    await segment?.close().catch(() => undefined);
    await this.#parts.mark.close();
  }

  async #write(entries: readonly LogEntry[], bytes: Uint8Array): Promise<void> {
    const { lease, onDurable: durable, mark } = this.#parts;
    const segment = await this.#openWritable();
    const start = segment.size;
    // A process that was asleep amid the write may have lost the directory: nothing of it counts then.
    await segment.append(bytes, () => lease.check());
    mark.update({ segment: segment.number, offset: segment.size });
    this.#bytes += bytes.length;
    let offset = start;
    for (const { event, end } of entries) {
      if (event !== undefined) durable(event, { segment: segment.number, offset });
      offset = start + end;
    }
  }

  /**
   * The segment to write to. After an error always a new one, since a file that failed to sync once cannot be trusted
   * again.
   */
  async #openWritable(): Promise<Segment> {
    if (this.#broken !== undefined) await this.#abandon(this.#broken);
    if (
      this.#segment !== undefined &&
      (this.#segment.size >= this.#settings.segmentBytes || this.#segment.ageMs >= this.#settings.segmentMs)
    ) {
      await this.#segment.close();
      this.#segment = undefined;
    }
    this.#segment ??= await this.#create();
    return this.#segment;
  }

  /** An empty file goes, and its number is used again: a disk that is full for long must not leave one for each try. */
  async #abandon(broken: Segment): Promise<void> {
    await broken.truncate();
    await this.#parts.lease.renew();
    if (broken.size === 0 && (await broken.remove())) this.#next = broken.number;
    await broken.close().catch(() => undefined);
    this.#broken = undefined;
  }

  async #create(): Promise<Segment> {
    const number = this.#next;
    this.#next += 1; // Also where it fails: a name that may be on disk is not used again.
    try {
      const segment = await Segment.create(this.#settings.directory, number);
      await this.#parts.mark.begin(number);
      return segment;
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'EEXIST'
        ? this.#parts.lease.markLost(`${formatSegmentName(number)} is there already`)
        : error;
    }
  }
}
