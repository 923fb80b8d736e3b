import { performance } from 'node:perf_hooks';
import type { ParserThread, StartParserThread } from './parser-thread.js';
import type { ParserJob } from './parser-job.js';
import type { ReadResult, ParsersUnavailable } from './reading.js';

/**
 * How long a host may take at least to load both parsers, or to take up a text: some hundred milliseconds in fact, far
 * more on a starved machine.
 */
const minStartMs = 15_000;

/** The same as a multiple of the limit for one text, where that is longer. */
const startFactor = 20;

/**
 * While V8 still optimises the parsers' code, every text takes longer: so long after its start a thread has several
 * times the limit.
 */
const warmUpMs = 5_000;
const warmUpFactor = 4;

/** Why a host had to go. */
export type ThreadFailure =
  | { readonly ok: false; readonly why: 'timeout' | 'crashed'; readonly detail: string }
  | ParsersUnavailable;

/** What a worker slot tells the pool it belongs to. */
export interface WorkerSlotEvents {
  /** It can take a job. */
  free(slot: WorkerSlot): void;
  /** Its host is lost; `loaded` says whether it ever worked, `why` what became of it. */
  lost(slot: WorkerSlot, loaded: boolean, why: ThreadFailure): void;
}

/** One host and the job it is busy with; a job that ends badly ends the host too. */
export class WorkerSlot {
  private job: ParserJob | undefined;
  private loaded = false;
  private loadedAt = 0;
  private takenAt = 0;
  private isOver = false;
  private timer: NodeJS.Timeout;
  private readonly thread: ParserThread;
  private readonly events: WorkerSlotEvents;
  private readonly timeoutMs: number;
  private readonly startLimitMs: number;

  constructor(start: StartParserThread, timeoutMs: number, events: WorkerSlotEvents) {
    this.events = events;
    this.timeoutMs = timeoutMs;
    this.startLimitMs = Math.max(minStartMs, startFactor * timeoutMs);
    this.thread = start({
      onReady: () => this.handleReady(),
      onAnswer: (readings) => this.handleAnswer(readings),
      onExit: (cause) => this.fail(classifyExit(cause)),
    });
    // These timers hold the process only while somebody waits for a reading; the thread itself never does.
    this.timer = setTimeout(
      () => this.fail({ ok: false, why: 'unavailable', detail: 'the parsers did not start in time' }),
      this.startLimitMs,
    );
  }

  get isStarting(): boolean {
    return !this.loaded && !this.isOver;
  }

  get isFree(): boolean {
    return this.loaded && this.job === undefined && !this.isOver;
  }

  run(job: ParserJob): void {
    this.job = job;
    this.takenAt = performance.now();
    this.startTimer(job, this.timeoutMs);
    this.thread.read(job.canonical);
  }

  async end(readings: ReadResult): Promise<void> {
    this.stop(readings);
    await this.thread.end();
  }

  private handleReady(): void {
    if (this.isOver) return;
    clearTimeout(this.timer);
    this.loaded = true;
    this.loadedAt = performance.now();
    this.events.free(this);
  }

  private handleAnswer(readings: ReadResult): void {
    const { job } = this;
    if (job === undefined || this.isOver) return;
    if (!readings.ok && readings.why === 'crashed')
      return this.fail({ ok: false, why: 'crashed', detail: readings.detail });
    clearTimeout(this.timer);
    this.job = undefined;
    job.complete(readings);
    this.events.free(this);
  }

  private startTimer(job: ParserJob, ms: number): void {
    this.timer = setTimeout(() => this.expire(job), Math.max(ms, 1));
  }

  /**
   * When this loop itself was blocked, the answer is already here but behind the timer: it is let through first. Only
   * the time that the
   * thread has worked on the text counts against it.
   */
  private expire(job: ParserJob): void {
    setImmediate(() => {
      if (this.job !== job) return;
      const limitMs = performance.now() - this.loadedAt < warmUpMs ? warmUpFactor * this.timeoutMs : this.timeoutMs;
      const workedMs = this.thread.getWorkedMs();
      if (workedMs >= limitMs) this.fail({ ok: false, why: 'timeout', detail: `not read within ${this.timeoutMs} ms` });
      else if (performance.now() - this.takenAt >= this.startLimitMs)
        this.fail({ ok: false, why: 'unavailable', detail: 'a parser thread does not answer' });
      else this.startTimer(job, workedMs === 0 ? this.timeoutMs : limitMs - workedMs);
    });
  }

  private fail(why: ThreadFailure): void {
    if (this.isOver) return;
    this.stop(why);
    this.events.lost(this, this.loaded, why);
    void this.thread.end();
  }

  private stop(readings: ReadResult): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.job?.complete(readings);
    this.job = undefined;
  }
}

/** A thread that ran out of its memory did so over the text it was reading; any other end is nobody's text. */
function classifyExit(cause: unknown): ThreadFailure {
  const exhausted = (cause as { readonly code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (exhausted) return { ok: false, why: 'crashed', detail: 'a parser ran out of memory' };
  return { ok: false, why: 'unavailable', detail: 'a parser thread ended', ...(cause === undefined ? {} : { cause }) };
}
