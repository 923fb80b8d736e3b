import { performance } from 'node:perf_hooks';
import type { Host, StartHost } from './host.js';
import type { Job } from './job.js';
import type { Readings, Unavailable } from './reading.js';

/** How long a host may take at least to load both parsers, or to take up a text: some hundred milliseconds in fact, far more on a starved machine. */
const leastStartMs = 15_000;

/** The same as a multiple of the limit for one text, where that is longer. */
const startTimes = 20;

/** While V8 still optimises the parsers' code, every text takes longer: so long after its start a thread has several times the limit. */
const youngMs = 5_000;
const grace = 4;

/** Why a host had to go. */
export type Lost = { readonly ok: false; readonly why: 'timeout' | 'crashed'; readonly detail: string } | Unavailable;

/** What a seat tells the pool it belongs to. */
export interface SeatEvents {
  /** It can take a job. */
  free(seat: Seat): void;
  /** Its host is lost; `loaded` says whether it ever worked, `why` what became of it. */
  lost(seat: Seat, loaded: boolean, why: Lost): void;
}

/** One host and the job it is busy with; a job that ends badly ends the host too. */
export class Seat {
  private job: Job | undefined;
  private loaded = false;
  private loadedAt = 0;
  private takenAt = 0;
  private over = false;
  private timer: NodeJS.Timeout;
  private readonly host: Host;
  private readonly events: SeatEvents;
  private readonly timeoutMs: number;
  private readonly startLimitMs: number;

  constructor(start: StartHost, timeoutMs: number, events: SeatEvents) {
    this.events = events;
    this.timeoutMs = timeoutMs;
    this.startLimitMs = Math.max(leastStartMs, startTimes * timeoutMs);
    this.host = start({ ready: () => this.ready(), answer: (readings) => this.answer(readings), gone: (cause) => this.lose(endOf(cause)) });
    // These timers hold the process only while somebody waits for a reading; the thread itself never does.
    this.timer = setTimeout(() => this.lose({ ok: false, why: 'unavailable', detail: 'the parsers did not start in time' }), this.startLimitMs);
  }

  get starting(): boolean {
    return !this.loaded && !this.over;
  }

  get free(): boolean {
    return this.loaded && this.job === undefined && !this.over;
  }

  take(job: Job): void {
    this.job = job;
    this.takenAt = performance.now();
    this.wait(job, this.timeoutMs);
    this.host.read(job.canonical);
  }

  async end(readings: Readings): Promise<void> {
    this.stop(readings);
    await this.host.end();
  }

  private ready(): void {
    if (this.over) return;
    clearTimeout(this.timer);
    this.loaded = true;
    this.loadedAt = performance.now();
    this.events.free(this);
  }

  private answer(readings: Readings): void {
    const { job } = this;
    if (job === undefined || this.over) return;
    if (!readings.ok && readings.why === 'crashed') return this.lose({ ok: false, why: 'crashed', detail: readings.detail });
    clearTimeout(this.timer);
    this.job = undefined;
    job.settle(readings);
    this.events.free(this);
  }

  private wait(job: Job, ms: number): void {
    this.timer = setTimeout(() => this.expire(job), Math.max(ms, 1));
  }

  /**
   * When this loop itself was blocked, the answer is already here but behind the timer: it is let through first. Only the time that the
   * thread has worked on the text counts against it.
   */
  private expire(job: Job): void {
    setImmediate(() => {
      if (this.job !== job) return;
      const limitMs = performance.now() - this.loadedAt < youngMs ? grace * this.timeoutMs : this.timeoutMs;
      const workedMs = this.host.workedMs();
      if (workedMs >= limitMs) this.lose({ ok: false, why: 'timeout', detail: `not read within ${this.timeoutMs} ms` });
      else if (performance.now() - this.takenAt >= this.startLimitMs) this.lose({ ok: false, why: 'unavailable', detail: 'a parser thread does not answer' });
      else this.wait(job, workedMs === 0 ? this.timeoutMs : limitMs - workedMs);
    });
  }

  private lose(why: Lost): void {
    if (this.over) return;
    this.stop(why);
    this.events.lost(this, this.loaded, why);
    void this.host.end();
  }

  private stop(readings: Readings): void {
    this.over = true;
    clearTimeout(this.timer);
    this.job?.settle(readings);
    this.job = undefined;
  }
}

/** A thread that ran out of its memory did so over the text it was reading; any other end is nobody's text. */
function endOf(cause: unknown): Lost {
  const exhausted = (cause as { readonly code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (exhausted) return { ok: false, why: 'crashed', detail: 'a parser ran out of memory' };
  return { ok: false, why: 'unavailable', detail: 'a parser thread ended', ...(cause === undefined ? {} : { cause }) };
}
