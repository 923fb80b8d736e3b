/** How much is kept. What callers decide the size of is bounded by bytes, and not by number alone. */
export interface LruCacheLimits<T> {
  readonly maxEntries: number;
  /** Of memory, about, keys included. No limit unless told. */
  readonly maxBytes?: number;
  /** What a value takes, bytes, about. Nothing unless told. */
  readonly measure?: (value: T) => number;
}

/** What an entry takes beside its key and value, bytes, about. */
const entryBytes = 100;
/** The share of all bytes that one value may take; a larger one is not kept. */
const maxShareOfOne = 1 / 64;

/** The most recently used values, up to a number and a size of them. */
export class LruCache<T> {
  readonly #values = new Map<string, { readonly value: T; readonly bytes: number }>();
  readonly #limits: Required<LruCacheLimits<T>>;
  #bytes = 0;

  constructor(bounds: LruCacheLimits<T>) {
    this.#limits = { maxBytes: Number.POSITIVE_INFINITY, measure: () => 0, ...bounds };
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

  set(key: string, value: T): void {
    this.delete(key);
    const { maxEntries: most, maxBytes: bytes, measure: sizeOf } = this.#limits;
    const size = entryBytes + 2 * key.length + sizeOf(value);
    if (size > bytes * maxShareOfOne) return;
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
  getOrCreate<V>(this: LruCache<Promise<V>>, key: string, make: () => Promise<V>): Promise<V> {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    made.catch(() => this.delete(key));
    return made;
  }
}

/** About what a value takes: twice the length of its JSON. */
export function sizeAsJson(value: unknown): number {
  return 2 * (JSON.stringify(value)?.length ?? 0);
}
