import type { AuditSink } from '../../core/index.js';
import { KafkaDelivery } from './delivery.js';
import { createTopicMessage } from './topic-message.js';
import { resolveSettings, type KafkaOptions } from './options.js';
import { Sender } from './sender.js';

export type { KafkaClient, KafkaMessage, KafkaProducer, ProducerSettings, TopicMessages } from './client.js';
export { kafkaLog, type KafkaLogOptions } from './kafka-log.js';
export type { KafkaOptions } from './options.js';
export { readTopics, type KafkaReadClient, type ReadOptions, type TopicRecord } from './read-topics.js';

/**
 * Copies the record to Kafka: events, checkpoints and texts to topics of their own, keyed by session, acknowledged by
 * all replicas in sync before a delivery
 * resolves. At least once: deduplicate by `ce_id`. What a broker will not have, because of its size or its form, stands
 * there as a stub and goes whole to the
 * dead letters. Rejects with AUDIT_UNAVAILABLE for anything else, authorization included, and passes over nothing.
 * Throws CONFIG_INVALID.
 */
export function kafka(options: KafkaOptions): AuditSink {
  const settings = resolveSettings(options);
  const sender = new Sender(settings);
  return {
    name: settings.name,
    deliver: async (messages, signal) =>
      new KafkaDelivery(sender, settings, signal).send(
        messages.map((message) => createTopicMessage(message, settings)).filter((message) => message !== undefined),
      ),
    close: async () => sender.close(),
  };
}
