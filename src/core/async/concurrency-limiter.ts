/** Works at once: so many overall and so many of one name; the others wait in the order in which they came. */
export class ConcurrencyLimiter {
  readonly #maxRunning: number;
  readonly #maxRunningPerKey: number;
  readonly #maxWaitingPerKey: number;
  readonly #running = new Map<string, number>();
  readonly #waiting: { readonly name: string; readonly start: () => void }[] = [];
  #total = 0;

  constructor(most: number, mostOfOne: number, mostWaiting: number) {
    this.#maxRunning = most;
    this.#maxRunningPerKey = mostOfOne;
    this.#maxWaitingPerKey = mostWaiting;
  }

  /**
   * Runs the work as soon as there is room; undefined where too many of this name wait already. What it holds keeps its
   * place until that has settled, whoever has stopped waiting for it.
   */
  run<T>(name: string, work: (hold: (part: Promise<unknown>) => void) => Promise<T>): Promise<T> | undefined {
    if (this.#waiting.reduce((count, each) => (each.name === name ? count + 1 : count), 0) >= this.#maxWaitingPerKey)
      return undefined;
    return new Promise<T>((resolve, reject) => {
      const start = (): void => {
        const held: Promise<unknown>[] = [];
        const done = work((part) => void held.push(part));
        done.then(resolve, reject);
        void done
          .catch(() => undefined)
          .then(() => Promise.allSettled(held))
          .then(() => this.#release(name));
      };
      this.#waiting.push({ name, start });
      this.#startNext();
    });
  }

  #release(name: string): void {
    this.#total -= 1;
    const left = (this.#running.get(name) ?? 1) - 1;
    if (left === 0) this.#running.delete(name);
    else this.#running.set(name, left);
    this.#startNext();
  }

  /** Starts whatever has room now; one of a name that has none keeps no other back. */
  #startNext(): void {
    while (this.#total < this.#maxRunning) {
      const at = this.#waiting.findIndex(({ name }) => (this.#running.get(name) ?? 0) < this.#maxRunningPerKey);
      if (at < 0) return;
      const [{ name, start }] = this.#waiting.splice(at, 1) as [{ readonly name: string; readonly start: () => void }];
      this.#total += 1;
      this.#running.set(name, (this.#running.get(name) ?? 0) + 1);
      start();
    }
  }
}
