import type { Clock } from './clock.js';
import { AccessError } from '../errors.js';

/** The AccessError a signal was aborted with, or ABORTED. */
export function getAbortError(signal: AbortSignal): AccessError {
  return AccessError.from(signal.reason, 'ABORTED');
}

/**
 * Settles with `work`, or rejects as soon as the signal aborts; a late value then goes to `late`. The caller never
 * waits for a deaf worker.
 */
export function raceSignal<T>(
  work: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let open = true;
    const stop = (): void => {
      open = false;
      reject(getAbortError(signal));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(
      (value) => {
        signal.removeEventListener('abort', stop);
        if (open) resolve(value);
        else late(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', stop);
        reject(error);
      },
    );
  });
}

/**
 * Settles with `work`, for `ms` also after the signal aborted; then rejects with the reason, and a late value goes to
 * `late`.
 */
export function raceSignalWithGrace<T>(
  work: Promise<T>,
  signal: AbortSignal,
  clock: Clock,
  ms: number,
  late: (value: T) => void,
): Promise<T> {
  const over = new AbortController();
  let forget: (() => void) | undefined;
  const wait = (): void => {
    forget ??= clock.after(ms, () => over.abort(signal.reason));
  };
  if (signal.aborted) wait();
  else signal.addEventListener('abort', wait, { once: true });
  return raceSignal(work, over.signal, late).finally(() => {
    signal.removeEventListener('abort', wait);
    forget?.();
  });
}

/** The same for work that is only begun here, so that what throws at once is a rejection too. */
export function callWithSignal<T>(begin: () => T | Promise<T>, signal: AbortSignal): Promise<T> {
  return raceSignal((async () => begin())(), signal);
}

/** Forwards the abort of `from` to `to`; the returned function stops that. */
export function followSignal(from: AbortSignal | undefined, to: AbortController): () => void {
  if (from === undefined) return () => undefined;
  const forward = (): void => to.abort(from.reason);
  if (from.aborted) forward();
  else from.addEventListener('abort', forward, { once: true });
  return () => from.removeEventListener('abort', forward);
}
