import type { Readings } from './reading.js';

/** One text that waits for a reading; settled exactly once. */
export class Job {
  readonly canonical: string;
  readonly readings: Promise<Readings>;
  settled = false;
  private resolve: (readings: Readings) => void = () => {};
  private readonly signal: AbortSignal;
  private readonly onAbort = (): void => this.settle(aborted);

  constructor(canonical: string, signal: AbortSignal) {
    this.canonical = canonical;
    this.signal = signal;
    this.readings = new Promise((resolve) => {
      this.resolve = resolve;
    });
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  settle(readings: Readings): void {
    if (this.settled) return;
    this.settled = true;
    this.signal.removeEventListener('abort', this.onAbort);
    this.resolve(readings);
  }
}

/** The caller no longer waits. */
export const aborted: Readings = { ok: false, why: 'timeout', detail: 'the caller went away' };
