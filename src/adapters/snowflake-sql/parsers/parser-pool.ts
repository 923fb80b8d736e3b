import { startThread, type StartParserThread } from './parser-thread.js';
import { abortedReading, ParserJob } from './parser-job.js';
import type { ParserPool, ReadResult } from './reading.js';
import { WorkerSlot, type ThreadFailure } from './worker-slot.js';

/** How many texts may wait for a thread; one more is refused at once. */
const maxWaiting = 1_000;

const poolClosed: ReadResult = { ok: false, why: 'unavailable', detail: 'the parsers are closed' };
const tooManyWaiting: ReadResult = { ok: false, why: 'unavailable', detail: 'too many statements are waiting' };

/**
 * How the parsers are run: the limit for one statement in milliseconds (500; four times as much in the first five
 * seconds of a
 * thread, while V8 compiles), and the most threads at a time (2).
 */
export interface ParserPoolOptions {
  readonly timeoutMs?: number;
  readonly size?: number;
}

/**
 * Both parsers in worker threads, started when first needed. A statement that is not read within the limit, or that
 * makes a parser
 * fail inside, is refused and its thread replaced. An idle thread does not keep the process alive. A caller's abort
 * settles its
 * read at once as `timeout`; the thread goes on under its own limit.
 */
export function createParserPool(options: ParserPoolOptions = {}, start: StartParserThread = startThread): ParserPool {
  const { timeoutMs = 500, size = 2 } = options;
  const seats = new Set<WorkerSlot>();
  let waiting: ParserJob[] = [];
  let open = true;

  const refuseAll = (readings: ReadResult): void => {
    for (const job of waiting) job.complete(readings);
    waiting = [];
  };

  const events = {
    free: () => dispatch(),
    lost: (slot: WorkerSlot, loaded: boolean, why: ThreadFailure) => {
      seats.delete(slot);
      if (!loaded) refuseAll(createStartFailure(why));
      dispatch();
    },
  };

  function dispatch(): void {
    if (!open) return;
    waiting = waiting.filter((job) => !job.isComplete);
    for (const slot of seats) {
      if (!slot.isFree) continue;
      const next = waiting.shift();
      if (next === undefined) return;
      slot.run(next);
    }
    const starting = [...seats].filter((slot) => slot.isStarting).length;
    if (waiting.length > starting && seats.size < size) seats.add(new WorkerSlot(start, timeoutMs, events));
  }

  return {
    async read(canonical, signal) {
      if (!open) return poolClosed;
      if (signal.aborted) return abortedReading;
      if (waiting.length >= maxWaiting) return tooManyWaiting;
      const job = new ParserJob(canonical, signal);
      waiting.push(job);
      dispatch();
      return job.readings;
    },
    async close() {
      open = false;
      refuseAll(poolClosed);
      await Promise.all([...seats].map((slot) => slot.end(poolClosed)));
      seats.clear();
    },
  };
}

function createStartFailure(why: ThreadFailure): ReadResult {
  const cause = why.why === 'unavailable' ? why.cause : undefined;
  return {
    ok: false,
    why: 'unavailable',
    detail: 'the parsers do not start',
    ...(cause === undefined ? {} : { cause }),
  };
}
