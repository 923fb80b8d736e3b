import { createUnavailableError } from '../errors.js';

/** Runs `work` with a signal that aborts after `ms`, or with `other`. */
export async function runWithTimeout<T>(
  ms: number,
  step: string,
  work: (signal: AbortSignal) => Promise<T>,
  other?: AbortSignal,
): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(createUnavailableError(step, { why: 'timeout' })), ms);
  const follow = (): void => stop.abort(other?.reason);
  if (other?.aborted === true) follow();
  else other?.addEventListener('abort', follow, { once: true });
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    other?.removeEventListener('abort', follow);
  }
}
