import type { Clock } from './clock.js';

interface PendingWork {
  readonly until: number;
  readonly expire: () => void;
  settled: boolean;
}

/** Waits the same time for each of many promises, with one timer for all of them. */
export class SharedTimeout {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #error: () => Error;
  readonly #queue: PendingWork[] = [];
  #armed = false;

  constructor(clock: Clock, ms: number, error: () => Error) {
    this.#clock = clock;
    this.#ms = ms;
    this.#error = error;
  }

  /** Settles as `work` does, or rejects when it takes too long. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: PendingWork = {
        until: this.#clock.monotonic() + this.#ms,
        expire: () => reject(this.#error()),
        settled: false,
      };
      this.#queue.push(waiting);
      this.#arm();
      work.then(
        (value) => {
          waiting.settled = true;
          resolve(value);
        },
        (error: unknown) => {
          waiting.settled = true;
          reject(error);
        },
      );
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
      if (!waiting.settled && waiting.until > now) break;
      if (!waiting.settled) waiting.expire();
      gone += 1;
    }
    this.#queue.splice(0, gone);
    this.#arm();
  }
}
