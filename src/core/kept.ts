/** How much is kept. What callers decide the size of is bounded by bytes, and not by number alone. */
export interface KeptBounds<T> {
  readonly most: number;
  /** Of memory, about, keys included. No limit unless told. */
  readonly bytes?: number;
  /** What a value takes, bytes, about. Nothing unless told. */
  readonly sizeOf?: (value: T) => number;
}

/** What an entry takes beside its key and value, bytes, about. */
const entryBytes = 100;
/** The share of all bytes that one value may take; a larger one is not kept. */
const largestShare = 1 / 64;

/** The most recently used values, up to a number and a size of them. */
export class Kept<T> {
  readonly #values = new Map<string, { readonly value: T; readonly bytes: number }>();
  readonly #bounds: Required<KeptBounds<T>>;
  #bytes = 0;

  constructor(bounds: KeptBounds<T>) {
    this.#bounds = { bytes: Number.POSITIVE_INFINITY, sizeOf: () => 0, ...bounds };
  }

  /** How many there are, and what they take, about. */
  get size(): { readonly count: number; readonly bytes: number } {
    return { count: this.#values.size, bytes: this.#bytes };
  }

  get(key: string): T | undefined {
    const known = this.#values.get(key);
    if (known === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, known);
    return known.value;
  }

  put(key: string, value: T): void {
    this.delete(key);
    const { most, bytes, sizeOf } = this.#bounds;
    const size = entryBytes + 2 * key.length + sizeOf(value);
    if (size > bytes * largestShare) return;
    this.#values.set(key, { value, bytes: size });
    this.#bytes += size;
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= most && this.#bytes <= bytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#bytes -= this.#values.get(key)?.bytes ?? 0;
    this.#values.delete(key);
  }

  /** The value of a key, made where it is missing; one that rejects is not kept. */
  take<V>(this: Kept<Promise<V>>, key: string, make: () => Promise<V>): Promise<V> {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.put(key, made);
    made.catch(() => this.delete(key));
    return made;
  }
}

/** About what a value takes: twice the length of its JSON. */
export function sizeAsJson(value: unknown): number {
  return 2 * (JSON.stringify(value)?.length ?? 0);
}
