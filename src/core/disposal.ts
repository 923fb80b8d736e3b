/** What must be undone, undone in reverse. */
export class Disposal {
  readonly #what: string;
  readonly #undo: (() => void | Promise<void>)[] = [];
  #done: Promise<void> | undefined;

  constructor(what: string) {
    this.#what = what;
  }

  /** Registers something to undo. */
  own(undo: () => void | Promise<void>): void {
    this.#undo.push(undo);
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
