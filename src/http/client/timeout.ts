/**
 * What `work` resolves to. Rejects once `ms` milliseconds are over (a TimeoutError) or the signal is aborted (its
 * reason), also where `work` does not obey
 * the signal it is given.
 */
export async function withTimeout<T>(
  ms: number,
  signal: AbortSignal,
  work: (ending: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const ending = new AbortController();
  const abort = (): void => ending.abort(signal.reason);
  // Not AbortSignal.any with AbortSignal.timeout: Node 20 may collect a timeout that nothing else holds, and then it
  // never comes.
  const timer = setTimeout(() => ending.abort(new DOMException('not in time', 'TimeoutError')), ms);
  signal.addEventListener('abort', abort);
  try {
    const ended = new Promise<never>((_resolve, reject) => {
      ending.signal.addEventListener('abort', () => reject(ending.signal.reason as Error));
    });
    return await Promise.race([work(ending.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
