import type { Chain } from './chain.js';
import type { AttestedRemovals } from './removals.js';
import type { FindingKind } from './report.js';
import type { PlacedCheckpoint } from './signed-checkpoint.js';

/** Checkpoints that follow each other, each naming the one before. */
interface CheckpointRun {
  first: PlacedCheckpoint;
  last: PlacedCheckpoint;
  /** In the order of their first use. */
  readonly chains: Set<string>;
}

/** The checkpoints of all logs as they are read, in any order. */
export class CheckpointTrail {
  readonly #chain: (stamp: PlacedCheckpoint) => Chain;
  readonly #seen = new Set<string>();
  /** By the digest of a checkpoint the one that follows it. */
  readonly #followed = new Map<string, PlacedCheckpoint>();
  /** Those at which something is told. */
  readonly #faulty = new WeakSet<PlacedCheckpoint>();
  readonly #tails = new Map<string, CheckpointRun>();
  /** By the digest that the first one names. */
  readonly #orphans = new Map<string, CheckpointRun>();
  readonly #roots: CheckpointRun[] = [];
  /** The first ones of logs whose predecessor is absent. */
  readonly #begins: PlacedCheckpoint[] = [];
  /** Digests of those that do not hold: they say nothing, but are there. */
  readonly #passed = new Set<string>();

  constructor(chain: (stamp: PlacedCheckpoint) => Chain) {
    this.#chain = chain;
  }

  /** One that does not hold: it is a predecessor, and no more. */
  addPassed({ digest }: PlacedCheckpoint): void {
    this.#passed.add(digest);
  }

  has(digest: string): boolean {
    return this.#seen.has(digest);
  }

  /**
   * A checkpoint whose signature holds. It may be found to be faulty later still, by one that comes out of its order.
   */
  add(stamp: PlacedCheckpoint): 'again' | 'good' | 'faulty' {
    const {
      digest,
      claims: { prev, chain },
    } = stamp;
    if (this.#seen.has(digest)) return 'again';
    this.#seen.add(digest);
    const other = prev === undefined ? undefined : this.#followed.get(prev);
    if (prev !== undefined && other !== undefined) {
      const later = isBefore(stamp, other) ? other : stamp;
      if (later === other) this.#followed.set(prev, stamp);
      this.#tell('checkpoint', later, 'another checkpoint follows the same one');
      return later === stamp ? 'faulty' : 'good';
    }
    if (prev !== undefined) this.#followed.set(prev, stamp);
    const single: CheckpointRun = { first: stamp, last: stamp, chains: new Set([chain]) };
    const before = prev === undefined ? undefined : this.#tails.get(prev);
    const stretch = before === undefined ? this.#addRun(single) : this.#joinRuns(before, single);
    const after = this.#orphans.get(digest);
    if (after === undefined) return this.#faulty.has(stamp) ? 'faulty' : 'good';
    this.#orphans.delete(digest);
    this.#joinRuns(stretch, after);
    return this.#faulty.has(stamp) ? 'faulty' : 'good';
  }

  /** Tells those that do not follow from another one, once everything was read. */
  checkOrder(): void {
    const begun = new Set<string>();
    for (const { first } of this.#roots) {
      // In an export nothing tells which log a beginning is of.
      if (first.position.log !== undefined && begun.has(createLogKey(first)))
        this.#tell('checkpoint', first, 'it names none before it, though another stands before it');
      begun.add(createLogKey(first));
    }
    for (const { first } of [...this.#orphans.values()].toSorted((a, b) => a.first.claims.at - b.first.claims.at)) {
      const place = createLogKey(first);
      if (this.#passed.has(first.claims.prev ?? '')) continue;
      if (begun.has(place)) this.#tell('checkpoint', first, 'the one before it is absent');
      else this.#begins.push(first);
      begun.add(place);
    }
  }

  /** Tells the first ones of logs of which nothing says that retention removed what stood before. */
  checkBeginnings(removals: AttestedRemovals): void {
    const gone = 'the one before it is absent, as where retention removed it';
    for (const first of this.#begins) {
      if (removals.hasCheckpoint(first.claims.authority, first.claims.prev)) continue;
      this.#chain(first).seals.tell('start', first, gone, 'incomplete');
    }
  }

  /** No checkpoint of any log names one that is absent: nothing older was there, as far as they say. */
  get isFromTheStart(): boolean {
    return [...this.#orphans.values()].every(({ first }) => this.#passed.has(first.claims.prev ?? ''));
  }

  /** When the first checkpoint of each of a writer's logs was made, epoch milliseconds. */
  times(authority: string): readonly number[] {
    return [...this.#roots, ...this.#orphans.values()]
      .filter(({ first }) => first.claims.authority === authority)
      .map(({ first }) => first.claims.at);
  }

  /** The last of each stretch. */
  get tails(): readonly PlacedCheckpoint[] {
    return [...this.#tails.values()].map(({ last }) => last);
  }

  #tell(kind: FindingKind, stamp: PlacedCheckpoint, message: string): void {
    this.#faulty.add(stamp);
    this.#chain(stamp).seals.tell(kind, stamp, message);
  }

  #addRun(stretch: CheckpointRun): CheckpointRun {
    const { prev } = stretch.first.claims;
    if (prev === undefined) this.#roots.push(stretch);
    else this.#orphans.set(prev, stretch);
    this.#tails.set(stretch.last.digest, stretch);
    return stretch;
  }

  #joinRuns(left: CheckpointRun, right: CheckpointRun): CheckpointRun {
    this.#check(left, right);
    this.#tails.delete(left.last.digest);
    left.last = right.last;
    for (const each of right.chains) left.chains.add(each);
    this.#tails.set(left.last.digest, left);
    return left;
  }

  #check(left: CheckpointRun, right: CheckpointRun): void {
    const [one, next] = [left.last.claims, right.first.claims];
    const tell = (kind: 'checkpoint' | 'resealed', message: string): void => this.#tell(kind, right.first, message);
    const { log } = left.last.position;
    if (log !== undefined && log === right.first.position.log && right.first.order < left.last.order)
      this.#tell('reordered', left.last, 'it stands behind the one that follows it');
    if (one.authority !== next.authority) tell('checkpoint', `it follows one of ${one.authority}`);
    if (next.at < one.at) tell('resealed', 'it was made before the one that it follows');
    if (next.chain === one.chain && next.seq < one.seq)
      tell('resealed', `it seals less than the one before it, which went to ${one.seq}`);
    if ([...right.chains].some((each) => each !== one.chain && left.chains.has(each)))
      tell('resealed', 'its chain had ended, and others followed');
  }
}

/** The order of checkpoints. */
function isBefore(one: PlacedCheckpoint, other: PlacedCheckpoint): boolean {
  const [a, b] = [one, other].map(({ claims: { at, seq }, digest }) => [at, seq, digest] as const) as [
    readonly [number, number, string],
    readonly [number, number, string],
  ];
  return a[0] !== b[0] ? a[0] < b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] < b[2];
}

function createLogKey({ claims: { authority }, position: { log = '' } }: PlacedCheckpoint): string {
  return JSON.stringify([authority, log]);
}
