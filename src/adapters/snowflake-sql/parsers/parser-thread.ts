import { Worker } from 'node:worker_threads';
import type { ReadResult } from './reading.js';

/** What a host tells the pool: loaded, an answer, or its end with the reason. */
export interface ParserThreadEvents {
  onReady(): void;
  onAnswer(readings: ReadResult): void;
  onExit(cause?: unknown): void;
}

/** One place where both parsers run apart from the event loop; takes one text at a time. */
export interface ParserThread {
  read(canonical: string): void;
  /** How long it has worked on a text, in milliseconds; 0 before it has taken it up, and when it is through with it. */
  getWorkedMs(): number;
  /** Ends it at once, whatever it is doing. */
  end(): Promise<unknown>;
}

/** Starts a host. */
export type StartParserThread = (events: ParserThreadEvents) => ParserThread;

/**
 * Heap of a thread; the parsers' own memory comes on top, and is bounded by the size of the text and the time limit.
 */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

/**
 * Nothing of the process is handed on. A parser that panics prints what it was reading, so its output is kept from us,
 * and never read.
 */
const isolation = { resourceLimits, env: {}, argv: [], execArgv: [], stdout: true, stderr: true };

// Our own tests and benches run the TypeScript itself, and the thread then needs their loader; Node 20 takes no
// `--import` for a thread.
// The published package has no `.ts` file.
const isSource = import.meta.url.endsWith('.ts');
const fromSource = `import("tsx/esm/api").then((tsx) => { tsx.register(); return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)}); });`;

/** A worker thread; it never keeps the process alive by itself. */
export const startThread: StartParserThread = (events) => {
  const since = new BigInt64Array(new SharedArrayBuffer(8));
  const options = { ...isolation, workerData: since };
  const thread = isSource
    ? new Worker(fromSource, { ...options, eval: true })
    : new Worker(new URL('./worker.js', import.meta.url), options);
  thread.on('message', (message: 'ready' | ReadResult) =>
    message === 'ready' ? events.onReady() : events.onAnswer(message),
  );
  thread.on('error', (error) => events.onExit(error));
  thread.on('exit', (code) => events.onExit(new Error(`the thread exited with code ${code}`)));
  thread.unref();
  return {
    read: (canonical) => thread.postMessage(canonical, []),
    getWorkedMs: () => computeElapsedMs(Atomics.load(since, 0)),
    end: () => thread.terminate(),
  };
};

/** Since a moment of the monotonic clock that all threads share; 0n stands for none. */
function computeElapsedMs(since: bigint): number {
  return since === 0n ? 0 : Number((process.hrtime.bigint() - since) / 1_000_000n);
}
