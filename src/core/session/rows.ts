import { raceSignal, getAbortError } from '../async/abort-signal.js';
import { AccessError } from '../errors.js';
import type { RowDelivery, RowConsumer } from '../gateway.js';
import { RowLimiter, type MeasuredBatch } from './row-limiter.js';
import type { Limits } from '../model.js';
import type { Row } from '../ports.js';
import { estimateRowSize } from './row-size.js';

/** How a stream is bound to the statement it belongs to. */
export interface RowsParts {
  readonly source: AsyncIterable<readonly Row[]>;
  readonly limits: Limits;
  /** Aborts when the caller leaves or the session ends. */
  readonly signal: AbortSignal;
  /** Throws when rows may no longer be released. Asked before every batch. */
  readonly check: () => void;
  /** Called once when no more rows will be given out. Its rejection fails the end of the stream. */
  readonly ended: (delivery: RowDelivery, error: AccessError | undefined) => Promise<void>;
  /** Calls `wake` once after `ms`; the returned function forgets it. */
  readonly after: (ms: number, wake: () => void) => () => void;
  /** Called once when the engine has let go of the statement. */
  readonly released: () => void;
}

/** How long the first batch waits for the second, which tells a result that is all there from one that streams. */
const lookaheadMs = 50;

type RowStep = IteratorResult<readonly Row[], undefined>;

/** Rows on their way out: capped, counted, checked at every batch, and accounted for however they end. */
export class RowStream implements AsyncIterableIterator<readonly Row[], undefined> {
  readonly #parts: RowsParts;
  readonly #source: AsyncIterator<readonly Row[]>;
  readonly #limiter: RowLimiter;
  readonly #queue: MeasuredBatch[] = [];
  readonly #handedOut = { rows: 0, bytes: 0 };
  /** True while whoever takes the rows counts for itself what it hands out. */
  #counted = false;
  #cut = false;
  #exhausted = false;
  #filling: Promise<void> | undefined;
  #ended: Promise<void> | undefined;
  #error: AccessError | undefined;
  #lastStep: Promise<unknown> = Promise.resolve();

  constructor(parts: RowsParts) {
    this.#parts = parts;
    this.#source = parts.source[Symbol.asyncIterator]();
    this.#limiter = new RowLimiter(parts.limits);
    const { signal } = parts;
    if (signal.aborted) this.#abort();
    else signal.addEventListener('abort', this.#abort, { once: true });
  }

  /** Pulls until one batch is there, and a moment longer to learn whether it is all; then says so. */
  async prefetch(): Promise<boolean> {
    while (!this.#exhausted && this.#queue.length === 0) await this.#fill();
    while (!this.#exhausted && this.#queue.length < 2 && (await this.#endsSoon(this.#fill())));
    return this.#exhausted;
  }

  /** What was pulled from the engine so far. */
  get fetched(): RowDelivery {
    return { rows: this.#limiter.rows, bytes: this.#limiter.bytes, truncated: this.#limiter.truncated };
  }

  /** What was given out; undefined until the stream has ended. */
  getDelivery(): RowDelivery | undefined {
    return this.#ended === undefined ? undefined : this.#delivered;
  }

  next(): Promise<RowStep> {
    const step = this.#lastStep.then(() => this.#next());
    this.#lastStep = step.catch(() => undefined);
    return step;
  }

  async return(): Promise<RowStep> {
    await this.#finish(undefined);
    return { done: true, value: undefined };
  }

  /** Hands each batch to `hand`, and counts what that says went out. */
  async deliver(hand: RowConsumer): Promise<RowDelivery> {
    this.#counted = true;
    const sent = (rows: readonly Row[]): void => {
      // What is said after the end is too late: it is in the record already.
      if (this.#ended === undefined)
        this.#count(
          rows,
          rows.reduce((sum, row) => sum + estimateRowSize(row), 0),
        );
    };
    for (let step = await this.next(); step.done !== true; step = await this.next()) {
      if (await this.#handOn(hand, step.value, sent)) continue;
      this.#cut = true;
      await this.return();
    }
    return this.#delivered;
  }

  /** Ends the stream because of an error. */
  async fail(error: AccessError): Promise<void> {
    await this.#finish(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #next(): Promise<RowStep> {
    try {
      if (this.#ended === undefined) this.#parts.check();
      while (this.#ended === undefined && !this.#exhausted && this.#queue.length === 0) await this.#fill();
    } catch (error) {
      await this.#finish(AccessError.from(error, 'ENGINE_UNAVAILABLE')).catch(() => undefined);
    }
    const batch = this.#ended === undefined ? this.#queue.shift() : undefined;
    if (batch === undefined) {
      await this.#finish(undefined);
      if (this.#error !== undefined) throw this.#error;
      return { done: true, value: undefined };
    }
    if (!this.#counted) this.#count(batch.rows, batch.bytes);
    return { done: false, value: batch.rows };
  }

  /** Whether more is wanted. */
  async #handOn(hand: RowConsumer, batch: readonly Row[], sent: (rows: readonly Row[]) => void): Promise<boolean> {
    try {
      return (await hand(batch, sent)) !== false;
    } catch (error) {
      await this.fail(AccessError.from(error, 'ABORTED'));
      throw error;
    }
  }

  get #delivered(): RowDelivery {
    return { ...this.#handedOut, truncated: this.#cut || this.#limiter.truncated };
  }

  #count(rows: readonly Row[], bytes: number): void {
    this.#handedOut.rows += rows.length;
    this.#handedOut.bytes += bytes;
  }

  /** True when `work` ends within a moment; it goes on in any case. Rejects as it does. */
  #endsSoon(work: Promise<void>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const forget = this.#parts.after(lookaheadMs, () => resolve(false));
      work.then(() => resolve(true), reject).finally(forget);
    });
  }

  /** One at a time: who waits for the next batch joins what is under way. */
  #fill(): Promise<void> {
    this.#filling ??= this.#fetchNext().then(() => {
      this.#filling = undefined;
    });
    // Kept where it failed: an iterator that has thrown says of itself that it is at its end.
    this.#filling.catch(() => undefined);
    return this.#filling;
  }

  async #fetchNext(): Promise<void> {
    const step = await raceSignal(this.#source.next(), this.#parts.signal);
    if (step.done === true) {
      this.#exhaust();
      return;
    }
    const batch = this.#limiter.take(step.value);
    if (batch.rows.length > 0) this.#queue.push(batch);
    if (this.#limiter.truncated) this.#release();
  }

  readonly #abort = (): void => {
    this.#finish(getAbortError(this.#parts.signal)).catch(() => undefined);
  };

  #finish(error: AccessError | undefined): Promise<void> {
    if (this.#ended !== undefined) return this.#ended;
    this.#error = error;
    this.#queue.length = 0;
    this.#parts.signal.removeEventListener('abort', this.#abort);
    this.#release();
    this.#ended = this.#parts.ended(this.#delivered, error);
    return this.#ended;
  }

  /** Lets the engine go before its rows are all read. */
  #release(): void {
    if (this.#exhausted) return;
    this.#exhausted = true;
    Promise.resolve()
      .then(() => this.#source.return?.())
      .then(this.#parts.released, this.#parts.released);
  }

  #exhaust(): void {
    this.#exhausted = true;
    this.#parts.released();
  }
}
