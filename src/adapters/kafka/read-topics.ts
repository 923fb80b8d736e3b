import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AccessError, readOptions, type OptionNames } from '../../core/index.js';
import { Channel } from './channel.js';
import { classifyFailure } from './failure.js';
import type { BatchPayload, KafkaConsumer, KafkaReadClient } from './read-client.js';

export type { KafkaAdmin, KafkaConsumer, KafkaReadClient, BatchPayload, ReadMessage } from './read-client.js';

/** One record of a topic. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Undefined for a tombstone and for what is not UTF-8. */
  readonly value: string | undefined;
  /** CloudEvents `ce_source`: who wrote it; undefined where it does not say. */
  readonly source: string | undefined;
}

export interface ReadOptions {
  readonly client: KafkaReadClient;
  readonly topics: readonly string[];
  /** Only records from this time on, epoch milliseconds. Default all there are. */
  readonly from?: number;
  /** Gives up when nothing comes for so long, milliseconds. Default 30,000. */
  readonly idleMs?: number;
}

const optionNames: OptionNames<ReadOptions> = { client: true, topics: true, from: true, idleMs: true };

/**
 * Reads topics from their beginning to where they end at the start of the call, each partition in order, the partitions
 * mixed. Commits nothing, and leaves no
 * consumer group behind. Throws CONFIG_INVALID for a topic that there is not, AUDIT_UNAVAILABLE where the brokers
 * cannot be reached or fall silent.
 */
export async function* readTopics(given: ReadOptions): AsyncGenerator<TopicRecord> {
  const options = readOptions<ReadOptions>(given, optionNames, 'readTopics');
  const { client, topics, idleMs = 30_000 } = options;
  const groupId = `sallyport-read-${randomUUID()}`;
  const spans = await retryOnLeaderChange(() => readOffsetRanges(options));
  const open = new Set([...spans].filter(([, { start, end }]) => start < end).map(([key]) => key));
  if (open.size === 0) return;
  const consumer = client.consumer({ groupId });
  const channel = new Channel<BatchPayload['batch']>();
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      async eachBatch(payload) {
        await channel.send(payload.batch);
        payload.resolveOffset(payload.batch.lastOffset());
        await payload.heartbeat();
      },
    });
    if (options.from !== undefined) seekToStart(spans, consumer);
    while (open.size > 0) {
      const batch = await channel.receive(idleMs);
      const span = spans.get(createPartitionKey(batch));
      if (span === undefined) continue;
      yield* createRecords(batch, span);
      if (Number(batch.lastOffset()) >= span.end - 1) open.delete(createPartitionKey(batch));
    }
  } catch (error) {
    throw AccessError.from(error, 'AUDIT_UNAVAILABLE');
  } finally {
    channel.close();
    await consumer.disconnect().catch(() => undefined);
    await withAdmin(client, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}

/**
 * Saves time, no more: a client that crashed and begins again does so at the beginning, and what is before a span's
 * start is left out anyway.
 */
function seekToStart(spans: ReadonlyMap<string, OffsetRange>, consumer: KafkaConsumer): void {
  try {
    for (const { topic, partition, start } of spans.values())
      consumer.seek({ topic, partition, offset: String(start) });
  } catch {
    // It crashed already.
  }
}

interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  /** Of the next one to give: a client that begins again brings what came before once more. */
  start: number;
  /** Offset behind the last one. */
  readonly end: number;
}

async function readOffsetRanges({ client, topics, from }: ReadOptions): Promise<ReadonlyMap<string, OffsetRange>> {
  return withAdmin(client, async (admin) => {
    const spans = new Map<string, OffsetRange>();
    for (const topic of topics) {
      const ends = await admin.fetchTopicOffsets(topic).catch((error: unknown) => {
        if (classifyFailure(error).reason !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
        throw new AccessError('CONFIG_INVALID', `kafka: there is no topic ${topic}`, { cause: error });
      });
      const starts = from === undefined ? [] : await admin.fetchTopicOffsetsByTimestamp(topic, from);
      for (const { partition, high, low } of ends) {
        const start = starts.find((each) => each.partition === partition)?.offset ?? low;
        spans.set(createPartitionKey({ topic, partition }), {
          topic,
          partition,
          start: Number(start),
          end: Number(high),
        });
      }
    }
    return spans;
  });
}

/** Leaders that just moved are told of a little later: kafkajs's admin does not ask again by itself. */
async function retryOnLeaderChange<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === 5 || !['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(classifyFailure(error).reason))
        throw error;
      await pause(200 * tries);
    }
  }
}

async function withAdmin<T>(
  client: KafkaReadClient,
  work: (admin: ReturnType<KafkaReadClient['admin']>) => Promise<T>,
): Promise<T> {
  const admin = client.admin();
  try {
    await admin.connect();
    return await work(admin);
  } catch (error) {
    throw AccessError.from(error, 'AUDIT_UNAVAILABLE');
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function* createRecords(
  { topic, partition, messages }: BatchPayload['batch'],
  span: OffsetRange,
): Generator<TopicRecord> {
  for (const { offset, timestamp, value, headers } of messages) {
    const at = Number(offset);
    if (at < span.start || at >= span.end) continue;
    span.start = at + 1;
    yield {
      topic,
      partition,
      offset: at,
      at: Number(timestamp),
      value: decodeValue(value),
      source: readSource(headers?.['ce_source']),
    };
  }
}

function decodeValue(value: Buffer | null): string | undefined {
  try {
    return value === null ? undefined : utf8.decode(value);
  } catch {
    return undefined;
  }
}

function readSource(header: unknown): string | undefined {
  return typeof header === 'string' || Buffer.isBuffer(header) ? header.toString() : undefined;
}

function createPartitionKey({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}
