import { createUnavailableError } from './errors.js';

/** What a connector has under way with nobody waiting for it: closing ends it, and waits. */
export class BackgroundWork {
  readonly #work = new Set<Promise<unknown>>();
  readonly #stops = new Set<AbortController>();

  /** Clearing up, which ends by itself. */
  add(work: Promise<unknown>): void {
    this.#work.add(work);
    void work.catch(() => undefined).finally(() => this.#work.delete(work));
  }

  /** An opening: its signal aborts with the caller's, and when all is ended. */
  trackOpening<T>(signal: AbortSignal, open: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const follow = (): void => stop.abort(signal.reason);
    if (signal.aborted) follow();
    else signal.addEventListener('abort', follow, { once: true });
    this.#stops.add(stop);
    const opened = open(stop.signal).finally(() => {
      signal.removeEventListener('abort', follow);
      this.#stops.delete(stop);
    });
    this.add(opened);
    return opened;
  }

  async end(): Promise<void> {
    for (const stop of this.#stops) stop.abort(createUnavailableError('closed'));
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }
}
