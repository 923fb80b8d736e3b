import { raceSignal } from '../async/abort-signal.js';
import type { Clock } from '../async/clock.js';
import { createDeferred } from '../async/deferred.js';
import { deny, type Denied } from '../outcome.js';

/** Who wants to run, and how long it waits for its turn. */
export interface QueueEntry {
  readonly statement: string;
  readonly clock: Clock;
  /** Milliseconds; without it, as long as it takes. */
  readonly waitMs?: number;
}

const hint = 'Wait for it to end, cancel the request that sent it, or close the session, which cancels it.';

/** One at a time, in order of arrival, with a bounded queue. */
export class StatementQueue {
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** What runs, and since when; epoch milliseconds. */
  #running: { readonly statement: string; readonly since: number } | undefined;
  readonly #maxWaiting: number;

  constructor(most: number) {
    this.#maxWaiting = most;
  }

  /** Why nobody more is let in; undefined while there is room. */
  checkCapacity(): Denied | undefined {
    return this.#waiting > this.#maxWaiting ? this.#denyBusy('session.full') : undefined;
  }

  /**
   * Resolves with the function that lets the next one in, or a denial when too many wait, or it waited too long.
   * Rejects when the signal aborts.
   */
  async acquire(signal: AbortSignal, entrant: QueueEntry): Promise<(() => void) | Denied> {
    const full = this.checkCapacity();
    if (full !== undefined) return full;
    this.#waiting += 1;
    const before = this.#tail;
    const { promise, resolve: open } = createDeferred();
    this.#tail = promise;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      this.#waiting -= 1;
      if (this.#running?.statement === entrant.statement) this.#running = undefined;
      void before.then(open);
    };
    try {
      if (!(await raceSignal(waitForTurn(before, entrant), signal))) {
        const busy = this.#denyBusy('session.waited');
        leave();
        return busy;
      }
    } catch (error) {
      leave();
      throw error;
    }
    this.#running = { statement: entrant.statement, since: entrant.clock.now() };
    return leave;
  }

  #denyBusy(reason: string): Denied {
    const running = this.#running;
    if (running === undefined) return deny('SESSION_BUSY', undefined, { reason, hint });
    return deny(
      'SESSION_BUSY',
      `Statement ${running.statement} has been running since ${new Date(running.since).toISOString()}.`,
      { reason, hint },
    );
  }
}

/** True when its turn came; false when that took too long. */
function waitForTurn(before: Promise<void>, { clock, waitMs }: QueueEntry): Promise<boolean> {
  if (waitMs === undefined) return before.then(() => true);
  return new Promise((resolve) => {
    const forget = clock.after(waitMs, () => resolve(false));
    void before.then(() => resolve(true)).finally(forget);
  });
}
