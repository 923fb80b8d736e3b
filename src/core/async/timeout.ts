import type { Clock } from './clock.js';

/** True when `work` resolved in time; false when it threw or took too long. */
export function completesWithin(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const forget = clock.after(ms, () => resolve(false));
    work
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(forget);
  });
}
