/** Works of one name, one after the other in the order they came; works of different names go side by side. */
export class Turns {
  readonly #lines = new Map<string, Promise<unknown>>();

  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#lines.get(name) ?? Promise.resolve()).then(work);
    const line = turn.catch(() => undefined).then(() => {
      if (this.#lines.get(name) === line) this.#lines.delete(name);
    });
    this.#lines.set(name, line);
    return turn;
  }
}
