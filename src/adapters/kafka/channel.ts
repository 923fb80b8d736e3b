import { AccessError } from '../../core/index.js';

/** Hands over one thing at a time: who gives waits until it was taken. */
export class Channel<T> {
  #given: { readonly value: T; readonly taken: () => void } | undefined;
  #arrived: (() => void) | undefined;
  #closed = false;
  readonly #queue: { readonly value: T; readonly taken: () => void }[] = [];

  give(value: T): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((taken) => {
      this.#queue.push({ value, taken });
      this.#arrived?.();
    });
  }

  /** Throws AUDIT_UNAVAILABLE when nothing comes in time. The one before is let go. */
  async take(ms: number): Promise<T> {
    this.#given?.taken();
    if (this.#queue.length === 0) await this.#arrival(ms);
    this.#given = this.#queue.shift();
    if (this.#given === undefined) throw new AccessError('AUDIT_UNAVAILABLE', 'the brokers fell silent before the end of the topic');
    return this.#given.value;
  }

  close(): void {
    this.#closed = true;
    for (const { taken } of [...(this.#given === undefined ? [] : [this.#given]), ...this.#queue]) taken();
  }

  #arrival(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
