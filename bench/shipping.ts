import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafka } from 'sallyport/kafka';
import type { AuditSink, DeliveryMessage } from 'sallyport';
import { journal } from 'sallyport/journal';
import { clientOf, startCluster } from '../test/support/kafka/broker.js';
import { kafkaJars } from '../test/support/kafka/jars.js';
import { statementEvents } from './events.js';
import { median, ratioOf, timed, type Row } from './row.js';

/**
 * K1: a journal's backlog brought to a real broker, against a bare kafkajs producer that sends the same messages in the
 * same batches.
 */
export async function shippingRows(quick: boolean): Promise<Row[]> {
  const found = await kafkaJars();
  if ('missing' in found) {
    process.stderr.write(`  left out: ${found.missing}\n`);
    return [];
  }
  const cluster = await startCluster(found.jars, 1);
  const home = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const client = clientOf(cluster.brokers);
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: ['events', 'checkpoints', 'sqltext', 'dlq'].map((name) => ({ topic: `bench.${name}`, numPartitions: 3 })),
    });
    await admin.disconnect();
    const count = quick ? 5_000 : 50_000;
    const directory = join(home, 'journal');
    await filled(directory, count);
    const batches = await batchesOf(directory, count);
    const rounds = quick ? 2 : 7;
    const [mine, bare]: [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round += 1) {
      const shipping = await shipped(
        directory,
        kafka({ client, prefix: 'bench', name: `round-${round}` }),
        batches.length,
      );
      const producer = client.producer({ maxInFlightRequests: 1, retry: { retries: 0 } });
      await producer.connect();
      const sending = await timed(async () => {
        for (const batch of batches) {
          const messages = (kind: DeliveryMessage['kind']) =>
            batch
              .filter((parcel) => parcel.kind === kind)
              .map(({ key, value, headers, at }) => ({ key, value, headers, timestamp: String(at) }));
          const topicMessages = [
            { topic: 'bench.events', messages: messages('event') },
            { topic: 'bench.checkpoints', messages: messages('checkpoint') },
          ].filter((each) => each.messages.length > 0);
          await producer.sendBatch({ acks: -1, topicMessages });
        }
      });
      await producer.disconnect();
      if (round === 0) continue; // warm-up
      mine.push(shipping);
      bare.push(sending);
    }
    const perSecond = (ms: number): number => Math.round((count * 1_000) / ms);
    return [
      {
        id: 'K1',
        what: 'events per second to Kafka: shipped from a journal / bare kafkajs with the same batches',
        ...ratioOf(bare, mine),
        goal: 0.8,
        better: 'least',
        detail: { shippedPerSecond: perSecond(median(mine)), barePerSecond: perSecond(median(bare)), events: count },
      },
    ];
  } finally {
    await cluster.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function filled(directory: string, count: number): Promise<void> {
  const log = await journal({ directory });
  for (let from = 0; from < count; from += 1_000)
    await Promise.all(statementEvents(1_000, from).map((event) => log.append(event)));
  await log.close?.();
}

/**
 * What a receiver is brought, batch by batch. Found out beforehand: who measures must not keep what is shipped, or its
 * garbage is ours.
 */
async function batchesOf(directory: string, count: number): Promise<readonly (readonly DeliveryMessage[])[]> {
  const batches: (readonly DeliveryMessage[])[] = [];
  const events = (): number => batches.flat().filter(({ kind }) => kind === 'event').length;
  await through(
    directory,
    { name: 'batches', deliver: async (parcels) => void batches.push(parcels) },
    () => events() >= count,
  );
  return batches;
}

/** Milliseconds from the first delivery to the end of the last. */
async function shipped(directory: string, sink: AuditSink, batches: number): Promise<number> {
  let [first, last, count] = [0, 0, 0];
  await through(
    directory,
    {
      name: sink.name,
      close: async () => sink.close?.(),
      deliver: async (parcels, signal) => {
        first ||= performance.now();
        await sink.deliver(parcels, signal);
        last = performance.now();
        count += 1;
      },
    },
    () => count >= batches,
  );
  if (count !== batches) throw new Error(`${count} batches were shipped instead of ${batches}`);
  return last - first;
}

/** A journal that ships to `sink` until `done`. */
async function through(directory: string, sink: AuditSink, done: () => boolean): Promise<void> {
  const log = await journal({ directory, keepMs: Number.MAX_SAFE_INTEGER, ship: sink });
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 100));
  await log.close?.();
}
