import type { CheckpointInterval } from '../../../core/index.js';
import type { LinePosition, Finding, FindingKind } from './report.js';
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
  readonly keys = new Set<string>();
  /** Those that came before their event, with what they are worth. */
  readonly waiting = new Map<number, (readonly [PlacedCheckpoint, boolean])[]>();

  constructor(chain: Sealed) {
    this.#chain = chain;
  }

  /**
   * One whose signature holds, or, where there are no keys to tell, one that is compared all the same but seals
   * nothing.
   */
  add(stamp: PlacedCheckpoint, trusted: boolean): void {
    const {
      kid,
      claims: { at, authority },
    } = stamp;
    this.count += 1;
    this.keys.add(kid);
    this.stampedAt = Math.max(this.stampedAt, at);
    const isOwn = authority === this.#chain.authority;
    if (!isOwn) this.tell('checkpoint', stamp, `it is by ${authority}, the chain by ${this.#chain.authority}`);
    this.#compare(stamp, trusted && isOwn);
  }

  /**
   * Compares those that were waiting for this event. True where one stands before it in its log: there none comes
   * before what it names.
   */
  answer(sequence: number, { log }: LinePosition): boolean {
    const waiting = this.waiting.get(sequence);
    if (waiting === undefined) return false;
    this.waiting.delete(sequence);
    for (const [stamp, trusted] of waiting) this.#compare(stamp, trusted);
    return log !== undefined && waiting.some(([stamp]) => stamp.position.log === log);
  }

  /** Tells a problem of one. */
  tell(
    kind: FindingKind,
    { position: place, claims: { seq, at } }: Pick<PlacedCheckpoint, 'claims' | 'position'>,
    message: string,
    verdict: Finding['verdict'] = 'tampered',
  ): void {
    this.#chain.found({ kind, verdict, message: `the checkpoint over ${seq}: ${message}`, place, sequence: seq, at });
  }

  #compare(stamp: PlacedCheckpoint, trusted: boolean): void {
    const { seq, head, head_uid: id } = stamp.claims;
    const found = this.#chain.compare(seq, head, id);
    if (found === 'absent') this.waiting.set(seq, [...(this.waiting.get(seq) ?? []), [stamp, trusted]]);
    else if (found === 'forgotten') this.tell('unchecked', stamp, 'it came too late to be compared', 'incomplete');
    else if (found === 'renamed') this.tell('rewritten', stamp, `it names event ${seq} by another id than it has here`);
    else if (found === 'other')
      this.tell(
        'rewritten',
        stamp,
        `it names another event ${seq} than the one that is here: what stands between ${this.sealed + 1} and ${seq} was written anew`,
      );
    else if (trusted) this.#seal(stamp, found === 'second');
  }

  #seal({ claims }: PlacedCheckpoint, isSecond: boolean): void {
    const { seq, at, v, interval = earlierInterval } = claims;
    if (seq >= this.sealed) this.interval = interval;
    if (v === 2) this.#chain.times.addCheckpoint(claims);
    this.sealed = Math.max(this.sealed, seq);
    this.#chain.stretches.seal(seq, seq, isSecond);
    this.sealedAt = Math.max(this.sealedAt ?? at, at);
  }
}
