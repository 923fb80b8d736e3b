import { parentPort, workerData } from 'node:worker_threads';
import './compile.js';
import { loadBoth } from './both.js';
import type { Readings } from './reading.js';

/** Read once before anything else, so that the first real statement meets compiled code. */
const warmUp = `with a as (select x, count(*) as n from s.t where y = 'z' and x in (1, 2) group by x)
select a.x, v:p.q::int, sum(n) over (partition by a.x order by n) from a left join u on a.x = u.x, lateral flatten(input => u.v) f
where exists (select 1 from w) qualify row_number() over (order by n) = 1 order by 1 limit 3`;

/** What runs in a worker thread: one text in, one answer out, in order; the first message says that the parsers are loaded. */
const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');
/** When the text at hand was taken up, for the other side's clock; 0n between texts. */
const since = workerData as BigInt64Array;
const read = await loadBoth();
if (!read(warmUp).ok) throw new Error('the parsers do not work');
port.on('message', (canonical: string) => {
  Atomics.store(since, 0, process.hrtime.bigint());
  const answer: Readings = read(canonical);
  Atomics.store(since, 0, 0n);
  port.postMessage(answer);
});
port.postMessage('ready');
