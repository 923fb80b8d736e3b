import type { Clock } from '../async/clock.js';
import { createEvent } from './event-facts.js';
import type { Recorder } from './recorder.js';

/**
 * How far the wall clock may move otherwise than time passes, milliseconds; and the share of the time passed that it
 * may drift besides.
 */
const [toleranceMs, driftShare] = [1_000, 0.001];

/** Compares the wall clock with the monotonic one, each time with the last. */
class ClockDriftDetector {
  readonly #clock: Clock;
  #wallClock: number;
  #passed: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wallClock = clock.now();
    this.#passed = clock.monotonic();
  }

  /**
   * By how many milliseconds the wall clock was put forward, or back where it is negative; undefined where it was not.
   */
  measureChange(): number | undefined {
    const [wall, passed] = [this.#clock.now(), this.#clock.monotonic()];
    const elapsed = passed - this.#passed;
    const by = Math.round(wall - this.#wallClock - elapsed);
    [this.#wallClock, this.#passed] = [wall, passed];
    return Math.abs(by) > toleranceMs + elapsed * driftShare ? by : undefined;
  }
}

/**
 * A recorder that first tells of a clock that was put forward or back since the last event: times of events before and
 * after do not compare.
 */
export function recordClockChanges(recorder: Recorder, clock: Clock, instance: string): Recorder {
  const watch = new ClockDriftDetector(clock);
  const after = (write: () => Promise<void>): Promise<void> => {
    const byMs = watch.measureChange();
    if (byMs === undefined) return write();
    // What cannot be written is owed, and comes before what follows.
    return recorder
      .recordOutcome(createEvent(clock, instance, 'clock.changed', {}, { byMs }))
      .catch(() => undefined)
      .then(write);
  };
  return {
    recordIntent: (event, withdrawn) => after(() => recorder.recordIntent(event, withdrawn)),
    recordOutcome: (event) => after(() => recorder.recordOutcome(event)),
    flush: () => recorder.flush(),
  };
}
