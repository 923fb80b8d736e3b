import { parentPort, workerData } from 'node:worker_threads';
import './compile-synchronously.js';
import { loadBoth } from './load-both.js';
import type { ReadResult } from './reading.js';

/**
 * Read once before anything else: parsers that do not work are found before a statement is lost on them. No more than
 * this, for V8 optimises what has
 * run, on the side, and that takes some hundred megabytes which glibc keeps: an idle service does without them.
 */
const trialStatement = 'select a from b';

/**
 * What runs in a worker thread: one text in, one answer out, in order; the first message says that the parsers are
 * loaded.
 */
const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');
/** When the text at hand was taken up, for the other side's clock; 0n between texts. */
const since = workerData as BigInt64Array;

/*
 * Nothing in this thread's modules awaits at its top level. When a thread is ended just as such an await is over, V8
 * finds no result where it must have
 * one, and takes the whole process with it (seen on Node 24).
 */
void loadBoth().then((read) => {
  if (!read(trialStatement).ok) throw new Error('the parsers do not work');
  port.on('message', (canonical: string) => {
    Atomics.store(since, 0, process.hrtime.bigint());
    const answer: ReadResult = read(canonical);
    Atomics.store(since, 0, 0n);
    port.postMessage(answer);
  });
  port.postMessage('ready');
});
