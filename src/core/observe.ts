import type { End } from './ended.js';
import type { Ended, Observer, Watchable, Watched } from './plugin.js';

/**
 * Runs `work` exactly once inside whatever the observers set up, and answers with its own promise. Observers nest in the order they
 * registered; what they throw, return, skip or repeat has no effect on the work.
 */
export function watch<T>(
  observers: readonly Observer[],
  what: Watchable,
  watched: Watched,
  work: () => Promise<T>,
  ended: (end: End<T>) => Ended,
): Promise<T> {
  if (observers.length === 0) return work();
  // All of them are shown the same objects.
  Object.freeze(watched);
  let running: Promise<T> | undefined;
  const start = (): Promise<T> => (running ??= begin(work));
  const tell = (end: End<T>): Ended => {
    try {
      return Object.freeze(ended(end));
    } catch {
      return Object.freeze({ status: 'failed' as const, code: 'INTERNAL', watched });
    }
  };
  const innermost = (): Promise<Ended> => start().then((value) => tell({ value }), (error: unknown) => tell({ error }));
  void observers.reduceRight<() => Promise<Ended>>((next, observer) => once(() => around(observer, what, watched, next)), innermost)();
  return start();
}

/** What throws at once has begun too. */
function begin<T>(work: () => Promise<T>): Promise<T> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}

function around(observer: Observer, what: Watchable, watched: Watched, next: () => Promise<Ended>): Promise<Ended> {
  let called: Promise<Ended> | undefined;
  const work = (): Promise<Ended> => (called ??= next());
  try {
    ignore(observer(what, watched, work));
  } catch {
    // An observer is neutral: its own failure is its own affair.
  }
  return work();
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function ignore(value: unknown): void {
  void Promise.resolve(value).catch(() => undefined);
}
