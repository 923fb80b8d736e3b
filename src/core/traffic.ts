import { AccessError } from './errors.js';
import type { Outcome } from './outcome.js';
import type { Trip } from './trip.js';

/** The requests under way, so that a gateway can stop with none. */
export class Traffic {
  readonly #active = new Map<Trip, Promise<unknown>>();
  #closed = false;

  /** Runs a request, or fails it with SHUTTING_DOWN once `stop` was called. */
  async pass<T>(trip: Trip, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    if (this.#closed) return { status: 'failed', error: new AccessError('SHUTTING_DOWN'), at: 'receive', id: trip.id };
    const running = work();
    this.#active.set(trip, running);
    try {
      return await running;
    } finally {
      this.#active.delete(trip);
    }
  }

  /** Lets nothing more in, aborts what is under way and waits for its outcomes. */
  async stop(): Promise<void> {
    this.#closed = true;
    for (const trip of this.#active.keys()) trip.abort(new AccessError('SHUTTING_DOWN'));
    await Promise.allSettled(this.#active.values());
  }
}
