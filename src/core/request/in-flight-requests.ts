import { AccessError } from '../errors.js';
import type { Outcome } from '../outcome.js';
import type { RequestContext } from './context.js';

/** The requests under way, so that a gateway can stop with none. */
export class InFlightRequests {
  readonly #active = new Map<RequestContext, Promise<unknown>>();
  #closed = false;

  /** Runs a request, or fails it with SHUTTING_DOWN once `stop` was called. */
  async track<T>(context: RequestContext, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    if (this.#closed)
      return { status: 'failed', error: new AccessError('SHUTTING_DOWN'), at: 'receive', id: context.id };
    const running = work();
    this.#active.set(context, running);
    try {
      return await running;
    } finally {
      this.#active.delete(context);
    }
  }

  /** Lets nothing more in, aborts what is under way and waits for its outcomes. */
  async stop(): Promise<void> {
    this.#closed = true;
    for (const context of this.#active.keys()) context.abort(new AccessError('SHUTTING_DOWN'));
    await Promise.allSettled(this.#active.values());
  }
}
