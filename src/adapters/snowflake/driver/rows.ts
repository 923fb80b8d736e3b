import type { Readable } from 'node:stream';

/** A row as the server sent it: everything is text. */
export type RawRow = readonly (string | null)[];

const perBatch = 1_000;

/** The rows of a stream in batches, as many as are there at once; ending early lets the stream go. Rejects with the stream's error, or the signal's reason. */
export async function* batchesOf(stream: Readable, signal: AbortSignal): AsyncGenerator<readonly RawRow[]> {
  const wake = waker(stream, signal);
  try {
    for (;;) {
      const rows: RawRow[] = [];
      while (rows.length < perBatch) {
        const row = stream.read() as RawRow | null;
        if (row === null) break;
        rows.push(row);
      }
      wake.check();
      if (rows.length > 0) yield rows;
      else if (stream.readableEnded || stream.destroyed) break;
      else await wake.next();
    }
  } finally {
    wake.stop();
    stream.destroy();
  }
}

/** Wakes whoever waits when something happened to the stream. The driver reports errors by an event that no iterator sees in time. */
function waker(stream: Readable, signal: AbortSignal): { next(): Promise<void>; check(): void; stop(): void } {
  let failed: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  let happened = false;
  const happen = (): void => {
    happened = true;
    wake?.();
  };
  const fail = (error: unknown): void => {
    failed ??= { error };
    happen();
  };
  const abort = (): void => fail(signal.reason);
  stream.on('readable', happen).on('end', happen).on('close', happen).on('error', fail);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  const check = (): void => {
    if (failed !== undefined) throw failed.error;
  };
  return {
    check,
    next: async () => {
      check();
      if (!happened) await new Promise<void>((resolve) => (wake = resolve));
      happened = false;
      check();
    },
    stop: () => {
      signal.removeEventListener('abort', abort);
      stream.off('readable', happen).off('end', happen).off('close', happen).off('error', fail);
      // A chunk that is still being fetched may fail yet.
      stream.on('error', () => undefined);
    },
  };
}
