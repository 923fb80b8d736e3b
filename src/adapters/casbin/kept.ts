/** The most recently used values, up to a number of them. */
export class Kept<T> {
  readonly #values = new Map<string, T>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  put(key: string, value: T): void {
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value as string);
  }

  /** The value of a key, made where it is missing; one that rejects is not kept. */
  take<V>(this: Kept<Promise<V>>, key: string, make: () => Promise<V>): Promise<V> {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.put(key, made);
    made.catch(() => this.#values.delete(key));
    return made;
  }
}
