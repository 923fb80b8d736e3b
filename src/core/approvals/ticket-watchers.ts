import type { Clock } from '../async/clock.js';

/** A place among those who wait for a ticket. */
export interface WatchSlot {
  /** Resolves when the ticket changes, `ms` are over or the signal aborts. */
  waitForChange(ticket: string, ms: number, signal: AbortSignal): Promise<void>;
  release(): void;
}

const maxPerActor = 32;

/**
 * Those who wait for tickets to change in this process: bounded by actor, so that waiting costs little whoever asks.
 */
export class TicketWatchers {
  readonly #clock: Clock;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #held = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined where this actor waits too often already. */
  acquire(actor: string): WatchSlot | undefined {
    const held = this.#held.get(actor) ?? 0;
    if (held >= maxPerActor) return undefined;
    this.#held.set(actor, held + 1);
    return {
      waitForChange: (ticket, ms, signal) => this.#waitForChange(ticket, ms, signal),
      release: () => this.#release(actor),
    };
  }

  notify(ticket: string): void {
    for (const wake of this.#listeners.get(ticket) ?? []) wake();
  }

  #release(actor: string): void {
    const held = (this.#held.get(actor) ?? 1) - 1;
    if (held === 0) this.#held.delete(actor);
    else this.#held.set(actor, held);
  }

  #waitForChange(ticket: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wakes = this.#listeners.get(ticket) ?? new Set();
      const done = (): void => {
        forget();
        signal.removeEventListener('abort', done);
        wakes.delete(done);
        if (wakes.size === 0 && this.#listeners.get(ticket) === wakes) this.#listeners.delete(ticket);
        resolve();
      };
      const forget = this.#clock.after(ms, done);
      this.#listeners.set(ticket, wakes.add(done));
      if (signal.aborted) done();
      else signal.addEventListener('abort', done, { once: true });
    });
  }
}
