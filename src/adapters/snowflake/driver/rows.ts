import type { Readable } from 'node:stream';
import { createUnavailableError } from '../errors.js';

/** A row as the server sent it: everything is text. */
export type RawRow = readonly (string | null)[];

const rowsPerBatch = 1_000;

/**
 * The rows of a stream in batches, as many as are there at once; ending early lets the stream go. Ends only where the
 * stream came to its own end
 * with as many rows as its answer said. Rejects with the stream's error, the signal's reason, or ENGINE_UNAVAILABLE for
 * a result that was cut.
 */
export async function* streamBatches(
  stream: Readable,
  told: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly RawRow[]> {
  const wake = createStreamWaiter(stream, signal);
  let count = 0;
  try {
    // Without a number the driver itself does not know where the rows end.
    if (!Number.isSafeInteger(told)) throw createUnavailableError('rows', { why: 'uncounted' });
    for (;;) {
      const rows: RawRow[] = [];
      while (rows.length < rowsPerBatch) {
        const row = stream.read() as RawRow | null;
        if (row === null) break;
        if (row.length > 0 && row.at(-1) === undefined) throw createUnavailableError('rows', { why: 'cut' });
        rows.push(row);
      }
      wake.check();
      count += rows.length;
      if (rows.length > 0) yield rows;
      else if (stream.readableEnded || stream.destroyed) break;
      else await wake.next();
    }
    if (!stream.readableEnded || count !== told) throw createUnavailableError('rows', { why: 'cut' });
  } finally {
    wake.stop();
    stream.destroy();
  }
}

/**
 * Wakes whoever waits when something happened to the stream. The driver reports errors by an event that no iterator
 * sees in time.
 */
function createStreamWaiter(
  stream: Readable,
  signal: AbortSignal,
): { next(): Promise<void>; check(): void; stop(): void } {
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
