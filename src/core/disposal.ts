/** What must be undone, undone in reverse. */
export class Disposal {
  readonly #what: string;
  readonly #undo: (() => void | Promise<void>)[] = [];
  #done: Promise<void> | undefined;

  constructor(what: string) {
    this.#what = what;
  }

  /** Registers something to undo; the returned function takes it back. */
  own(undo: () => void | Promise<void>): () => void {
    const own = (): void | Promise<void> => undo();
    this.#undo.push(own);
    return () => {
      const at = this.#undo.indexOf(own);
      if (at >= 0) this.#undo.splice(at, 1);
    };
  }

  /** Undoes everything once, last in first out; later calls join. Throws an AggregateError after all had their turn. */
  dispose(): Promise<void> {
    this.#done ??= this.#dispose();
    return this.#done;
  }

  async #dispose(): Promise<void> {
    const errors: unknown[] = [];
    for (const undo of this.#undo.toReversed()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${this.#what} did not close cleanly`);
  }
}
