import { AccessError, intents, type AuditEvent } from '../../core/index.js';
import type { Place } from './ledger.js';
import type { Settings } from './options.js';
import { Segment } from './segment.js';

const mostEvents = 256;

interface Waiting {
  readonly event: AuditEvent;
  readonly line: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: AccessError) => void;
}

/** Group commit: one write and one sync at a time, and what arrives meanwhile goes together in the next. */
export class Writer {
  readonly #settings: Settings;
  readonly #durable: (event: AuditEvent, place: Place) => void;
  readonly #renewLock: () => Promise<void>;
  readonly #queue: Waiting[] = [];
  #segment: Segment | undefined;
  /** A segment whose last append failed: it must be cut before anything else is written. */
  #broken: Segment | undefined;
  #next: number;
  #bytes: number;
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(settings: Settings, next: number, bytes: number, durable: (event: AuditEvent, place: Place) => void, renewLock: () => Promise<void>) {
    this.#settings = settings;
    this.#next = next;
    this.#bytes = bytes;
    this.#durable = durable;
    this.#renewLock = renewLock;
  }

  append(event: AuditEvent): Promise<void> {
    if (this.#closed) return Promise.reject(new AccessError('AUDIT_UNAVAILABLE', 'the journal is closed'));
    return new Promise((resolve, reject) => {
      const line = lineOf(event);
      this.#queue.push({ event, line, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Writes what is waiting, then takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
    await this.#broken?.cut().catch(() => undefined);
    await (this.#broken ?? this.#segment)?.close().catch(() => undefined);
    this.#broken = undefined;
    this.#segment = undefined;
  }

  async #drain(): Promise<void> {
    // So that what is appended in the same turn of the event loop shares the first sync.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#commit(this.#take());
    this.#draining = undefined;
  }

  /** The next group: in order, without what there is no room for. */
  #take(): Waiting[] {
    const group: Waiting[] = [];
    let bytes = 0;
    while (this.#queue.length > 0 && group.length < mostEvents && bytes < this.#settings.batchBytes) {
      const next = this.#queue.shift() as Waiting;
      const room = this.#settings.maxBytes - (intents.has(next.event.code) ? this.#settings.reserveBytes : 0) - this.#bytes - bytes;
      if (next.line.length > room) {
        next.reject(new AccessError('AUDIT_UNAVAILABLE', 'the journal is full: ship and remove old segments, or raise maxBytes'));
      } else {
        group.push(next);
        bytes += next.line.length;
      }
    }
    return group;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    if (group.length === 0) return;
    try {
      const segment = await this.#writable();
      let offset = segment.size;
      await segment.append(Buffer.concat(group.map((each) => each.line)));
      for (const { event, line, resolve } of group) {
        this.#durable(event, { segment: segment.number, offset, end: offset + line.length });
        offset += line.length;
        this.#bytes += line.length;
        resolve();
      }
    } catch (error) {
      this.#broken ??= this.#segment;
      this.#segment = undefined;
      const unavailable = new AccessError('AUDIT_UNAVAILABLE', 'the journal cannot be written', { cause: error, detail: { reason: reasonOf(error) } });
      for (const { reject } of group) reject(unavailable);
    }
  }

  /** The segment to write to. After an error always a new one, since a file that failed to sync once cannot be trusted again. */
  async #writable(): Promise<Segment> {
    if (this.#broken !== undefined) {
      await this.#broken.cut();
      await this.#broken.close().catch(() => undefined);
      await this.#renewLock();
      this.#broken = undefined;
    }
    if (this.#segment !== undefined && this.#segment.size >= this.#settings.segmentBytes) {
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

/** Made when it is appended: what the caller changes later is not recorded. */
function lineOf(event: AuditEvent): Buffer {
  try {
    return Buffer.from(`${JSON.stringify(event)}\n`);
  } catch (error) {
    throw new AccessError('AUDIT_UNAVAILABLE', 'the event cannot be written as JSON', { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
