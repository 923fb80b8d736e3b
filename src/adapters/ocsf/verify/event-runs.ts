import type { LinePosition } from './report.js';
import type { EventRef, EventClaims } from '../parse/event-claims.js';

/** An event at an end of a run: enough to link to it and to name it. */
export interface RunEdge {
  readonly sequence: number;
  readonly id: string;
  readonly type: number;
  readonly code: string;
  readonly at: number;
  readonly fingerprint: string;
  readonly actual?: string;
  readonly previous?: EventRef;
  readonly position: LinePosition;
}

/** Events that follow each other without a gap. */
export interface EventRun {
  first: RunEdge;
  last: RunEdge;
  /** The one before the last, where they came in this order. */
  beforeLast?: RunEdge | undefined;
}

/**
 * The events of a chain as they arrive, in any order: in the right order there is one run, and nothing else is kept.
 */
export class EventRuns {
  readonly #starts = new Map<number, EventRun>();
  readonly #ends = new Map<number, EventRun>();
  readonly #joined: (left: RunEdge, right: RunEdge) => void;

  /** `joined` is called once for each pair of neighbours. */
  constructor(joined: (left: RunEdge, right: RunEdge) => void) {
    this.#joined = joined;
  }

  /** An event whose number is new. */
  add(edge: RunEdge): void {
    const { sequence } = edge;
    const left = this.#ends.get(sequence - 1);
    const right = this.#starts.get(sequence + 1);
    if (left !== undefined) this.#joined(left.last, edge);
    if (right !== undefined) this.#joined(edge, right.first);
    const run: EventRun = left ?? right ?? { first: edge, last: edge };
    if (left !== undefined) this.#ends.delete(sequence - 1);
    if (right !== undefined) this.#starts.delete(sequence + 1);
    if (left === undefined) run.first = edge;
    run.beforeLast = left === undefined || right !== undefined ? undefined : left.last;
    run.last = right === undefined ? edge : right.last;
    this.#starts.set(run.first.sequence, run);
    this.#ends.set(run.last.sequence, run);
  }

  /** An event in the place of an altered one that held its number. */
  replace(edge: RunEdge): void {
    const { sequence } = edge;
    const [begun, ended] = [this.#starts.get(sequence), this.#ends.get(sequence)];
    if (begun !== undefined) begun.first = edge;
    if (ended === undefined) return;
    ended.last = edge;
    if (ended.beforeLast !== undefined) this.#joined(ended.beforeLast, edge);
  }

  /** In the order of their numbers. */
  get inOrder(): readonly EventRun[] {
    return [...this.#starts.values()].toSorted((a, b) => a.first.sequence - b.first.sequence);
  }
}

export function createRunEdge(told: EventClaims, place: LinePosition): RunEdge {
  const { sequence, id, type, code, at, fingerprint, computedFingerprint: actual, previous } = told;
  return {
    sequence,
    id,
    type,
    code,
    at,
    fingerprint,
    position: place,
    ...(actual === undefined ? {} : { actual }),
    ...(previous === undefined ? {} : { previous }),
  };
}
