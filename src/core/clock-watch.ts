import type { Clock } from './clock.js';
import { makeEvent } from './seen.js';
import type { Recorder } from './stages/audit.js';

/** How far the wall clock may move otherwise than time passes, milliseconds; and the share of the time passed that it may drift besides. */
const [tolerance, drift] = [1_000, 0.001];

/** Compares the wall clock with the monotonic one, each time with the last. */
class ClockWatch {
  readonly #clock: Clock;
  #wall: number;
  #passed: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = clock.now();
    this.#passed = clock.monotonic();
  }

  /** By how many milliseconds the wall clock was put forward, or back where it is negative; undefined where it was not. */
  change(): number | undefined {
    const [wall, passed] = [this.#clock.now(), this.#clock.monotonic()];
    const elapsed = passed - this.#passed;
    const by = Math.round(wall - this.#wall - elapsed);
    [this.#wall, this.#passed] = [wall, passed];
    return Math.abs(by) > tolerance + elapsed * drift ? by : undefined;
  }
}

/** A recorder that first tells of a clock that was put forward or back since the last event: times of events before and after do not compare. */
export function tellingClock(recorder: Recorder, clock: Clock, instance: string): Recorder {
  const watch = new ClockWatch(clock);
  const after = (write: () => Promise<void>): Promise<void> => {
    const byMs = watch.change();
    if (byMs === undefined) return write();
    // What cannot be written is owed, and comes before what follows.
    return recorder.outcome(makeEvent(clock, instance, 'clock.changed', {}, { byMs })).catch(() => undefined).then(write);
  };
  return {
    intent: (event, withdrawn) => after(() => recorder.intent(event, withdrawn)),
    outcome: (event) => after(() => recorder.outcome(event)),
    settle: () => recorder.settle(),
  };
}
