import { readFile } from 'node:fs/promises';
import { readTopics, type KafkaReadClient } from '../../adapters/kafka/index.js';
import { AccessError } from '../../core/index.js';
import { UsageError } from '../exit-codes.js';
import { createReadError } from './input-files.js';
import type { RecordLine } from './record-line.js';

/** The options that name a record on Kafka. */
export const kafkaOptions = {
  kafka: { type: 'string' },
  topic: { type: 'string' },
  'kafka-config': { type: 'string' },
} as const;

export const kafkaHelp = `  --kafka HOST:PORT[,…]  the record on Kafka: reads <topic>.events and <topic>.checkpoints to their end. Needs kafkajs
  --topic PREFIX         sallyport.audit
  --kafka-config FILE    JSON for the client: ssl, sasl and whatever else kafkajs takes`;

export interface KafkaOptionValues {
  readonly kafka?: string | undefined;
  readonly topic?: string | undefined;
  readonly 'kafka-config'?: string | undefined;
}

/**
 * The records of a topic's events and checkpoints, and of its texts where they are asked for. Throws UsageError where
 * they cannot be read.
 */
export async function* readTopicLines(
  values: KafkaOptionValues & { readonly kafka: string },
  texts: boolean,
): AsyncGenerator<RecordLine> {
  const prefix = values.topic ?? 'sallyport.audit';
  const brokers = values.kafka.split(',');
  if (!brokers.every((each) => /^(?:[^\s:,[\]]+|\[[\da-f:.]+\]):\d{1,5}$/i.test(each)))
    throw new UsageError('--kafka takes HOST:PORT, several with commas between');
  const client = await createKafkaClient(brokers, values['kafka-config']);
  try {
    for await (const { topic, partition, offset, value } of readTopics({
      client,
      topics: ['events', 'checkpoints', ...(texts ? ['sqltext'] : [])].map((each) => `${prefix}.${each}`),
    })) {
      yield {
        text: value,
        complete: true,
        position: { source: `${topic}/${partition}`, line: offset, partition: `${topic}/${partition}` },
      };
    }
  } catch (error) {
    if (!AccessError.is(error)) throw error;
    throw new UsageError(
      error.code === 'CONFIG_INVALID' ? error.message : `the topics cannot be read: ${formatKafkaError(error)}`,
      { cause: error },
    );
  }
}

async function createKafkaClient(brokers: readonly string[], config: string | undefined): Promise<KafkaReadClient> {
  const more = config === undefined ? {} : await readJsonFile(config);
  const { Kafka, logLevel } = await import('kafkajs').catch((error: unknown) => {
    throw new UsageError('--kafka needs the package kafkajs beside sallyport: npm install kafkajs', { cause: error });
  });
  return new Kafka({
    clientId: 'sallyport-audit',
    logLevel: logLevel.NOTHING,
    retry: { retries: 3 },
    ...more,
    brokers: [...brokers],
  });
}

async function readJsonFile(path: string): Promise<object> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw createReadError(path, error);
  });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Its text may hold a password, and the parser quotes it.
  }
  throw new UsageError(`${path}: it is no JSON object`);
}

/** The client's own word for what is wrong. */
function formatKafkaError(error: AccessError): string {
  const { name, message } = error.cause instanceof Error ? error.cause : error;
  return `${name}: ${message}`;
}
