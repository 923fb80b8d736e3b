import { abortable } from './abort.js';
import { deferred } from './deferred.js';
import { deny, type Denied } from './outcome.js';

/** One at a time, in order of arrival, with a bounded queue. */
export class Lane {
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Why nobody more is let in; undefined while there is room. */
  full(): Denied | undefined {
    return this.#waiting > this.#most ? deny('SESSION_BUSY', undefined, { hint: 'Wait for a running statement to end, then ask again.' }) : undefined;
  }

  /** Resolves with the function that lets the next one in, or a denial when too many wait. Rejects when the signal aborts. */
  async enter(signal: AbortSignal): Promise<(() => void) | Denied> {
    const full = this.full();
    if (full !== undefined) return full;
    this.#waiting += 1;
    const before = this.#tail;
    const { promise, resolve: open } = deferred();
    this.#tail = promise;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      this.#waiting -= 1;
      void before.then(open);
    };
    try {
      await abortable(before, signal);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }
}
