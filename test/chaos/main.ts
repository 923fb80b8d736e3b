/**
 * `npm run chaos`: hurts a gateway in every way we could think of, and counts. `-- --quick` stops brokers for seconds
 * instead of minutes. Exit code 1 when a count is not what it must be.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { answering, startCluster, type Cluster } from '../support/kafka/broker.js';
import { freshTopic, makeTopics } from '../support/kafka/index.js';
import { kafkaJars } from '../support/kafka/jars.js';
import { count, Harm, type Counted } from './fault-injection.js';

const quick = process.argv.includes('--quick');
const only = process.argv.find((each) => each.startsWith('--only='))?.slice('--only='.length);
const jars = await kafkaJars();
let wrong = 0;

async function scenario(
  name: string,
  nodes: number,
  hurt: (harm: Harm, cluster: Cluster) => Promise<void>,
  more: () => Partial<Harm['options']> = () => ({}),
): Promise<void> {
  if (only !== undefined && !name.includes(only)) return;
  if ('missing' in jars) throw new Error(`no Kafka: ${jars.missing}`);
  const cluster = await startCluster(jars.jars, nodes);
  try {
    const prefix = freshTopic();
    await makeTopics(cluster, prefix);
    const harm = new Harm({ brokers: cluster.brokers, prefix, ...more() });
    const before = performance.now();
    await hurt(harm, cluster);
    report(name, await count(harm, cluster), performance.now() - before);
  } finally {
    await cluster.stop();
  }
}

function report(name: string, counted: Counted, ms: number): void {
  const { executions, answers, events, duplicates, ...zeros } = counted;
  const bad = Object.entries({ ...zeros, nothingRan: executions > 100 && answers > 100 ? 0 : 1 }).filter(
    ([, value]) => value !== 0,
  );
  wrong += bad.length;
  console.log(
    `${bad.length === 0 ? 'ok   ' : 'WRONG'} ${name} (${Math.round(ms / 1_000)} s): ${executions} executions, ${answers} answers, ${events} events, ${duplicates} came again; ${Object.entries(
      zeros,
    )
      .map(([what, value]) => `${what} ${value}`)
      .join(', ')}`,
  );
}

await scenario('20 kill -9 under 64 writers', 1, async (harm) => {
  for (let round = 0; round < 20; round += 1) {
    await harm.start();
    await harm.loaded(64);
    await wait(Math.random() * 800);
    await harm.end('SIGKILL');
  }
});

await scenario(
  'broker stopped under load',
  1,
  async (harm, cluster) => {
    await harm.start();
    await harm.loaded(64);
    await cluster.nodes[0]?.stop();
    await wait(quick ? 10_000 : 150_000);
    cluster.nodes[0]?.start();
    await answering(cluster);
    await wait(2_000);
    await harm.end('SIGTERM');
  },
  () => ({ writers: 16, pauseMs: 25 }),
);

await scenario(
  'leader killed, three brokers',
  3,
  async (harm, cluster) => {
    await harm.start();
    await harm.loaded(64);
    for (const node of cluster.nodes) {
      await wait(2_000);
      await node.stop();
      await wait(4_000);
      node.start();
      await answering(cluster);
    }
    await harm.end('SIGTERM');
  },
  () => ({ writers: 16, pauseMs: 10 }),
);

await scenario('directory removed and put back, five times', 1, async (harm) => {
  await harm.start();
  await harm.loaded(64);
  for (let time = 0; time < 5; time += 1) {
    await wait(700);
    renameSync(harm.options.directory, `${harm.options.directory}.away`);
    await wait(700);
    renameSync(`${harm.options.directory}.away`, harm.options.directory);
  }
  await wait(700);
  await harm.end('SIGTERM');
});

await scenario(
  'the clock steps by an hour, again and again',
  1,
  async (harm) => {
    await harm.start();
    await harm.loaded(64);
    await wait(6_000);
    await harm.end('SIGTERM');
  },
  () => ({ steps: true }),
);

const small = mkdtempSync(join(tmpdir(), 'chaos-disk-'));
try {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]);
  try {
    await scenario(
      'disk full, then room again',
      1,
      async (harm) => {
        const filler = join(small, 'filler');
        await harm.start();
        await harm.loaded(64);
        for (let time = 0; time < 3; time += 1) {
          await wait(500);
          execFileSync('sh', ['-c', `dd if=/dev/zero of='${filler}' bs=64k 2> /dev/null || true`]);
          await wait(1_000);
          execFileSync('rm', ['-f', filler]);
        }
        await wait(500);
        await harm.end('SIGTERM');
      },
      () => {
        mkdirSync(join(small, 'journal'), { recursive: true });
        return { directory: join(small, 'journal'), writers: 4, segmentBytes: 256 * 1024 };
      },
    );
  } finally {
    execFileSync('umount', [small]);
  }
} catch (error) {
  if (!/mount/.test(String(error))) throw error;
  console.log('left out: disk full (a small file system cannot be mounted here)');
}
process.exit(wrong === 0 ? 0 : 1);
