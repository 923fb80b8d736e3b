import type { Chain } from './chain.js';
import type { SealedRemovals } from './removals.js';
import type { Stamp } from './seal.js';

/** Checkpoints that follow each other, each naming the one before. */
interface Stretch {
  first: Stamp;
  last: Stamp;
  /** Key ids and chains in the order of their first use. */
  readonly keys: Set<string>;
  readonly chains: Set<string>;
}

/** The checkpoints of all logs as they are read, in any order. */
export class Trail {
  readonly #chain: (stamp: Stamp) => Chain;
  readonly #pinned: (kid: string) => boolean;
  readonly #seen = new Set<string>();
  /** The digest of a checkpoint that is followed, and of its follower. */
  readonly #followed = new Map<string, string>();
  readonly #tails = new Map<string, Stretch>();
  /** By the digest that the first one names. */
  readonly #orphans = new Map<string, Stretch>();
  readonly #roots: Stretch[] = [];

  /** `pinned` tells the keys that were given: one of those may come without having been announced. */
  constructor(chain: (stamp: Stamp) => Chain, pinned: (kid: string) => boolean) {
    this.#chain = chain;
    this.#pinned = pinned;
  }

  has(digest: string): boolean {
    return this.#seen.has(digest);
  }

  /** A checkpoint whose signature holds; false for one that was there. */
  add(stamp: Stamp): boolean {
    const { digest, kid, claims: { prev, chain } } = stamp;
    if (this.#seen.has(digest)) return false;
    this.#seen.add(digest);
    if (prev !== undefined && this.#followed.has(prev)) {
      this.#chain(stamp).stamp('fork', stamp, 'another checkpoint follows the same one');
      return true;
    }
    if (prev !== undefined) this.#followed.set(prev, digest);
    const single: Stretch = { first: stamp, last: stamp, keys: new Set([kid]), chains: new Set([chain]) };
    const before = prev === undefined ? undefined : this.#tails.get(prev);
    const stretch = before === undefined ? this.#place(single) : this.#join(before, single);
    const after = this.#orphans.get(digest);
    if (after === undefined) return true;
    if (after.first.place.log !== undefined && after.first.place.log === stamp.place.log) this.#chain(stamp).stamp('reordered', stamp, 'it stands behind the one that follows it');
    this.#orphans.delete(digest);
    this.#join(stretch, after);
    return true;
  }

  /** Tells what is absent. */
  close(removals: SealedRemovals): void {
    const begun = new Set(this.#roots.map(({ first }) => placeOf(first)));
    for (const { first } of [...this.#orphans.values()].toSorted((a, b) => a.first.claims.at - b.first.claims.at)) {
      const place = placeOf(first);
      if (begun.has(place)) this.#chain(first).stamp('checkpoint', first, 'the one before it is absent');
      else if (!removals.tookCheckpoint(first.claims.authority, first.claims.prev)) this.#chain(first).stamp('start', first, 'the one before it is absent, as where retention removed it', 'incomplete');
      begun.add(place);
    }
  }

  /** When the first checkpoint of each of a writer's logs was made, epoch milliseconds. */
  times(authority: string): readonly number[] {
    return [...this.#roots, ...this.#orphans.values()].filter(({ first }) => first.claims.authority === authority).map(({ first }) => first.claims.at);
  }

  /** The last of each stretch. */
  get tails(): readonly Stamp[] {
    return [...this.#tails.values()].map(({ last }) => last);
  }

  #place(stretch: Stretch): Stretch {
    const { prev } = stretch.first.claims;
    if (prev === undefined) this.#roots.push(stretch);
    else this.#orphans.set(prev, stretch);
    this.#tails.set(stretch.last.digest, stretch);
    return stretch;
  }

  #join(left: Stretch, right: Stretch): Stretch {
    this.#check(left, right);
    this.#tails.delete(left.last.digest);
    left.last = right.last;
    for (const each of right.keys) left.keys.add(each);
    for (const each of right.chains) left.chains.add(each);
    this.#tails.set(left.last.digest, left);
    return left;
  }

  #check(left: Stretch, right: Stretch): void {
    const [one, next] = [left.last.claims, right.first.claims];
    const tell = (kind: 'checkpoint' | 'resealed' | 'key', message: string): void => this.#chain(right.first).stamp(kind, right.first, message);
    if (one.authority !== next.authority) tell('checkpoint', `it follows one of ${one.authority}`);
    if (next.at < one.at) tell('resealed', 'it was made before the one that it follows');
    if (next.chain === one.chain && next.seq < one.seq) tell('resealed', `it seals less than the one before it, which went to ${one.seq}`);
    if ([...right.chains].some((each) => each !== one.chain && left.chains.has(each))) tell('resealed', 'its chain had ended, and others followed');
    this.#checkKeys(left, right, tell);
  }

  #checkKeys(left: Stretch, right: Stretch, tell: (kind: 'key', message: string) => void): void {
    const { kid } = right.first;
    const { reason, next } = left.last.claims;
    const announced = reason === 'rotation' ? next?.kid : undefined;
    if (kid === left.last.kid && announced !== undefined && announced !== kid) tell('key', 'it is signed with a key that had been replaced');
    else if (kid !== left.last.kid && kid !== announced && !this.#pinned(kid)) tell('key', 'its key is new and was not announced by the one before it');
    if ([...right.keys].some((each) => each !== left.last.kid && left.keys.has(each))) tell('key', 'a key that had been replaced is used again');
  }
}

function placeOf({ claims: { authority }, place: { log = '' } }: Stamp): string {
  return JSON.stringify([authority, log]);
}
