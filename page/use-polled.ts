import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './api.js';

/** What was read last, and what went wrong since. */
export interface PolledValue<T> {
  readonly value?: T;
  readonly refusal?: ApiError;
  /** Reads again at once. */
  readonly refresh: () => void;
  /** Takes what was learnt in another way, until it is read again. */
  readonly setValue: (value: T) => void;
}

/**
 * Reads at once, then every so often while the page is looked at, and whenever somebody comes back to it. What was read
 * stays until there is better.
 */
export function usePolled<T>(read: (signal: AbortSignal) => Promise<T>, everyMs: number, subject = ''): PolledValue<T> {
  const [seen, setSeen] = useState<{ readonly subject: string; readonly value?: T; readonly refusal?: ApiError }>({
    subject,
  });
  const latest = useRef(read);
  latest.current = read;
  const again = useRef(() => {});
  useEffect(() => {
    const gone = new AbortController();
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let turn = 0;
    const readNow = async (): Promise<void> => {
      clearTimeout(waiting);
      const mine = (turn += 1);
      const found = await latest.current(gone.signal).then(
        (value) => ({ value }),
        (error: unknown) => ({ refusal: error instanceof ApiError ? error : new ApiError(0, {}) }),
      );
      if (gone.signal.aborted || mine !== turn) return;
      setSeen((before) =>
        before.subject === subject && 'refusal' in found ? { ...before, ...found } : { subject, ...found },
      );
      waiting = setTimeout(() => {
        if (document.visibilityState === 'visible') void readNow();
      }, everyMs);
    };
    again.current = () => void readNow();
    const back = (): void => {
      if (document.visibilityState === 'visible') void readNow();
    };
    addEventListener('focus', back);
    document.addEventListener('visibilitychange', back);
    void readNow();
    return () => {
      gone.abort();
      clearTimeout(waiting);
      removeEventListener('focus', back);
      document.removeEventListener('visibilitychange', back);
    };
  }, [everyMs, subject]);
  const { value, refusal } = seen.subject === subject ? seen : {};
  const refresh = useCallback(() => again.current(), []);
  const put = useCallback((known: T) => setSeen({ subject, value: known }), [subject]);
  return {
    refresh,
    setValue: put,
    ...(value === undefined ? {} : { value }),
    ...(refusal === undefined ? {} : { refusal }),
  };
}
