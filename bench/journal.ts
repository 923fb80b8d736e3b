import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent, AuditLog } from 'sallyport';
import { journal } from 'sallyport/journal';
import { shortEvents, statementEvents } from './events.js';
import { median, ratioOf, timed, type Row } from './row.js';

/** In flight: the goal, and how many batches a round has. */
const loads = [
  [1, 0.8, 800],
  [16, 0.75, 400],
  [64, 0.4, 200],
] as const;
/** Events written each with a sync of its own, per round, for comparison. */
const singles = 20;
const kinds = 4_096;

/**
 * P7: durable appends with so many in flight, against raw write + fdatasync of lines of the same size in the same
 * batches, alternately on the same disk. The event loop's delay should stay under 10 ms.
 */
export async function journalRows(quick: boolean): Promise<Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'bench-'));
  const log = await journal({ directory: join(home, 'journal') });
  const raw = await open(join(home, 'raw'), 'a');
  const rows: Row[] = [];
  for (const [what, events] of [
    ['short events', shortEvents(kinds)],
    ['whole statement events', statementEvents(kinds)],
  ] as const) {
    const line = Buffer.alloc(await lineBytes(join(home, what), events.slice(0, 100)), 'x');
    for (const load of loads) rows.push(await rowOf(what, events, line, load, log, raw, quick));
  }
  await log.close?.();
  await raw.close();
  await rm(home, { recursive: true, force: true });
  return rows;
}

async function rowOf(
  what: string,
  events: readonly AuditEvent[],
  line: Buffer,
  [inFlight, goal, usual]: (typeof loads)[number],
  log: AuditLog,
  raw: FileHandle,
  quick: boolean,
): Promise<Row> {
  const [rounds, batches] = quick ? [5, usual / 10] : [15, usual];
  const [mine, theirs, single]: [number[], number[], number[]] = [[], [], []];
  const together = Buffer.concat(Array.from({ length: inFlight }, () => line));
  let next = 0;
  const appended = async (): Promise<void> => {
    for (let batch = 0; batch < batches; batch += 1)
      await Promise.all(
        Array.from({ length: inFlight }, () => log.append(events[next++ % events.length] as AuditEvent)),
      );
  };
  const written = async (bytes: Buffer, times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      await raw.write(bytes);
      await raw.datasync();
    }
  };
  for (let round = 0; round <= rounds; round += 1) {
    const [first, second, third] = [
      await timed(appended),
      await timed(() => written(together, batches)),
      await timed(() => written(line, singles)),
    ];
    if (round === 0) continue; // warm-up
    mine.push(first);
    theirs.push(second);
    single.push(third);
  }
  // Apart from what is timed: its timer costs something too.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await appended();
  delay.disable();
  const perSecond = (ms: number, count = batches * inFlight): number => Math.round((count * 1_000) / ms);
  return {
    id: 'P7',
    what: `durable ${what} per second, ${inFlight} in flight: journal / raw append + fdatasync of the same batch`,
    ...ratioOf(theirs, mine),
    goal,
    better: 'least',
    detail: {
      journalPerSecond: perSecond(median(mine)),
      rawPerSecond: perSecond(median(theirs)),
      oneSyncPerEventPerSecond: perSecond(median(single), singles),
      lineBytes: line.length,
      loopDelayP99Ms: delay.percentile(99) / 1e6,
    },
  };
}

/** What the journal stores for an event, on average. */
async function lineBytes(directory: string, events: readonly AuditEvent[]): Promise<number> {
  const log = await journal({ directory });
  await Promise.all(events.map((event) => log.append(event)));
  const file = await open(join(directory, 'journal-00000001.jsonl'));
  const { size } = await file.stat();
  await file.close();
  await log.close?.();
  return Math.round(size / events.length);
}
