import type { Told } from '../reading/told.js';

type Linked = Pick<Told, 'sequence' | 'id' | 'type' | 'fingerprint' | 'previous'>;

/** Proven events that follow each other, each naming the one before it. */
interface Stretch {
  first: Linked;
  last: Linked;
  /** Events up to this number are sealed; below `first`: none. */
  sealed: number;
}

/** What a seal over an event reaches: the events before it, as far as each names the one before. What is altered, absent, a stub or not linked ends it. */
export class Stretches {
  readonly #starts = new Map<number, Stretch>();
  readonly #ends = new Map<number, Stretch>();

  /** A proven event whose number is new. */
  add(event: Linked): void {
    const { sequence } = event;
    const left = this.#ends.get(sequence - 1);
    const joined = left !== undefined && names(event, left.last) ? left : undefined;
    const stretch = joined ?? { first: event, last: event, sealed: 0 };
    if (joined !== undefined) this.#ends.delete(sequence - 1);
    else this.#starts.set(sequence, stretch);
    stretch.last = event;
    const right = this.#starts.get(sequence + 1);
    if (right !== undefined && names(right.first, event)) {
      this.#starts.delete(sequence + 1);
      stretch.last = right.last;
      stretch.sealed = Math.max(stretch.sealed, right.sealed);
    }
    this.#ends.set(stretch.last.sequence, stretch);
  }

  /** A signature over event `over` vouches for what stands before it, up to `to`. */
  seal(over: number, to = over): void {
    const stretch = this.#of(over);
    if (stretch !== undefined && to >= stretch.first.sequence) stretch.sealed = Math.max(stretch.sealed, to);
  }

  isSealed(sequence: number): boolean {
    return (this.#of(sequence)?.sealed ?? 0) >= sequence;
  }

  /** How many events are sealed, and the highest number among them; 0 for none. */
  get sealed(): { readonly count: number; readonly to: number } {
    let [count, to] = [0, 0];
    for (const { first, sealed } of this.#starts.values()) {
      if (sealed < first.sequence) continue;
      count += sealed - first.sequence + 1;
      to = Math.max(to, sealed);
    }
    return { count, to };
  }

  /** Most often there is one. */
  #of(sequence: number): Stretch | undefined {
    for (const stretch of this.#starts.values()) if (stretch.first.sequence <= sequence && sequence <= stretch.last.sequence) return stretch;
    return undefined;
  }
}

function names({ previous }: Linked, { id, type, fingerprint }: Linked): boolean {
  return previous !== undefined && previous.fingerprint === fingerprint && previous.id === id && previous.type === type;
}
