import type { Clock } from '../clock.js';

/** A place among those who wait for a ticket. */
export interface Place {
  /** Resolves when the ticket changes, `ms` are over or the signal aborts. */
  changed(ticket: string, ms: number, signal: AbortSignal): Promise<void>;
  leave(): void;
}

const mostPerActor = 32;

/** Those who wait for tickets to change in this process: bounded by actor, so that waiting costs little whoever asks. */
export class Watchers {
  readonly #clock: Clock;
  readonly #wakes = new Map<string, Set<() => void>>();
  readonly #held = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined where this actor waits too often already. */
  enter(actor: string): Place | undefined {
    const held = this.#held.get(actor) ?? 0;
    if (held >= mostPerActor) return undefined;
    this.#held.set(actor, held + 1);
    return { changed: (ticket, ms, signal) => this.#changed(ticket, ms, signal), leave: () => this.#leave(actor) };
  }

  wake(ticket: string): void {
    for (const wake of this.#wakes.get(ticket) ?? []) wake();
  }

  #leave(actor: string): void {
    const held = (this.#held.get(actor) ?? 1) - 1;
    if (held === 0) this.#held.delete(actor);
    else this.#held.set(actor, held);
  }

  #changed(ticket: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wakes = this.#wakes.get(ticket) ?? new Set();
      const done = (): void => {
        forget();
        signal.removeEventListener('abort', done);
        wakes.delete(done);
        if (wakes.size === 0 && this.#wakes.get(ticket) === wakes) this.#wakes.delete(ticket);
        resolve();
      };
      const forget = this.#clock.after(ms, done);
      this.#wakes.set(ticket, wakes.add(done));
      if (signal.aborted) done();
      else signal.addEventListener('abort', done, { once: true });
    });
  }
}
