/** Time for the gateway; replaced in tests. */
export interface Clock {
  /** Wall clock, epoch milliseconds: for events and for comparing with token times. */
  now(): number;
  /** Milliseconds that never step back: for deadlines. */
  monotonic(): number;
  /** Calls `wake` once after `ms`; the returned function forgets it. Must not keep a process alive. */
  after(ms: number, wake: () => void): () => void;
}

const maxTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, wake) {
    const timer = setTimeout(wake, Math.min(Math.max(ms, 0), maxTimerMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
