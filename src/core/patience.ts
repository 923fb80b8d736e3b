import type { Clock } from './clock.js';

interface Waiting {
  readonly until: number;
  readonly expire: () => void;
  over: boolean;
}

/** Waits the same time for each of many promises, with one timer for all of them. */
export class Patience {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #error: () => Error;
  readonly #queue: Waiting[] = [];
  #armed = false;

  constructor(clock: Clock, ms: number, error: () => Error) {
    this.#clock = clock;
    this.#ms = ms;
    this.#error = error;
  }

  /** Settles as `work` does, or rejects when it takes too long. */
  wait<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { until: this.#clock.monotonic() + this.#ms, expire: () => reject(this.#error()), over: false };
      this.#queue.push(waiting);
      this.#arm();
      work.then((value) => {
        waiting.over = true;
        resolve(value);
      }, (error: unknown) => {
        waiting.over = true;
        reject(error);
      });
    });
  }

  #arm(): void {
    if (this.#armed) return;
    const next = this.#queue[0];
    if (next === undefined) return;
    this.#armed = true;
    this.#clock.after(next.until - this.#clock.monotonic(), () => {
      this.#armed = false;
      this.#expire();
    });
  }

  /** All wait equally long, so those that came first run out first. */
  #expire(): void {
    const now = this.#clock.monotonic();
    let gone = 0;
    for (const waiting of this.#queue) {
      if (!waiting.over && waiting.until > now) break;
      if (!waiting.over) waiting.expire();
      gone += 1;
    }
    this.#queue.splice(0, gone);
    this.#arm();
  }
}
