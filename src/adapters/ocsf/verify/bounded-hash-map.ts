/** How many entries there is room for at first. */
const initialSize = 1_024;
const fraction = 2 ** 32;
/** Spreads keys over the places. */
const prime = 4_294_967_291;

/**
 * Which keys were seen, and with what beside them: the last `window` of them at least, in 16 bytes each and as many
 * again to spare, under hashes that are
 * other ones in each run, so that nobody can prepare two that look the same. That one is found in place of another has
 * a chance of one in 2^53.
 */
export class BoundedHashMap {
  readonly #seeds = crypto.getRandomValues(new Uint32Array(2));
  readonly #window: number;
  #recent = new NumberMap();
  #previous = new NumberMap();
  /** Something was seen too long ago to be found. */
  hasForgotten = false;

  constructor(window: number) {
    this.#window = window;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** What was set with a key. */
  get(key: string): number | undefined {
    const mark = this.hash(key);
    return this.#recent.get(mark) ?? this.#previous.get(mark);
  }

  /** What is set again replaces what was there. */
  set(key: string, value = 1): void {
    if (this.#recent.size >= this.#window) {
      this.hasForgotten ||= this.#previous.size > 0;
      [this.#previous, this.#recent] = [this.#recent, new NumberMap()];
    }
    this.#recent.set(this.hash(key), value);
  }

  /** What stands for a text: a whole number from 1. */
  hash(text: string): number {
    let [one, other] = this.#seeds as unknown as [number, number];
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      one = Math.imul(one ^ unit, 2_654_435_761);
      other = Math.imul(other ^ unit, 1_597_334_677);
      one ^= other >>> 15;
      other ^= one >>> 13;
    }
    one = Math.imul(one ^ (other >>> 16), 2_246_822_507);
    other = Math.imul(other ^ (one >>> 13), 3_266_489_909);
    return ((one >>> 0) & 0x1f_ffff) * fraction + (other >>> 0) + 1;
  }
}

/** Numbers by numbers from 1, without an object for each. */
class NumberMap {
  size = 0;
  #keys = new Float64Array(initialSize);
  #values = new Float64Array(initialSize);

  get(key: number): number | undefined {
    const place = this.#findSlot(key);
    return this.#keys[place] === 0 ? undefined : this.#values[place];
  }

  set(key: number, value: number): void {
    if (this.size * 2 >= this.#keys.length) this.#grow();
    const place = this.#findSlot(key);
    if (this.#keys[place] === 0) this.size += 1;
    this.#keys[place] = key;
    this.#values[place] = value;
  }

  /** Where a key is, or would be. */
  #findSlot(key: number): number {
    const mask = this.#keys.length - 1;
    let place = (key % prime) & mask;
    while (this.#keys[place] !== 0 && this.#keys[place] !== key) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2);
    this.#values = new Float64Array(keys.length * 2);
    keys.forEach((key, at) => {
      if (key === 0) return;
      const place = this.#findSlot(key);
      this.#keys[place] = key;
      this.#values[place] = values[at] as number;
    });
  }
}
