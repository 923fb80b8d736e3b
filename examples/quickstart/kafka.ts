import { Kafka, logLevel } from 'kafkajs';
import type { AuditSink } from 'sallyport';
import { kafka } from 'sallyport/kafka';
import { Trouble } from './listen.js';

const names = ['events', 'checkpoints', 'sqltext', 'dlq'].map((each) => `sallyport.audit.${each}`);

/**
 * Ships the record to a broker, and makes the topics there if they are missing: on your own cluster that is not the
 * gateway's business.
 */
export async function shipTo(brokers: string): Promise<AuditSink> {
  const client = new Kafka({
    clientId: 'sallyport-quickstart',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    retry: { retries: 2 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: names.map((topic) => ({ topic, numPartitions: 1 })) });
  } catch (error) {
    throw new Trouble(`Kafka at ${brokers} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
  return kafka({ client });
}
