import { randomFillSync } from 'node:crypto';
import type { Place } from './report.js';

const size = 1_024;
const absent = 0;
/** A fingerprint is read four hexadecimal digits at a time. */
const words = 16;
/** The largest primes below 2^32 and 2^21: two remainders make one number that a double holds. */
const [large, small] = [4_294_967_291, 2_097_143];
const shift = 2 ** 32;

interface Block {
  readonly marks: Float64Array;
  readonly sources: Uint32Array;
  readonly lines: Float64Array;
  seen: number;
}

/** There is no number 0. */
function emptyBlock(at: number): Block {
  return { marks: new Float64Array(size), sources: new Uint32Array(size), lines: new Float64Array(size), seen: at === 0 ? 1 : 0 };
}

/**
 * Which numbers of a chain were seen, where, and with which fingerprint, in 20 bytes each: the remainders of sums over the fingerprint, with weights that are other ones
 * in each run, so that nobody can prepare two fingerprints that look the same; two do with a chance of one in 2^53. A block of numbers that are all there is
 * forgotten when `window` newer ones are known.
 */
export class Marks {
  readonly #weights = randomFillSync(new Uint32Array(words * 2));
  readonly #window: number;
  readonly #blocks = new Map<number, Block>();
  /** A place of each source. */
  readonly #sources: Place[] = [];
  #source = 0;
  /** In the order of their completion; those before `oldest` are forgotten. */
  readonly #complete: number[] = [];
  #oldest = 0;
  readonly #forgotten = new Set<number>();

  constructor(window: number) {
    this.#window = Math.max(1, Math.ceil(window / size));
  }

  /** What is known of a number's fingerprint, 64 hexadecimal digits. */
  compare(sequence: number, fingerprint: string): 'absent' | 'same' | 'other' | 'forgotten' {
    const at = Math.floor(sequence / size);
    const mark = this.#blocks.get(at)?.marks[sequence % size];
    if (mark === undefined) return this.#forgotten.has(at) ? 'forgotten' : 'absent';
    if (mark === absent) return 'absent';
    return mark === this.#markOf(fingerprint) ? 'same' : 'other';
  }

  /** Where a number was read; undefined where it was not, or too long ago. */
  placeOf(sequence: number): Place | undefined {
    const [block, at] = [this.#blocks.get(Math.floor(sequence / size)), sequence % size];
    const source = block === undefined || block.marks[at] === absent ? undefined : this.#sources[block.sources[at] as number];
    return source === undefined ? undefined : { ...source, line: block?.lines[at] as number };
  }

  /** Sets a number, also one that had another fingerprint. */
  set(sequence: number, fingerprint: string, place: Place): void {
    const at = Math.floor(sequence / size);
    let block = this.#blocks.get(at);
    if (block === undefined) this.#blocks.set(at, (block = emptyBlock(at)));
    const isNew = block.marks[sequence % size] === absent;
    block.marks[sequence % size] = this.#markOf(fingerprint);
    if (this.#sources[this.#source]?.source !== place.source) this.#enter(place);
    block.sources[sequence % size] = this.#source;
    block.lines[sequence % size] = place.line;
    if (!isNew) return;
    block.seen += 1;
    if (block.seen === size) this.#completed(at);
  }

  #enter(place: Place): void {
    const known = this.#sources.findIndex(({ source }) => source === place.source);
    this.#source = known < 0 ? this.#sources.push(place) - 1 : known;
  }

  #completed(at: number): void {
    this.#complete.push(at);
    if (this.#complete.length - this.#oldest <= this.#window) return;
    const oldest = this.#complete[this.#oldest] as number;
    this.#oldest += 1;
    this.#blocks.delete(oldest);
    this.#forgotten.add(oldest);
  }

  /** Never 0. Each sum is below 2^52: 16 times 2^16 by 2^32. */
  #markOf(fingerprint: string): number {
    let [one, other] = [0, 0];
    for (let at = 0; at < words; at += 1) {
      const word = wordAt(fingerprint, at * 4);
      one += word * (this.#weights[at] as number);
      other += word * (this.#weights[at + words] as number);
    }
    return (other % small) * shift + (one % large) + 1;
  }
}

function wordAt(fingerprint: string, at: number): number {
  return (digitAt(fingerprint, at) << 12) | (digitAt(fingerprint, at + 1) << 8) | (digitAt(fingerprint, at + 2) << 4) | digitAt(fingerprint, at + 3);
}

/** Of `0` to `9` and `a` to `f`. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 58 ? code - 48 : code - 87;
}
