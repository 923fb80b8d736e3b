import { once } from 'node:events';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { AccessError, type AuditSink, type Parcel } from '../../core/index.js';
import { BatchReader, type Batch } from './batch.js';
import type { Cursor, Position } from './cursor.js';
import type { Settings } from './options.js';
import type { Durable } from './durable-mark.js';

const [firstPauseMs, longestPauseMs] = [200, 30_000];
/** While there is more to bring, how far it came is kept no oftener: to do that takes as long as to bring a batch. */
const noteMs = 200;
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
  #later: NodeJS.Timeout | undefined;

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
    clearTimeout(this.#later);
    await this.#noted();
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
        if (more || this.#news) continue; // What became durable after the last look is delivered before the journal closes, too.
        if (this.#closing) return;
        await this.#rest();
      } catch {
        this.#failingSince ??= performance.now();
        await this.#noted();
        if (this.#closing) return;
        await this.#rest(pauseMs * (0.5 + Math.random() / 2));
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  /** One batch. False where there was none. The next one is read, and the cursor written, while a receiver takes its time. */
  async #step(): Promise<boolean> {
    const batch = this.#kept ?? (await this.#reader.next(this.#reached, this.#durable()));
    if (batch === undefined) {
      await this.#noted();
      return false;
    }
    this.#kept = batch; // Sent again as it is, until it has arrived.
    const delivery = this.#deliver(batch.parcels);
    if (batch.full) this.#ahead ??= this.#readAhead(batch.after);
    await delivery;
    this.#reached = batch.after;
    this.#kept = undefined;
    this.#failingSince = undefined;
    if (!batch.full) await this.#noted();
    else if (!this.#closing) this.#later ??= setTimeout(() => void this.#noted(), noteMs).unref();
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const next = await ahead;
    if (next?.full === true) this.#kept = next;
    return true;
  }

  /** Once the batch before is on its way: what is done before that keeps the receiver waiting. */
  #readAhead(from: Position): Promise<Batch | undefined> {
    const read = turn().then(() => this.#reader.next(from, this.#durable()));
    read.catch(() => undefined); // Whoever waits for it is told.
    return read;
  }

  /** All that has arrived is kept when resolved, unless the disk is in trouble, which the journal tells. */
  async #noted(): Promise<void> {
    await this.#noting;
    if (this.cursor.position !== this.#reached) await (this.#noting ??= this.#note());
  }

  /** Keeps how far it came. Where that fails a later one tries again: behind costs time after a crash, and loses nothing. */
  async #note(): Promise<void> {
    clearTimeout(this.#later);
    this.#later = undefined;
    try {
      await this.cursor.move(this.#reached);
      this.#moved();
    } catch {
      // See above.
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
