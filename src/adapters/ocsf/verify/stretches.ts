import { names } from './links.js';
import type { EventClaims } from '../parse/event-claims.js';

type Linked = Pick<EventClaims, 'sequence' | 'id' | 'type' | 'fingerprint' | 'previous'>;

/** Proven events that follow each other, each naming the one before it. */
interface Stretch {
  readonly first: Linked;
  last: Linked;
  /** Events up to this number are sealed; below `first`: none. */
  sealed: number;
  /** Numbers of which it has the second content. Where there are any, it begins with one. */
  readonly others: Set<number>;
}

/** So many begin with the second content of a number. */
const mostBranches = 1_024;

/**
 * What a seal over an event reaches: the events before it, as far as each names the one before. What is altered,
 * absent, a stub or not linked ends it.
 */
export class Stretches {
  readonly #isFirst: (sequence: number, fingerprint: string) => boolean;
  readonly #starts = new Map<number, Stretch>();
  readonly #ends = new Map<number, Stretch>();
  readonly #branches: Stretch[] = [];

  /** `isFirst` tells whether the content that was read first of a number has that fingerprint. */
  constructor(isFirst: (sequence: number, fingerprint: string) => boolean) {
    this.#isFirst = isFirst;
  }

  /** A proven event whose number is new. */
  add(event: Linked): void {
    const { sequence } = event;
    const left = this.#ends.get(sequence - 1);
    const isNext = left !== undefined && names(event, left.last);
    const joined = isNext ? left : this.#branchBefore(event);
    const stretch = joined ?? { first: event, last: event, sealed: 0, others: new Set() };
    if (isNext) this.#ends.delete(sequence - 1);
    if (joined === undefined) this.#starts.set(sequence, stretch);
    this.#extend(stretch, event);
  }

  /** A proven event whose number has another content. */
  addOther(event: Linked): void {
    const known = this.#branchBefore(event);
    if (known === undefined && this.#branches.length >= mostBranches) return;
    const stretch = known ?? { first: event, last: event, sealed: 0, others: new Set() };
    if (known === undefined) this.#branches.push(stretch);
    stretch.others.add(event.sequence);
    this.#extend(stretch, event);
  }

  /**
   * A signature over event `over`, of which `isOther` says whether it means its second content, vouches for what stands
   * before it, up to `to`.
   */
  seal(over: number, to = over, isOther = false): void {
    const stretch = this.#of(over, isOther);
    if (stretch !== undefined) this.#reach(stretch, to);
  }

  isSealed(sequence: number): boolean {
    return this.#all().some(({ first, sealed }) => first.sequence <= sequence && sequence <= sealed);
  }

  /** How many numbers are sealed, and the highest among them; 0 for none. */
  get sealed(): { readonly count: number; readonly to: number } {
    let [count, to] = [0, 0];
    const reached = this.#all().filter(({ first, sealed }) => sealed >= first.sequence);
    for (const { first, sealed } of reached.toSorted((a, b) => a.first.sequence - b.first.sequence)) {
      count += Math.max(0, sealed - Math.max(to, first.sequence - 1));
      to = Math.max(to, sealed);
    }
    return { count, to };
  }

  #extend(stretch: Stretch, event: Linked): void {
    const { sequence } = event;
    stretch.last = event;
    const right = this.#starts.get(sequence + 1);
    if (right !== undefined && names(right.first, event)) {
      this.#starts.delete(sequence + 1);
      stretch.last = right.last;
      if (right.sealed > 0) this.#reach(stretch, right.sealed);
    }
    if (!stretch.others.has(sequence) || stretch.last !== event) this.#ends.set(stretch.last.sequence, stretch);
  }

  #reach(stretch: Stretch, to: number): void {
    const {
      first: { sequence, previous },
      others,
    } = stretch;
    if (to >= sequence) stretch.sealed = Math.max(stretch.sealed, to);
    if (others.has(sequence) && previous !== undefined && this.#isFirst(sequence - 1, previous.fingerprint))
      this.seal(sequence - 1, Math.min(to, sequence - 1));
  }

  #branchBefore(event: Linked): Stretch | undefined {
    return this.#branches.find(({ last }) => last.sequence === event.sequence - 1 && names(event, last));
  }

  /** Most often there is one. */
  #of(sequence: number, isOther: boolean): Stretch | undefined {
    for (const stretch of this.#starts.values()) if (!isOther && has(stretch, sequence)) return stretch;
    return this.#branches.find((branch) => has(branch, sequence) && branch.others.has(sequence) === isOther);
  }

  #all(): readonly Stretch[] {
    return [...this.#starts.values(), ...this.#branches];
  }
}

function has({ first, last }: Stretch, sequence: number): boolean {
  return first.sequence <= sequence && sequence <= last.sequence;
}
