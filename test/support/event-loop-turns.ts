import { setImmediate } from 'node:timers/promises';

/** Lets the event loop go round so many times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

/**
 * What it comes to at once, however slow the machine is: counted in turns of the event loop, not by a clock. Throws
 * where it takes more.
 */
export async function atOnce<T>(work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    turns(1_000).then(() => {
      throw new Error('it took more than a thousand turns of the event loop');
    }),
  ]);
}
