import type { Place } from './report.js';

/** What is needed of an event to name it. */
export interface Timed {
  readonly sequence: number;
  readonly id: string;
  readonly code: string;
  readonly at: number;
  readonly place: Place;
}

/** Some times what a writer leaves without a checkpoint; and a bound for what comes in any order. */
const [mostOpen, mostKept] = [16_384, 262_144];

function add(events: Timed[], event: Timed, most: number): void {
  events.push(event);
  if (events.length <= most) return;
  const latest = events.reduce((one, other) => (other.at > one.at ? other : one));
  events.splice(0, events.length, latest);
}

interface Sealing {
  readonly seq: number;
  readonly at: number;
}

/**
 * Whether an event is later than the first checkpoint over it, which a writer never makes. In a log checkpoints come behind their events, so that only those since the last
 * one are kept; elsewhere all are kept to the end. Where they are too many, the latest stands for all that came before it.
 */
export class Times {
  readonly #late: (event: Timed) => void;
  #open: Timed[] = [];
  readonly #kept: Timed[] = [];
  readonly #sealings: Sealing[] = [];

  constructor(late: (event: Timed) => void) {
    this.#late = late;
  }

  note(event: Timed): void {
    if (event.place.log === undefined) add(this.#kept, event, mostKept);
    else add(this.#open, event, mostOpen);
  }

  /** A good checkpoint. */
  seal({ seq, at }: Sealing): void {
    this.#sealings.push({ seq, at });
    const over = this.#open.filter((each) => each.sequence <= seq);
    if (over.length === 0) return;
    this.#open = this.#open.filter((each) => each.sequence > seq);
    for (const each of over) if (each.at > at) this.#late(each);
  }

  /** The time of an event that no good checkpoint is over, or of any where the order says nothing; undefined for one that is not known any more. */
  atOf(sequence: number): number | undefined {
    return [...this.#open, ...this.#kept].find((each) => each.sequence === sequence)?.at;
  }

  close(): void {
    const sealings = this.#sealings.toSorted((a, b) => a.seq - b.seq || a.at - b.at);
    let next = 0;
    for (const each of this.#kept.toSorted((a, b) => a.sequence - b.sequence)) {
      while (next < sealings.length && (sealings[next] as Sealing).seq < each.sequence) next += 1;
      const over = sealings[next];
      if (over !== undefined && each.at > over.at) this.#late(each);
    }
  }
}
