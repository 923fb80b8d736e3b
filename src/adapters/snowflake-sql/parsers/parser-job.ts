import type { ReadResult } from './reading.js';

/** One text that waits for a reading; settled exactly once. */
export class ParserJob {
  readonly canonical: string;
  readonly readings: Promise<ReadResult>;
  isComplete = false;
  private resolve: (readings: ReadResult) => void = () => {};
  private readonly signal: AbortSignal;
  private readonly onAbort = (): void => this.complete(abortedReading);

  constructor(canonical: string, signal: AbortSignal) {
    this.canonical = canonical;
    this.signal = signal;
    this.readings = new Promise((resolve) => {
      this.resolve = resolve;
    });
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  complete(readings: ReadResult): void {
    if (this.isComplete) return;
    this.isComplete = true;
    this.signal.removeEventListener('abort', this.onAbort);
    this.resolve(readings);
  }
}

/** The caller no longer waits. */
export const abortedReading: ReadResult = { ok: false, why: 'timeout', detail: 'the caller went away' };
