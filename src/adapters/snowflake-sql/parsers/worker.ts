import { parentPort } from 'node:worker_threads';
import { loadBoth } from './both.js';
import type { Readings } from './reading.js';

/** What runs in a worker thread: one text in, one answer out, in order; the first message says that the parsers are loaded. */
const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');
const read = await loadBoth();
port.on('message', (canonical: string) => {
  const answer: Readings = read(canonical);
  port.postMessage(answer);
});
port.postMessage('ready');
