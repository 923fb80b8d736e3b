/** Works of one name, one after the other in the order they came; works of different names go side by side. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>();

  runExclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#tails.get(name) ?? Promise.resolve()).then(work);
    const line = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#tails.get(name) === line) this.#tails.delete(name);
      });
    this.#tails.set(name, line);
    return turn;
  }
}
