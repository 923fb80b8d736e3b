/**
 * `npm run soak -- --minutes 3`: up to ten million events of ten thousand sessions through a journal that ships and
 * removes what was delivered. Exit code 1 when memory or disk grows, or journal, cursor and receiver do not agree.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import { sampleEvent } from '../../src/core/contract/index.js';
import type { AuditSink } from '../../src/core/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { caughtUp } from './fault-injection.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    events: { type: 'string', default: '10000000' },
    sessions: { type: 'string', default: '10000' },
  },
});
const [most, sessions, deadline] = [
  Number(values.events),
  Number(values.sessions),
  performance.now() + Number(values.minutes) * 60_000,
];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const memory = (): { readonly heapMiB: number; readonly rssMiB: number } => {
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapMiB: Math.round(heapUsed / 1024 ** 2), rssMiB: Math.round(rss / 1024 ** 2) };
};

const directory = mkdtempSync(join(tmpdir(), 'soak-'));
const onDisk = (): number =>
  Math.round(readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0) / 1024 ** 2);

/** Counts what arrives, and whether each chain's numbers rise one by one. */
let [arrived, jumps, last] = [0, 0, 0];
const receiver: AuditSink = {
  name: 'kafka',
  async deliver(parcels) {
    for (const { kind, value } of parcels) {
      if (kind !== 'event') continue;
      const sequence = Number(/"sequence":(\d+)/.exec(value)?.[1]);
      if (sequence !== last + 1) jumps += 1;
      last = sequence;
      arrived += 1;
    }
  },
};

const log = await journal({ directory, ship: receiver, keepMs: 0, maxBytes: 4 * 1024 ** 3 });
let written = 0;
const samples: {
  readonly events: number;
  readonly heapMiB: number;
  readonly rssMiB: number;
  readonly diskMiB: number;
}[] = [];
const every = 100_000;
const over = (): boolean => written >= most || performance.now() >= deadline;
while (!over()) {
  await Promise.all(
    Array.from({ length: 250 }, async () => {
      const session = `s-${Math.floor(Math.random() * sessions)}`;
      await log.append(
        sampleEvent('statement.executed', {
          session,
          statement: `t-${written}`,
          at: Date.now(),
          data: { queryId: `q-${written}`, rows: 3 },
        }),
      );
      written += 1;
    }),
  );
  if (written % every < 250) {
    samples.push({ events: written, ...memory(), diskMiB: onDisk() });
    if (samples.length % 5 === 0)
      console.log(
        `${written} events, heap ${samples.at(-1)?.heapMiB} MiB, resident ${samples.at(-1)?.rssMiB} MiB, disk ${samples.at(-1)?.diskMiB} MiB, ${written - arrived} on their way`,
      );
  }
}
await log.close?.();
const agreed = arrived === written && jumps === 0 && caughtUp(directory);
const third = Math.max(1, Math.floor(samples.length / 3));
const thirds = (of: 'heapMiB' | 'rssMiB' | 'diskMiB'): readonly [early: number, late: number] => {
  const middle = (list: typeof samples): number =>
    list.map((each) => each[of]).toSorted((a, b) => a - b)[list.length >> 1] ?? 0;
  return [middle(samples.slice(0, third)), middle(samples.slice(-third))];
};
// Spans of sessions are kept until their segments go, so a little comes and goes.
const [heap, resident, disk] = [thirds('heapMiB'), thirds('rssMiB'), thirds('diskMiB')];
const grows = ([early, late]: readonly [number, number], slack: number): boolean => late > early * 1.3 + slack;
const flat = !grows(heap, 16) && !grows(resident, 64) && !grows(disk, 64);
const told = ([early, late]: readonly [number, number]): string =>
  `${early} MiB in the first third, ${late} in the last`;
console.log(
  `${agreed && flat ? 'ok' : 'WRONG'}: ${written} events of ${sessions} sessions, ${arrived} arrived, ${jumps} out of order, cursor ${caughtUp(directory) ? 'at the end' : 'BEHIND'}; heap ${told(heap)}; resident ${told(resident)}; disk ${told(disk)}, ${onDisk()} MiB at the end`,
);
rmSync(directory, { recursive: true, force: true });
process.exit(agreed && flat ? 0 : 1);
