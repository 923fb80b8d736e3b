import type { LinePosition } from './report.js';

/** What is needed of an event to name it. */
export interface TimedEvent {
  readonly sequence: number;
  readonly id: string;
  readonly code: string;
  readonly at: number;
  readonly position: LinePosition;
}

/** Some times what a writer leaves without a checkpoint; and a bound for what comes in any order. */
const [maxOpenEvents, maxKeptEvents] = [16_384, 262_144];

function addBounded(events: TimedEvent[], event: TimedEvent, most: number): void {
  events.push(event);
  if (events.length <= most) return;
  const latest = events.reduce((one, other) => (other.at > one.at ? other : one));
  events.splice(0, events.length, latest);
}

interface CheckpointTime {
  readonly seq: number;
  readonly at: number;
}

/**
 * Whether an event is later than the first checkpoint over it, which a writer never makes. In a log checkpoints come
 * behind their events, so that only those since the last
 * one are kept; elsewhere all are kept to the end. Where they are too many, the latest stands for all that came before
 * it.
 */
export class CheckpointTimes {
  readonly #reportLate: (event: TimedEvent) => void;
  #open: TimedEvent[] = [];
  readonly #kept: TimedEvent[] = [];
  readonly #checkpointTimes: CheckpointTime[] = [];

  constructor(late: (event: TimedEvent) => void) {
    this.#reportLate = late;
  }

  addEvent(event: TimedEvent): void {
    if (event.position.log === undefined) addBounded(this.#kept, event, maxKeptEvents);
    else addBounded(this.#open, event, maxOpenEvents);
  }

  /** A checkpoint that holds so far: of the events under it only those that are later are kept. */
  addCheckpoint({ seq, at }: CheckpointTime): void {
    const over = this.#open.filter((each) => each.sequence <= seq);
    if (over.length === 0) return;
    this.#open = this.#open.filter((each) => each.sequence > seq);
    for (const each of over) if (each.at > at) addBounded(this.#kept, each, maxKeptEvents);
  }

  /** A good checkpoint. */
  seal({ seq, at }: CheckpointTime): void {
    this.#checkpointTimes.push({ seq, at });
  }

  /**
   * The time of an event that no good checkpoint is over, or of any where the order says nothing; undefined for one
   * that is not known any more.
   */
  getEventTime(sequence: number): number | undefined {
    return [...this.#open, ...this.#kept].find((each) => each.sequence === sequence)?.at;
  }

  close(): void {
    const sealings = this.#checkpointTimes.toSorted((a, b) => a.seq - b.seq || a.at - b.at);
    let next = 0;
    for (const each of this.#kept.toSorted((a, b) => a.sequence - b.sequence)) {
      while (next < sealings.length && (sealings[next] as CheckpointTime).seq < each.sequence) next += 1;
      const over = sealings[next];
      if (over !== undefined && each.at > over.at) this.#reportLate(each);
    }
  }
}
