import { AccessError } from '../../core/index.js';

/** Hands over one thing at a time: who gives waits until it was taken. */
export class Channel<T> {
  #current: { readonly value: T; readonly taken: () => void } | undefined;
  #arrived: (() => void) | undefined;
  #closed = false;
  readonly #queue: { readonly value: T; readonly taken: () => void }[] = [];

  send(value: T): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((taken) => {
      this.#queue.push({ value, taken });
      this.#arrived?.();
    });
  }

  /** Throws AUDIT_UNAVAILABLE when nothing comes in time. The one before is let go. */
  async receive(ms: number): Promise<T> {
    this.#current?.taken();
    if (this.#queue.length === 0) await this.#waitForArrival(ms);
    this.#current = this.#queue.shift();
    if (this.#current === undefined)
      throw new AccessError('AUDIT_UNAVAILABLE', 'the brokers stopped answering before the end of the topic');
    return this.#current.value;
  }

  close(): void {
    this.#closed = true;
    for (const { taken } of [...(this.#current === undefined ? [] : [this.#current]), ...this.#queue]) taken();
  }

  #waitForArrival(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
