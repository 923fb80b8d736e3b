import type { EventRef } from '../parse/event-claims.js';
import type { RunEdge } from './event-runs.js';

/** So many second contents are kept, and so many links that may still be found to name one. */
const most = 4_096;

/**
 * Whether each event of a chain names the one before it. Where a number has two contents, one that names either does.
 */
export class Links {
  readonly #tell: (right: RunEdge, left: number) => void;
  readonly #others = new Map<number, RunEdge[]>();
  /** By the number before. */
  readonly #broken = new Map<number, RunEdge>();
  #kept = 0;

  /** `tell` is called for an event that does not name the number before it. */
  constructor(tell: (right: RunEdge, left: number) => void) {
    this.#tell = tell;
  }

  /** Two neighbours, neither of them altered. */
  join(left: RunEdge, right: RunEdge & { readonly previous: EventRef }): void {
    if (names(right, left) || this.#others.get(left.sequence)?.some((other) => names(right, other)) === true) return;
    if (this.#broken.size < most) this.#broken.set(left.sequence, right);
    else this.#tell(right, left.sequence);
  }

  /** Another content of a number that is there. */
  other(edge: RunEdge): void {
    if (this.#kept >= most) return;
    this.#kept += 1;
    this.#others.set(edge.sequence, [...(this.#others.get(edge.sequence) ?? []), edge]);
    const right = this.#broken.get(edge.sequence);
    if (right !== undefined && names(right, edge)) this.#broken.delete(edge.sequence);
  }

  /** A second content of a number by its fingerprint and id. */
  hasOther(sequence: number, fingerprint: string, id: string): boolean {
    return this.#others.get(sequence)?.some((other) => other.fingerprint === fingerprint && other.id === id) === true;
  }

  close(): void {
    for (const [left, right] of this.#broken) this.#tell(right, left);
  }
}

/** An event says that it follows that other one. */
export function names({ previous }: { readonly previous?: EventRef }, { id, type, fingerprint }: EventRef): boolean {
  return previous?.fingerprint === fingerprint && previous.id === id && previous.type === type;
}
