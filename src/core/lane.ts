import { abortable } from './abort.js';
import type { Clock } from './clock.js';
import { deferred } from './deferred.js';
import { deny, type Denied } from './outcome.js';

/** Who wants to run, and how long it waits for its turn. */
export interface Entrant {
  readonly statement: string;
  readonly clock: Clock;
  /** Milliseconds; without it, as long as it takes. */
  readonly waitMs?: number;
}

const hint = 'Wait for it to end, cancel the request that sent it, or close the session, which cancels it.';

/** One at a time, in order of arrival, with a bounded queue. */
export class Lane {
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** What runs, and since when; epoch milliseconds. */
  #running: { readonly statement: string; readonly since: number } | undefined;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Why nobody more is let in; undefined while there is room. */
  full(): Denied | undefined {
    return this.#waiting > this.#most ? this.#busy('session.full') : undefined;
  }

  /** Resolves with the function that lets the next one in, or a denial when too many wait, or it waited too long. Rejects when the signal aborts. */
  async enter(signal: AbortSignal, entrant: Entrant): Promise<(() => void) | Denied> {
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
      if (this.#running?.statement === entrant.statement) this.#running = undefined;
      void before.then(open);
    };
    try {
      if (!(await abortable(inTurn(before, entrant), signal))) {
        const busy = this.#busy('session.waited');
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

  #busy(reason: string): Denied {
    const running = this.#running;
    if (running === undefined) return deny('SESSION_BUSY', undefined, { reason, hint });
    return deny('SESSION_BUSY', `Statement ${running.statement} has been running since ${new Date(running.since).toISOString()}.`, { reason, hint });
  }
}

/** True when its turn came; false when that took too long. */
function inTurn(before: Promise<void>, { clock, waitMs }: Entrant): Promise<boolean> {
  if (waitMs === undefined) return before.then(() => true);
  return new Promise((resolve) => {
    const forget = clock.after(waitMs, () => resolve(false));
    void before.then(() => resolve(true)).finally(forget);
  });
}
