import { randomFillSync } from 'node:crypto';
import type { LinePosition } from './report.js';

const blockSize = 1_024;
const absent = 0;
/** A fingerprint is read four hexadecimal digits at a time. */
const words = 16;
/** The largest primes below 2^32 and 2^21: two remainders make one number that a double holds. */
const [primaryModulus, secondaryModulus] = [4_294_967_291, 2_097_143];
const shift = 2 ** 32;

interface Block {
  readonly marks: Float64Array;
  readonly sources: Uint32Array;
  readonly lines: Float64Array;
  seen: number;
}

/** There is no number 0. */
function emptyBlock(at: number): Block {
  return {
    marks: new Float64Array(blockSize),
    sources: new Uint32Array(blockSize),
    lines: new Float64Array(blockSize),
    seen: at === 0 ? 1 : 0,
  };
}

/**
 * Which numbers of a chain were seen, where, and with which fingerprint, in 20 bytes each: the remainders of sums over
 * the fingerprint, with weights that are other ones
 * in each run, so that nobody can prepare two fingerprints that look the same; two do with a chance of one in 2^53. A
 * block of numbers that are all there is
 * forgotten when `window` newer ones are known.
 */
export class FingerprintWindow {
  readonly #weights = randomFillSync(new Uint32Array(words * 2));
  readonly #window: number;
  readonly #blocks = new Map<number, Block>();
  /** A place of each source. */
  readonly #sources: LinePosition[] = [];
  #source = 0;
  /** In the order of their completion; those before `oldest` are forgotten. */
  readonly #complete: number[] = [];
  #oldest = 0;
  readonly #evicted = new Set<number>();

  constructor(window: number) {
    this.#window = Math.max(1, Math.ceil(window / blockSize));
  }

  /** What is known of a number's fingerprint, 64 hexadecimal digits. */
  compare(sequence: number, fingerprint: string): 'absent' | 'same' | 'other' | 'forgotten' {
    const at = Math.floor(sequence / blockSize);
    const mark = this.#blocks.get(at)?.marks[sequence % blockSize];
    if (mark === undefined) return this.#evicted.has(at) ? 'forgotten' : 'absent';
    if (mark === absent) return 'absent';
    return mark === this.#hash(fingerprint) ? 'same' : 'other';
  }

  /** Where a number was read; undefined where it was not, or too long ago. */
  placeOf(sequence: number): LinePosition | undefined {
    const [block, at] = [this.#blocks.get(Math.floor(sequence / blockSize)), sequence % blockSize];
    const source =
      block === undefined || block.marks[at] === absent ? undefined : this.#sources[block.sources[at] as number];
    return source === undefined ? undefined : { ...source, line: block?.lines[at] as number };
  }

  /** Sets a number, also one that had another fingerprint. */
  set(sequence: number, fingerprint: string, place: LinePosition): void {
    const at = Math.floor(sequence / blockSize);
    let block = this.#blocks.get(at);
    if (block === undefined) this.#blocks.set(at, (block = emptyBlock(at)));
    const isNew = block.marks[sequence % blockSize] === absent;
    block.marks[sequence % blockSize] = this.#hash(fingerprint);
    if (this.#sources[this.#source]?.source !== place.source) this.#enter(place);
    block.sources[sequence % blockSize] = this.#source;
    block.lines[sequence % blockSize] = place.line;
    if (!isNew) return;
    block.seen += 1;
    if (block.seen === blockSize) this.#completeBlock(at);
  }

  #enter(place: LinePosition): void {
    const known = this.#sources.findIndex(({ source }) => source === place.source);
    this.#source = known < 0 ? this.#sources.push(place) - 1 : known;
  }

  #completeBlock(at: number): void {
    this.#complete.push(at);
    if (this.#complete.length - this.#oldest <= this.#window) return;
    const oldest = this.#complete[this.#oldest] as number;
    this.#oldest += 1;
    this.#blocks.delete(oldest);
    this.#evicted.add(oldest);
  }

  /** Never 0. Each sum is below 2^52: 16 times 2^16 by 2^32. */
  #hash(fingerprint: string): number {
    let [one, other] = [0, 0];
    for (let at = 0; at < words; at += 1) {
      const word = readWord(fingerprint, at * 4);
      one += word * (this.#weights[at] as number);
      other += word * (this.#weights[at + words] as number);
    }
    return (other % secondaryModulus) * shift + (one % primaryModulus) + 1;
  }
}

function readWord(fingerprint: string, at: number): number {
  return (
    (readDigit(fingerprint, at) << 12) |
    (readDigit(fingerprint, at + 1) << 8) |
    (readDigit(fingerprint, at + 2) << 4) |
    readDigit(fingerprint, at + 3)
  );
}

/** Of `0` to `9` and `a` to `f`. */
function readDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 58 ? code - 48 : code - 87;
}
