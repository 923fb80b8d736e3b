import { createHmac, randomBytes } from 'node:crypto';

const size = 1_024;
const absent = 0n;

/**
 * Which numbers of a chain were seen, and with which fingerprint, in 8 bytes each: the first 64 bits of an HMAC under a key made for this run, so that
 * nobody can prepare two fingerprints that look the same. A block of numbers that are all there is forgotten when `window` newer ones are known.
 */
export class Marks {
  readonly #key = randomBytes(32);
  readonly #window: number;
  readonly #blocks = new Map<number, { readonly marks: BigUint64Array; seen: number }>();
  /** In the order of their completion; those before `oldest` are forgotten. */
  readonly #complete: number[] = [];
  #oldest = 0;
  readonly #forgotten = new Set<number>();

  constructor(window: number) {
    this.#window = Math.max(1, Math.ceil(window / size));
  }

  /** What is known of a number's fingerprint. */
  compare(sequence: number, fingerprint: string): 'absent' | 'same' | 'other' | 'forgotten' {
    const at = Math.floor(sequence / size);
    const mark = this.#blocks.get(at)?.marks[sequence % size];
    if (mark === undefined) return this.#forgotten.has(at) ? 'forgotten' : 'absent';
    if (mark === absent) return 'absent';
    return mark === this.#markOf(fingerprint) ? 'same' : 'other';
  }

  /** Sets a number, also one that had another fingerprint. */
  set(sequence: number, fingerprint: string): void {
    const at = Math.floor(sequence / size);
    let block = this.#blocks.get(at);
    if (block === undefined) this.#blocks.set(at, (block = { marks: new BigUint64Array(size), seen: at === 0 ? 1 : 0 }));
    const isNew = block.marks[sequence % size] === absent;
    block.marks[sequence % size] = this.#markOf(fingerprint);
    if (!isNew) return;
    block.seen += 1;
    if (block.seen === size) this.#completed(at);
  }

  #completed(at: number): void {
    this.#complete.push(at);
    if (this.#complete.length - this.#oldest <= this.#window) return;
    const oldest = this.#complete[this.#oldest] as number;
    this.#oldest += 1;
    this.#blocks.delete(oldest);
    this.#forgotten.add(oldest);
  }

  #markOf(fingerprint: string): bigint {
    const mark = createHmac('sha256', this.#key).update(fingerprint).digest().readBigUInt64LE();
    return mark === absent ? 1n : mark;
  }
}
