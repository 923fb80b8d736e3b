import { once } from 'node:events';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { AccessError, type AuditSink, type DeliveryMessage } from '../../core/index.js';
import { BatchReader, type DeliveryBatch } from './batch-reader.js';
import type { Cursor, CursorPosition } from './cursor.js';
import type { JournalSettings } from './options.js';
import type { DurablePosition } from './durable-mark.js';

const [initialPauseMs, maxPauseMs] = [200, 30_000];
/** While there is more to bring, how far it came is kept no oftener: to do that takes as long as to bring a batch. */
const cursorSaveMs = 200;
/** A receiver that has not answered by then is asked to give up. */
const deliveryTimeoutMs = 60_000;

/** Brings one receiver what is durable, in order, at least once, however long it is away. */
export class Shipper {
  readonly sink: AuditSink;
  readonly cursor: Cursor;
  readonly #reader: BatchReader;
  readonly #durable: () => DurablePosition;
  readonly #onMoved: () => void;
  #work: Promise<void> = Promise.resolve();
  #delivery: AbortController | undefined;
  #resume: (() => void) | undefined;
  #hasNews = false;
  /** Monotonic milliseconds of the first failure since the last success. */
  #failingSince: number | undefined;
  #closing = false;
  /** Everything before it has arrived. */
  #reached: CursorPosition;
  /** Read, and not arrived yet. */
  #undelivered: DeliveryBatch | undefined;
  /** What comes behind it, being read. */
  #ahead: Promise<DeliveryBatch | undefined> | undefined;
  #saving: Promise<void> | undefined;
  #saveTimer: NodeJS.Timeout | undefined;

  constructor(
    sink: AuditSink,
    cursor: Cursor,
    settings: JournalSettings,
    durable: () => DurablePosition,
    moved: () => void,
  ) {
    this.sink = sink;
    this.cursor = cursor;
    this.#reached = cursor.position;
    this.#reader = new BatchReader(settings.directory, settings.format);
    this.#durable = durable;
    this.#onMoved = moved;
  }

  start(): void {
    this.#work = this.#ship();
  }

  /** There is something new. A receiver that fails is not tried for it: it has its pause. */
  wake(): void {
    this.#hasNews = true;
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
    const timeout = setTimeout(() => this.#delivery?.abort(createClosingError()), ms);
    const end = createPause(ms + 1_000);
    await Promise.race([this.#work, end.over]);
    clearTimeout(timeout);
    end.cancel();
    clearTimeout(this.#saveTimer);
    await this.#saveIfMoved();
    await this.#ahead?.catch(() => undefined);
    await this.#reader.close();
    await this.sink.close?.();
  }

  async #ship(): Promise<void> {
    let pauseMs = initialPauseMs;
    for (;;) {
      try {
        this.#hasNews = false;
        const more = await this.#shipOne();
        pauseMs = initialPauseMs;
        // What became durable after the last look is delivered before the journal closes, too.
        if (more || this.#hasNews) continue;
        if (this.#closing) return;
        await this.#sleep();
      } catch {
        this.#failingSince ??= performance.now();
        await this.#saveIfMoved();
        if (this.#closing) return;
        await this.#sleep(pauseMs * (0.5 + Math.random() / 2));
        pauseMs = Math.min(pauseMs * 2, maxPauseMs);
      }
    }
  }

  /**
   * One batch. False where there was none. The next one is read, and the cursor written, while a receiver takes its
   * time.
   */
  async #shipOne(): Promise<boolean> {
    const batch = this.#undelivered ?? (await this.#reader.next(this.#reached, this.#durable()));
    if (batch === undefined) {
      await this.#saveIfMoved();
      return false;
    }
    this.#undelivered = batch; // Sent again as it is, until it has arrived.
    const delivery = this.#deliver(batch.messages);
    if (batch.full) this.#ahead ??= this.#readAhead(batch.after);
    await delivery;
    this.#reached = batch.after;
    this.#undelivered = undefined;
    this.#failingSince = undefined;
    if (!batch.full) await this.#saveIfMoved();
    else if (!this.#closing) this.#saveTimer ??= setTimeout(() => void this.#saveIfMoved(), cursorSaveMs).unref();
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const next = await ahead;
    if (next?.full === true) this.#undelivered = next;
    return true;
  }

  /** Once the batch before is on its way: what is done before that keeps the receiver waiting. */
  #readAhead(from: CursorPosition): Promise<DeliveryBatch | undefined> {
    const read = turn().then(() => this.#reader.next(from, this.#durable()));
    read.catch(() => undefined); // Whoever waits for it is told.
    return read;
  }

  /** All that has arrived is kept when resolved, unless the disk is in trouble, which the journal tells. */
  async #saveIfMoved(): Promise<void> {
    await this.#saving;
    if (this.cursor.position !== this.#reached) await (this.#saving ??= this.#saveCursor());
  }

  /**
   * Keeps how far it came. Where that fails a later one tries again: behind costs time after a crash, and loses
   * nothing.
   */
  async #saveCursor(): Promise<void> {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    try {
      await this.cursor.save(this.#reached);
      this.#onMoved();
    } catch {
      // See above.
    } finally {
      this.#saving = undefined;
    }
  }

  /** Never two at a time, also where the first does not obey: order is worth more. */
  async #deliver(messages: readonly DeliveryMessage[]): Promise<void> {
    const delivery = new AbortController();
    this.#delivery = delivery;
    const timer = setTimeout(() => {
      this.#failingSince ??= performance.now();
      delivery.abort(new AccessError('AUDIT_UNAVAILABLE', 'the receiver did not answer in time'));
    }, deliveryTimeoutMs).unref();
    try {
      await this.sink.deliver(messages, delivery.signal);
    } finally {
      clearTimeout(timer);
      this.#delivery = undefined;
    }
  }

  /** Until something is new, or a pause is over, or the journal closes. */
  async #sleep(ms?: number): Promise<void> {
    const resting = createPause(ms);
    this.#resume = resting.cancel;
    await resting.over;
    this.#resume = undefined;
  }
}

function createPause(ms: number | undefined): { readonly over: Promise<unknown>; readonly cancel: () => void } {
  const early = new AbortController();
  const over =
    ms === undefined
      ? once(early.signal, 'abort')
      : wait(ms, undefined, { ref: false, signal: early.signal }).catch(() => undefined);
  return { over, cancel: () => early.abort() };
}

function createClosingError(): AccessError {
  return new AccessError('AUDIT_UNAVAILABLE', 'the journal is closing');
}
