/**
 * Calls under way, for clients of 2025-11-25 and older: they cancel by a message of its own, which comes as a request
 * of its own. Bound to the
 * identity; two calls of one identity under the same id cannot be told apart, and are left alone.
 */
export class RunningCalls {
  readonly #running = new Map<string, Set<AbortController>>();

  /** Aborts when the call is cancelled; `leave` when it is over. */
  register(owner: string, id: string | number): { readonly signal: AbortSignal; readonly leave: () => void } {
    const key = createCallKey(owner, id);
    const controller = new AbortController();
    const calls = this.#running.get(key) ?? new Set();
    this.#running.set(key, calls.add(controller));
    const leave = (): void => {
      calls.delete(controller);
      if (calls.size === 0) this.#running.delete(key);
    };
    return { signal: controller.signal, leave };
  }

  cancel(owner: string, id: string | number): void {
    const calls = this.#running.get(createCallKey(owner, id));
    if (calls?.size === 1) for (const call of calls) call.abort();
  }
}

function createCallKey(owner: string, id: string | number): string {
  return JSON.stringify([owner, id]);
}
