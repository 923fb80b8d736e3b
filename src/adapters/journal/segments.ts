import { AccessError, intents, type AuditEvent, type Entry, type Medium } from '../../core/index.js';
import type { Place } from './ledger.js';
import type { Settings } from './options.js';
import { Segment } from './segment.js';

/** How full the journal is, as parts of what is not reserved. */
export const marks = { degraded: 0.7, sessions: 0.9, statements: 1 } as const;

/** The end of what is durable. */
export interface Durable {
  readonly segment: number;
  readonly offset: number;
}

/** The files as a medium: one write and one sync a group, each in the newest segment. */
export class Segments implements Medium {
  readonly #settings: Settings;
  readonly #durable: (event: AuditEvent, place: Place) => void;
  readonly #renewLock: () => Promise<void>;
  #segment: Segment | undefined;
  /** A segment whose last append failed: it must be cut before anything else is written. */
  #broken: Segment | undefined;
  #next: number;
  #bytes: number;

  constructor(settings: Settings, next: number, bytes: number, durable: (event: AuditEvent, place: Place) => void, renewLock: () => Promise<void>) {
    this.#settings = settings;
    this.#next = next;
    this.#bytes = bytes;
    this.#durable = durable;
    this.#renewLock = renewLock;
  }

  /** Where nothing is durable yet that this run wrote, the end of what was there before. */
  get durable(): Durable {
    const segment = this.#segment ?? this.#broken;
    return segment === undefined ? { segment: this.#next, offset: 0 } : { segment: segment.number, offset: segment.size };
  }

  /** How full it is: 1 where only the reserve is left. */
  get fullness(): number {
    return this.#bytes / (this.#settings.maxBytes - this.#settings.reserveBytes);
  }

  /** A segment was removed. */
  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  refuse(event: AuditEvent | undefined, bytes: number, pending: number): AccessError | undefined {
    const { maxBytes, reserveBytes } = this.#settings;
    const open = maxBytes - reserveBytes;
    const room = event === undefined || !intents.has(event.code) ? maxBytes : event.code === 'session.requested' ? open * marks.sessions : open * marks.statements;
    if (this.#bytes + pending + bytes <= room) return undefined;
    return new AccessError('AUDIT_UNAVAILABLE', 'the journal is full: let its receivers catch up, remove old segments, or raise maxBytes', { detail: { reason: 'full' } });
  }

  async commit(entries: readonly Entry[], bytes: Uint8Array): Promise<void> {
    try {
      const segment = await this.#writable();
      const start = segment.size;
      await segment.append(bytes);
      this.#bytes += bytes.length;
      let offset = start;
      for (const { event, end } of entries) {
        if (event !== undefined) this.#durable(event, { segment: segment.number, offset });
        offset = start + end;
      }
    } catch (error) {
      this.#broken ??= this.#segment;
      this.#segment = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#broken?.cut().catch(() => undefined);
    await (this.#broken ?? this.#segment)?.close().catch(() => undefined);
  }

  /** The segment to write to. After an error always a new one, since a file that failed to sync once cannot be trusted again. */
  async #writable(): Promise<Segment> {
    if (this.#broken !== undefined) {
      await this.#broken.cut();
      await this.#renewLock();
      await this.#broken.close().catch(() => undefined);
      this.#broken = undefined;
    }
    if (this.#segment !== undefined && (this.#segment.size >= this.#settings.segmentBytes || this.#segment.ageMs >= this.#settings.segmentMs)) {
      await this.#segment.close();
      this.#segment = undefined;
    }
    if (this.#segment === undefined) {
      this.#next += 1; // Also where it fails: a name that was used once is not used again.
      this.#segment = await Segment.create(this.#settings.directory, this.#next - 1);
    }
    return this.#segment;
  }
}
