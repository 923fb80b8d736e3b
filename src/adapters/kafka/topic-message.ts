import type { DeliveryMessage } from '../../core/index.js';
import type { KafkaMessage, TopicMessages } from './client.js';
import type { KafkaSettings } from './options.js';

export interface TopicMessage {
  readonly topic: string;
  readonly message: KafkaMessage;
  readonly source: DeliveryMessage;
  /** Of key, value and headers, bytes, with what Kafka adds to each. */
  readonly size: number;
}

/** A message as the message that it becomes; undefined for what is not sent. */
export function createTopicMessage(
  message: DeliveryMessage,
  { topics, headers }: KafkaSettings,
): TopicMessage | undefined {
  const topic = topics[message.kind];
  return topic === false ? undefined : createMessageFor(topic, message, message.value, headers);
}

export function createMessageFor(
  topic: string,
  deliveryMessage: DeliveryMessage,
  value: string,
  headers: Readonly<Record<string, string>>,
): TopicMessage {
  const message = {
    key: deliveryMessage.key,
    value,
    headers: { ...deliveryMessage.headers, ...headers },
    timestamp: String(deliveryMessage.at),
  };
  return { topic, source: deliveryMessage, message, size: measureMessage(message) };
}

/** Grouped by topic, each in order. */
export function groupByTopic(messages: readonly TopicMessage[]): TopicMessages[] {
  const topics = new Map<string, KafkaMessage[]>();
  for (const { topic, message } of messages) {
    const known = topics.get(topic);
    if (known === undefined) topics.set(topic, [message]);
    else known.push(message);
  }
  return [...topics].map(([topic, list]) => ({ topic, messages: list }));
}

/**
 * A record's own lengths and flags take less than this (kafka.apache.org, message format), and so does each header's.
 */
const [recordOverhead, headerOverhead] = [70, 10];

function measureMessage({ key, value, headers }: KafkaMessage): number {
  let size = recordOverhead + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const name of Object.keys(headers))
    size += Buffer.byteLength(name) + Buffer.byteLength(headers[name] as string) + headerOverhead;
  return size;
}
