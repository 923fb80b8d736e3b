import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { AccessError, type AuditSink, type Parcel } from '../../core/index.js';
import { BatchReader, type Batch } from './batch.js';
import type { Cursor, Position } from './cursor.js';
import type { Settings } from './options.js';
import type { Durable } from './segments.js';

const [firstPauseMs, longestPauseMs] = [200, 30_000];
/** A receiver that has not answered by then is asked to give up. */
const deliveryMs = 60_000;

/** Brings one receiver what is durable, in order, at least once, however long it is away. */
export class Shipper {
  readonly sink: AuditSink;
  readonly cursor: Cursor;
  readonly #reader: BatchReader;
  readonly #durable: () => Durable;
  readonly #moved: () => void;
  #work: Promise<void> = Promise.resolve();
  #delivery: AbortController | undefined;
  #resume: (() => void) | undefined;
  #news = false;
  /** Monotonic milliseconds of the first failure since the last success. */
  #failingSince: number | undefined;
  #closing = false;
  /** Everything before it has arrived. */
  #reached: Position;
  /** Read, and not arrived yet. */
  #kept: Batch | undefined;
  /** What comes behind it, being read. */
  #ahead: Promise<Batch | undefined> | undefined;
  #noting: Promise<void> | undefined;

  constructor(sink: AuditSink, cursor: Cursor, settings: Settings, durable: () => Durable, moved: () => void) {
    this.sink = sink;
    this.cursor = cursor;
    this.#reached = cursor.position;
    this.#reader = new BatchReader(settings.directory, settings.format);
    this.#durable = durable;
    this.#moved = moved;
  }

  start(): void {
    this.#work = this.#ship();
  }

  /** There is something new. A receiver that fails is not tried for it: it has its pause. */
  wake(): void {
    this.#news = true;
    if (this.#failingSince === undefined) this.#resume?.();
  }

  /** Milliseconds since deliveries began to fail; 0 while they do not. */
  get failingMs(): number {
    return this.#failingSince === undefined ? 0 : performance.now() - this.#failingSince;
  }

  /** Delivers what is left, for at most `ms` and not against failures; the next run carries on from the cursor. */
  async close(ms: number): Promise<void> {
    this.#closing = true;
    this.#resume?.();
    const patience = setTimeout(() => this.#delivery?.abort(closing()), ms);
    const end = pause(ms + 1_000);
    await Promise.race([this.#work, end.over]);
    clearTimeout(patience);
    end.cancel();
    await this.#noting;
    await this.#ahead?.catch(() => undefined);
    await this.#reader.close();
    await this.sink.close?.();
  }

  async #ship(): Promise<void> {
    let pauseMs = firstPauseMs;
    for (;;) {
      try {
        this.#news = false;
        const more = await this.#step();
        pauseMs = firstPauseMs;
        if (!more && this.#closing) return;
        if (!more && !this.#news) await this.#rest();
      } catch {
        this.#failingSince ??= performance.now();
        if (this.#closing) return;
        await this.#rest(pauseMs * (0.5 + Math.random() / 2));
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  /** One batch. False where there was none. The next one is read, and the cursor written, while a receiver takes its time. */
  async #step(): Promise<boolean> {
    const batch = this.#kept ?? (await this.#reader.next(this.#reached, this.#durable()));
    if (batch === undefined) return false;
    this.#kept = batch; // Sent again as it is, until it has arrived.
    if (batch.full) this.#ahead ??= this.#reader.next(batch.after, this.#durable());
    this.#ahead?.catch(() => undefined);
    if (batch.parcels.length > 0) await this.#deliver(batch.parcels);
    this.#reached = batch.after;
    this.#kept = undefined;
    this.#failingSince = undefined;
    this.#noting ??= this.#note();
    if (!batch.full) await this.#noting;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const next = await ahead;
    if (next?.full === true) this.#kept = next;
    return true;
  }

  /** Keeps how far it came. Where that fails the next batch tries again: behind costs time after a crash, and loses nothing. */
  async #note(): Promise<void> {
    try {
      while (this.cursor.position !== this.#reached) await this.cursor.move(this.#reached);
      this.#moved();
    } catch {
      // The disk is in trouble, which the journal tells.
    } finally {
      this.#noting = undefined;
    }
  }

  /** Never two at a time, also where the first does not obey: order is worth more. */
  async #deliver(parcels: readonly Parcel[]): Promise<void> {
    const delivery = new AbortController();
    this.#delivery = delivery;
    const timer = setTimeout(() => {
      this.#failingSince ??= performance.now();
      delivery.abort(new AccessError('AUDIT_UNAVAILABLE', 'the receiver did not answer in time'));
    }, deliveryMs).unref();
    try {
      await this.sink.deliver(parcels, delivery.signal);
    } finally {
      clearTimeout(timer);
      this.#delivery = undefined;
    }
  }

  /** Until something is new, or a pause is over, or the journal closes. */
  async #rest(ms?: number): Promise<void> {
    const resting = pause(ms);
    this.#resume = resting.cancel;
    await resting.over;
    this.#resume = undefined;
  }
}

function pause(ms: number | undefined): { readonly over: Promise<unknown>; readonly cancel: () => void } {
  const early = new AbortController();
  const over = ms === undefined ? once(early.signal, 'abort') : wait(ms, undefined, { ref: false, signal: early.signal }).catch(() => undefined);
  return { over, cancel: () => early.abort() };
}

function closing(): AccessError {
  return new AccessError('AUDIT_UNAVAILABLE', 'the journal is closing');
}
