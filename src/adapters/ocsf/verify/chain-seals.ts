import type { CheckpointInterval } from '../../../core/index.js';
import type { Finding, FindingKind } from './report.js';
import type { PlacedCheckpoint } from './signed-checkpoint.js';
import type { Stretches } from './stretches.js';
import type { CheckpointTimes } from './checkpoint-times.js';

/** What a checkpoint of version 1 is taken to promise. */
export const earlierInterval: CheckpointInterval = { events: 1_256, ms: 60_000 };

/**
 * How a checkpoint's head stands to the event of its number: the second content of it, another one, the same under
 * another id, not here or not known any more.
 */
export type Head = 'same' | 'second' | 'other' | 'renamed' | 'absent' | 'forgotten';

interface Sealed {
  readonly authority: string;
  readonly stretches: Stretches;
  readonly times: CheckpointTimes;
  readonly compare: (sequence: number, head: string, id: string) => Head;
  readonly found: (problem: Finding) => void;
}

/** The checkpoints over a chain. */
export class ChainSeals {
  readonly #chain: Sealed;
  /** The highest number that a good one names. */
  sealed = 0;
  sealedAt: number | undefined;
  /** When the latest was made whose signature holds; 0 for none. */
  stampedAt = 0;
  /** What the last good one promised. */
  interval: CheckpointInterval | undefined;
  count = 0;
  /** In each log the highest number that one which was read names. */
  readonly #reached = new Map<string, number>();
  /** Those that hold, unless something is told of them before the end. */
  readonly #good: { readonly stamp: PlacedCheckpoint; readonly isSecond: boolean }[] = [];
  /** Digests of those of which something is told that is tampering. */
  readonly #faulty = new Set<string>();
  readonly keys = new Set<string>();
  /** Those that came before their event, and whether each is good so far. */
  readonly waiting = new Map<number, (readonly [PlacedCheckpoint, boolean])[]>();

  constructor(chain: Sealed) {
    this.#chain = chain;
  }

  /** One whose signature holds. One that is not `good` is compared all the same, and seals nothing. */
  add(stamp: PlacedCheckpoint, good: boolean): void {
    const {
      kid,
      claims: { at, authority },
    } = stamp;
    this.count += 1;
    this.keys.add(kid);
    this.stampedAt = Math.max(this.stampedAt, at);
    const isOwn = authority === this.#chain.authority;
    if (!isOwn) this.tell('checkpoint', stamp, `it is by ${authority}, the chain by ${this.#chain.authority}`);
    this.#compare(stamp, good && isOwn);
    const { log } = stamp.position;
    if (log !== undefined) this.#reached.set(log, Math.max(this.reachedIn(log), stamp.claims.seq));
  }

  /** The highest number that a checkpoint names which stands in this log; 0 for none. */
  reachedIn(log: string): number {
    return this.#reached.get(log) ?? 0;
  }

  /** Once everything was read: those that hold seal. */
  settle(): void {
    for (const { stamp, isSecond } of this.#good.splice(0)) {
      if (!this.#faulty.has(stamp.digest)) this.#seal(stamp, isSecond);
    }
  }

  /** Compares those that were waiting for this event. */
  answer(sequence: number): void {
    const waiting = this.waiting.get(sequence);
    if (waiting === undefined) return;
    this.waiting.delete(sequence);
    for (const [stamp, good] of waiting) this.#compare(stamp, good);
  }

  /** Tells a problem of one. */
  tell(
    kind: FindingKind,
    { position: place, digest, claims: { seq, at } }: Pick<PlacedCheckpoint, 'claims' | 'position' | 'digest'>,
    message: string,
    verdict: Finding['verdict'] = 'tampered',
  ): void {
    // A copy says nothing of the line that it is a copy of.
    if (verdict === 'tampered' && kind !== 'copied') this.#faulty.add(digest);
    this.#chain.found({ kind, verdict, message: `the checkpoint over ${seq}: ${message}`, place, sequence: seq, at });
  }

  #compare(stamp: PlacedCheckpoint, good: boolean): void {
    const { seq, head, head_uid: id } = stamp.claims;
    const found = this.#chain.compare(seq, head, id);
    if (found === 'absent') this.waiting.set(seq, [...(this.waiting.get(seq) ?? []), [stamp, good]]);
    else if (found === 'forgotten') this.tell('unchecked', stamp, 'it came too late to be compared', 'incomplete');
    else if (found === 'renamed') this.tell('rewritten', stamp, `it names event ${seq} by another id than it has here`);
    else if (found === 'other')
      this.tell(
        'rewritten',
        stamp,
        `it names another event ${seq} than the one that is here: what stands before it was written anew`,
      );
    else if (good) {
      this.#good.push({ stamp, isSecond: found === 'second' });
      if (stamp.claims.v === 2) this.#chain.times.addCheckpoint(stamp.claims);
    }
  }

  #seal({ claims }: PlacedCheckpoint, isSecond: boolean): void {
    const { seq, at, interval = earlierInterval } = claims;
    if (seq >= this.sealed) this.interval = interval;
    if (claims.v === 2) this.#chain.times.seal(claims);
    this.sealed = Math.max(this.sealed, seq);
    this.#chain.stretches.seal(seq, seq, isSecond);
    this.sealedAt = Math.max(this.sealedAt ?? at, at);
  }
}
