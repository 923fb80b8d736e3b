import { abortable, reasonOf } from './abort.js';
import { AccessError } from './errors.js';
import type { Delivery } from './gateway.js';
import { Meter, type Batch } from './meter.js';
import type { Limits } from './model.js';
import type { Row } from './ports.js';

/** How a stream is bound to the statement it belongs to. */
export interface RowsParts {
  readonly source: AsyncIterable<readonly Row[]>;
  readonly limits: Limits;
  /** Aborts when the caller leaves or the session ends. */
  readonly signal: AbortSignal;
  /** Throws when rows may no longer be released. Asked before every batch. */
  readonly check: () => void;
  /** Called once when no more rows will be given out. Its rejection fails the end of the stream. */
  readonly ended: (delivery: Delivery, error: AccessError | undefined) => Promise<void>;
  /** Called once when the engine has let go of the statement. */
  readonly released: () => void;
}

type Step = IteratorResult<readonly Row[], undefined>;

/** Rows on their way out: capped, counted, checked at every batch, and accounted for however they end. */
export class Rows implements AsyncIterableIterator<readonly Row[], undefined> {
  readonly #parts: RowsParts;
  readonly #source: AsyncIterator<readonly Row[]>;
  readonly #meter: Meter;
  readonly #queue: Batch[] = [];
  readonly #given = { rows: 0, bytes: 0 };
  #exhausted = false;
  #ended: Promise<void> | undefined;
  #error: AccessError | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: RowsParts) {
    this.#parts = parts;
    this.#source = parts.source[Symbol.asyncIterator]();
    this.#meter = new Meter(parts.limits);
    const { signal } = parts;
    if (signal.aborted) this.#abort();
    else signal.addEventListener('abort', this.#abort, { once: true });
  }

  /** Pulls until one batch is there and it is known whether more follow; then says so. */
  async begin(): Promise<boolean> {
    while (!this.#exhausted && this.#queue.length < 2) await this.#fill();
    return this.#exhausted;
  }

  /** What was pulled from the engine so far. */
  get pulled(): Delivery {
    return { rows: this.#meter.rows, bytes: this.#meter.bytes, truncated: this.#meter.truncated };
  }

  /** What was given out; undefined until the stream has ended. */
  delivery(): Delivery | undefined {
    return this.#ended === undefined ? undefined : { ...this.#given, truncated: this.#meter.truncated };
  }

  next(): Promise<Step> {
    const step = this.#turn.then(() => this.#next());
    this.#turn = step.catch(() => undefined);
    return step;
  }

  async return(): Promise<Step> {
    await this.#finish(undefined);
    return { done: true, value: undefined };
  }

  /** Ends the stream because of an error. */
  async fail(error: AccessError): Promise<void> {
    await this.#finish(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #next(): Promise<Step> {
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
    this.#given.rows += batch.rows.length;
    this.#given.bytes += batch.bytes;
    return { done: false, value: batch.rows };
  }

  async #fill(): Promise<void> {
    const step = await abortable(this.#source.next(), this.#parts.signal);
    if (step.done === true) {
      this.#exhaust();
      return;
    }
    const batch = this.#meter.take(step.value);
    if (batch.rows.length > 0) this.#queue.push(batch);
    if (this.#meter.truncated) this.#release();
  }

  readonly #abort = (): void => {
    this.#finish(reasonOf(this.#parts.signal)).catch(() => undefined);
  };

  #finish(error: AccessError | undefined): Promise<void> {
    if (this.#ended !== undefined) return this.#ended;
    this.#error = error;
    this.#queue.length = 0;
    this.#parts.signal.removeEventListener('abort', this.#abort);
    this.#release();
    this.#ended = this.#parts.ended({ ...this.#given, truncated: this.#meter.truncated }, error);
    return this.#ended;
  }

  /** Lets the engine go before its rows are all read. */
  #release(): void {
    if (this.#exhausted) return;
    this.#exhausted = true;
    Promise.resolve().then(() => this.#source.return?.()).then(this.#parts.released, this.#parts.released);
  }

  #exhaust(): void {
    this.#exhausted = true;
    this.#parts.released();
  }
}
