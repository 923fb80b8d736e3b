import { AccessError, readOptions, type LineKind, type OptionNames } from '../../core/index.js';
import type { KafkaClient } from './client.js';

export interface KafkaOptions {
  /**
   * A client of kafkajs, `new Kafka({ brokers, ssl, sasl })`, or one of its shape. Its connections are made and closed
   * here, the client stays yours.
   */
  readonly client: KafkaClient;
  /**
   * The four topics are `<prefix>.events`, `.checkpoints`, `.sqltext` and `.dlq`. They must exist. Default
   * `sallyport.audit`.
   */
  readonly prefix?: string;
  /** Other names for some of them; `sqltext: false` leaves the texts of statements where they are. */
  readonly topics?: {
    readonly events?: string;
    readonly checkpoints?: string;
    readonly sqltext?: string | false;
    readonly dlq?: string;
  };
  /** On every message, beside the CloudEvents attributes: what your pipeline routes by. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Larger messages are not tried, bytes; below the broker's `message.max.bytes`. At least 10,000, and 250,000 with the
   * texts of statements. Default 900,000.
   */
  readonly maxMessageBytes?: number;
  /** How long a broker may take to acknowledge, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** kafkajs's `CompressionTypes`; default none. The codec must be one that your client has. */
  readonly compression?: number;
  /** Default `kafka`. */
  readonly name?: string;
}

export interface KafkaSettings {
  readonly name: string;
  readonly client: KafkaClient;
  readonly topics: Readonly<Record<Exclude<LineKind, 'text'>, string> & { readonly text: string | false }>;
  readonly dlq: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxMessageBytes: number;
  readonly timeoutMs: number;
  readonly compression: number;
}

/** A part of a text has 32,768 characters, each up to six bytes of JSON. */
const minMessageBytesForTexts = 250_000;

const topicNames: OptionNames<NonNullable<KafkaOptions['topics']>> = {
  events: true,
  checkpoints: true,
  sqltext: true,
  dlq: true,
};

export const kafkaOptionNames: OptionNames<KafkaOptions> = {
  client: true,
  prefix: true,
  topics: topicNames,
  headers: true,
  maxMessageBytes: true,
  timeoutMs: true,
  compression: true,
  name: true,
};

/** The options with their defaults. Throws CONFIG_INVALID. */
export function resolveSettings(given: KafkaOptions): KafkaSettings {
  const options = readOptions<KafkaOptions>(given, kafkaOptionNames, 'kafka');
  const {
    client,
    prefix = 'sallyport.audit',
    topics = {},
    headers = {},
    maxMessageBytes = 900_000,
    timeoutMs = 10_000,
    compression = 0,
    name = 'kafka',
  } = options;
  if (typeof (client as Partial<KafkaClient> | undefined)?.producer !== 'function')
    throw createConfigError('client has no producer(): give a Kafka of kafkajs');
  const {
    events = `${prefix}.events`,
    checkpoints = `${prefix}.checkpoints`,
    sqltext = `${prefix}.sqltext`,
    dlq = `${prefix}.dlq`,
  } = topics;
  const named = [events, checkpoints, dlq, ...(sqltext === false ? [] : [sqltext])];
  // Kafka's own rule (org.apache.kafka.common.internals.Topic).
  for (const topic of named)
    if (!/^[\w.-]{1,249}$/.test(topic) || topic === '.' || topic === '..')
      throw createConfigError(`${JSON.stringify(topic)} is no name of a topic`);
  if (new Set(named).size < named.length) throw createConfigError('two topics have the same name');
  for (const [key, value] of Object.entries(headers))
    if (key === '' || typeof value !== 'string') throw createConfigError('headers must be texts by name');
  if (!Number.isSafeInteger(maxMessageBytes) || maxMessageBytes < 10_000)
    throw createConfigError('maxMessageBytes must be a whole number, 10,000 or more');
  if (sqltext !== false && maxMessageBytes < minMessageBytesForTexts)
    throw createConfigError(
      'maxMessageBytes must be 250,000 or more where the texts of statements are sent: a part of one may be as large, and has no stub',
    );
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1)
    throw createConfigError('timeoutMs must be a positive whole number');
  return {
    name,
    client,
    topics: { event: events, checkpoint: checkpoints, text: sqltext },
    dlq,
    headers,
    maxMessageBytes,
    timeoutMs,
    compression,
  };
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `kafka: ${message}`);
}
