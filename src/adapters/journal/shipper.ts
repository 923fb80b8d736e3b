import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { AccessError, type AuditSink, type Parcel } from '../../core/index.js';
import { nextBatch } from './batch.js';
import type { Cursor } from './cursor.js';
import type { Settings } from './options.js';
import type { Durable } from './segments.js';

const [firstPauseMs, longestPauseMs] = [200, 30_000];
/** A receiver that has not answered by then is asked to give up. */
const deliveryMs = 60_000;

/** Brings one receiver what is durable, in order, at least once, however long it is away. */
export class Shipper {
  readonly sink: AuditSink;
  readonly cursor: Cursor;
  readonly #settings: Settings;
  readonly #durable: () => Durable;
  readonly #moved: () => void;
  #work: Promise<void> = Promise.resolve();
  #delivery: AbortController | undefined;
  #resume: (() => void) | undefined;
  #news = false;
  /** Monotonic milliseconds of the first failure since the last success. */
  #failingSince: number | undefined;
  #closing = false;

  constructor(sink: AuditSink, cursor: Cursor, settings: Settings, durable: () => Durable, moved: () => void) {
    this.sink = sink;
    this.cursor = cursor;
    this.#settings = settings;
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

  /** One batch. False where there was none. */
  async #step(): Promise<boolean> {
    const { directory, format } = this.#settings;
    const batch = await nextBatch(directory, format, this.cursor.position, this.#durable());
    if (batch === undefined) return false;
    if (batch.parcels.length > 0) await this.#deliver(batch.parcels);
    await this.cursor.move(batch.after);
    this.#failingSince = undefined;
    this.#moved();
    return true;
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
