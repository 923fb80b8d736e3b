import type { OperationEnd } from './observed-result.js';
import type { ObservedResult, Observer, ObservedOperation, ObservedAttributes } from '../plugin.js';

/**
 * Runs `work` exactly once inside whatever the observers set up, and answers with its own promise. Observers nest in
 * the order they
 * registered; what they throw, return, skip or repeat has no effect on the work.
 */
export function observeOperation<T>(
  observers: readonly Observer[],
  what: ObservedOperation,
  watched: ObservedAttributes,
  work: () => Promise<T>,
  ended: (end: OperationEnd<T>) => ObservedResult,
): Promise<T> {
  if (observers.length === 0) return work();
  // All of them are shown the same objects.
  Object.freeze(watched);
  let running: Promise<T> | undefined;
  const start = (): Promise<T> => (running ??= startWork(work));
  const tell = (end: OperationEnd<T>): ObservedResult => {
    try {
      return Object.freeze(ended(end));
    } catch {
      return Object.freeze({ status: 'failed' as const, code: 'INTERNAL', watched });
    }
  };
  const innermost = (): Promise<ObservedResult> =>
    start().then(
      (value) => tell({ value }),
      (error: unknown) => tell({ error }),
    );
  void observers.reduceRight<() => Promise<ObservedResult>>(
    (next, observer) => memoize(() => callObserver(observer, what, watched, next)),
    innermost,
  )();
  return start();
}

/** What throws at once has begun too. */
function startWork<T>(work: () => Promise<T>): Promise<T> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}

function callObserver(
  observer: Observer,
  what: ObservedOperation,
  watched: ObservedAttributes,
  next: () => Promise<ObservedResult>,
): Promise<ObservedResult> {
  let called: Promise<ObservedResult> | undefined;
  const work = (): Promise<ObservedResult> => (called ??= next());
  try {
    ignoreRejection(observer(what, watched, work));
  } catch {
    // An observer is neutral: its own failure is its own affair.
  }
  return work();
}

function memoize<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function ignoreRejection(value: unknown): void {
  void Promise.resolve(value).catch(() => undefined);
}
