import type { Parcel } from '../../core/index.js';
import type { KafkaMessage, TopicMessages } from './client.js';
import type { Settings } from './options.js';

export interface Addressed {
  readonly topic: string;
  readonly message: KafkaMessage;
  readonly parcel: Parcel;
  /** Of key, value and headers, bytes, with what Kafka adds to each. */
  readonly size: number;
}

/** A parcel as the message that it becomes; undefined for what is not sent. */
export function addressed(parcel: Parcel, { topics, headers }: Settings): Addressed | undefined {
  const topic = topics[parcel.kind];
  return topic === false ? undefined : messageTo(topic, parcel, parcel.value, headers);
}

export function messageTo(topic: string, parcel: Parcel, value: string, headers: Readonly<Record<string, string>>): Addressed {
  const message = { key: parcel.key, value, headers: { ...parcel.headers, ...headers }, timestamp: String(parcel.at) };
  return { topic, parcel, message, size: sizeOf(message) };
}

/** Grouped by topic, each in order. */
export function byTopic(messages: readonly Addressed[]): TopicMessages[] {
  const topics = new Map<string, KafkaMessage[]>();
  for (const { topic, message } of messages) {
    const known = topics.get(topic);
    if (known === undefined) topics.set(topic, [message]);
    else known.push(message);
  }
  return [...topics].map(([topic, list]) => ({ topic, messages: list }));
}

/** A record's own lengths and flags take less than this (kafka.apache.org, message format), and so does each header's. */
const [overhead, headerOverhead] = [70, 10];

function sizeOf({ key, value, headers }: KafkaMessage): number {
  let size = overhead + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const name of Object.keys(headers)) size += Buffer.byteLength(name) + Buffer.byteLength(headers[name] as string) + headerOverhead;
  return size;
}
