import { startThread, type StartHost } from './host.js';
import { aborted, Job } from './job.js';
import type { Readers, Readings } from './reading.js';
import { Seat, type Lost } from './seat.js';

/** How many texts may wait for a thread; one more is refused at once. */
const waitingLimit = 1_000;

const closed: Readings = { ok: false, why: 'unavailable', detail: 'the parsers are closed' };
const tooMany: Readings = { ok: false, why: 'unavailable', detail: 'too many statements are waiting' };

/**
 * How the parsers are run: the limit for one statement in milliseconds (500; four times as much in the first five seconds of a
 * thread, while V8 compiles), and the most threads at a time (2).
 */
export interface ReadersOptions {
  readonly timeoutMs?: number;
  readonly size?: number;
}

/**
 * Both parsers in worker threads, started when first needed. A statement that is not read within the limit, or that makes a parser
 * fail inside, is refused and its thread replaced. An idle thread does not keep the process alive. A caller's abort settles its
 * read at once as `timeout`; the thread goes on under its own limit.
 */
export function createReaders(options: ReadersOptions = {}, start: StartHost = startThread): Readers {
  const { timeoutMs = 500, size = 2 } = options;
  const seats = new Set<Seat>();
  let waiting: Job[] = [];
  let open = true;

  const refuseAll = (readings: Readings): void => {
    for (const job of waiting) job.settle(readings);
    waiting = [];
  };

  const events = {
    free: () => dispatch(),
    lost: (seat: Seat, loaded: boolean, why: Lost) => {
      seats.delete(seat);
      if (!loaded) refuseAll(unstartable(why));
      dispatch();
    },
  };

  function dispatch(): void {
    if (!open) return;
    waiting = waiting.filter((job) => !job.settled);
    for (const seat of seats) {
      if (!seat.free) continue;
      const next = waiting.shift();
      if (next === undefined) return;
      seat.take(next);
    }
    const starting = [...seats].filter((seat) => seat.starting).length;
    if (waiting.length > starting && seats.size < size) seats.add(new Seat(start, timeoutMs, events));
  }

  return {
    async read(canonical, signal) {
      if (!open) return closed;
      if (signal.aborted) return aborted;
      if (waiting.length >= waitingLimit) return tooMany;
      const job = new Job(canonical, signal);
      waiting.push(job);
      dispatch();
      return job.readings;
    },
    async close() {
      open = false;
      refuseAll(closed);
      await Promise.all([...seats].map((seat) => seat.end(closed)));
      seats.clear();
    },
  };
}

function unstartable(why: Lost): Readings {
  const cause = why.why === 'unavailable' ? why.cause : undefined;
  return { ok: false, why: 'unavailable', detail: 'the parsers do not start', ...(cause === undefined ? {} : { cause }) };
}
