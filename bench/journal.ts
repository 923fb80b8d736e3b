import { mkdtemp, open, rm } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journal } from '../src/journal.js';
import { statementEvents } from './events.js';
import { median, ratioOf, timed, type Row } from './row.js';

const goals: Readonly<Record<number, number>> = { 1: 0.8, 16: 0.75, 64: 0.4 };
/** Events written each with a sync of its own, per round, for comparison. */
const singles = 20;
const events = statementEvents(4_096);

/** P7: durable appends with so many in flight, against raw write + fdatasync of as many lines of that size at once, alternately on the same disk. The event loop's delay should stay under 10 ms. */
export async function journalRows(quick: boolean): Promise<Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'bench-'));
  const log = await journal({ directory: join(home, 'journal') });
  const raw = await open(join(home, 'raw'), 'a');
  const line = Buffer.alloc(await lineBytes(join(home, 'one')), 'x');
  const rows: Row[] = [];
  for (const inFlight of [1, 16, 64]) {
    const [rounds, batches] = quick ? [5, 40] : [15, 200];
    const [mine, theirs, single, delays]: [number[], number[], number[], number[]] = [[], [], [], []];
    const together = Buffer.concat(Array.from({ length: inFlight }, () => line));
    let next = 0;
    for (let round = 0; round <= rounds; round += 1) {
      // A new one each time: enabled again, it counts the time it was not as one delay.
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const first = await timed(async () => {
        for (let batch = 0; batch < batches; batch += 1) await Promise.all(Array.from({ length: inFlight }, () => log.append(events[next++ % events.length] as (typeof events)[number])));
      });
      delay.disable();
      const second = await timed(async () => {
        for (let batch = 0; batch < batches; batch += 1) {
          await raw.write(together);
          await raw.datasync();
        }
      });
      const third = await timed(async () => {
        for (let write = 0; write < singles; write += 1) {
          await raw.write(line);
          await raw.datasync();
        }
      });
      if (round === 0) continue; // warm-up
      mine.push(first);
      theirs.push(second);
      single.push(third);
      delays.push(delay.percentile(99) / 1e6);
    }
    const perSecond = (ms: number, count = batches * inFlight): number => Math.round((count * 1_000) / ms);
    rows.push({
      id: 'P7', what: `durable events per second, ${inFlight} in flight: journal / raw append + fdatasync of the same batch`, ...ratioOf(theirs, mine),
      goal: goals[inFlight] as number, better: 'least', detail: { journalPerSecond: perSecond(median(mine)), rawPerSecond: perSecond(median(theirs)), oneSyncPerEventPerSecond: perSecond(median(single), singles), lineBytes: line.length, loopDelayP99Ms: median(delays) },
    });
  }
  await log.close?.();
  await raw.close();
  await rm(home, { recursive: true, force: true });
  return rows;
}

/** What the journal stores for one of the events, on average. */
async function lineBytes(directory: string): Promise<number> {
  const log = await journal({ directory });
  const sample = events.slice(0, 100);
  await Promise.all(sample.map((event) => log.append(event)));
  const file = await open(join(directory, 'journal-00000001.jsonl'));
  const { size } = await file.stat();
  await file.close();
  await log.close?.();
  return Math.round(size / sample.length);
}
