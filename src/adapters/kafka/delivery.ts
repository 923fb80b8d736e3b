import { AccessError } from '../../core/index.js';
import { classifyFailure, type KafkaFailure } from './failure.js';
import { groupByTopic, createMessageFor, type TopicMessage } from './topic-message.js';
import type { KafkaSettings } from './options.js';
import type { Sender } from './sender.js';

/** One delivery: all of its messages in order, each whole or, where the broker will not have it whole, as a stub. */
export class KafkaDelivery {
  readonly #sender: Sender;
  readonly #settings: KafkaSettings;
  readonly #signal: AbortSignal;

  constructor(sender: Sender, settings: KafkaSettings, signal: AbortSignal) {
    this.#sender = sender;
    this.#settings = settings;
    this.#signal = signal;
  }

  /** Rejects with AUDIT_UNAVAILABLE where a broker is away or refuses us, rather than passing over anything. */
  async send(messages: readonly TopicMessage[]): Promise<void> {
    const { maxMessageBytes } = this.#settings;
    let batch: TopicMessage[] = [];
    let size = 0;
    for (const each of messages) {
      if (batch.length > 0 && size + each.size > maxMessageBytes) {
        await this.#sendBatch(batch);
        [batch, size] = [[], 0];
      }
      if (each.size > maxMessageBytes) await this.#sendStub(each, { blame: 'large', reason: 'maxMessageBytes' });
      else {
        batch.push(each);
        size += each.size;
      }
    }
    if (batch.length > 0) await this.#sendBatch(batch);
  }

  async #sendBatch(batch: readonly TopicMessage[]): Promise<void> {
    const failure = await this.#trySend(batch);
    if (failure === undefined) return;
    const [first] = batch;
    if (failure.blame === 'other' || first === undefined) throw createUnavailableError(failure);
    if (batch.length === 1) return this.#sendStub(first, failure);
    // One of them is at fault, or they are too much together: the halves tell.
    const half = batch.length >> 1;
    await this.#sendBatch(batch.slice(0, half));
    await this.#sendBatch(batch.slice(half));
  }

  /**
   * A stub in its place, so that nothing is absent from the chain, and the whole to the dead letters, as far as these
   * take it. Where that fails too the delivery does: nothing is passed over.
   */
  async #sendStub(whole: TopicMessage, failure: KafkaFailure): Promise<void> {
    const { source: message, topic, size } = whole;
    if (message.stub === undefined) throw createUnavailableError(failure);
    const { headers, dlq, maxMessageBytes } = this.#settings;
    const note = { ...headers, sallyport_topic: topic, sallyport_reason: failure.reason, sallyport_size: String(size) };
    const stub = message.stub();
    const letter =
      size > maxMessageBytes ? undefined : await this.#trySend([createMessageFor(dlq, message, message.value, note)]);
    if (size > maxMessageBytes || letter !== undefined)
      await this.#sendOrThrow(createMessageFor(dlq, message, stub, note));
    await this.#sendOrThrow(createMessageFor(topic, message, stub, { ...headers, sallyport_stub: failure.reason }));
  }

  async #sendOrThrow(message: TopicMessage): Promise<void> {
    const failure = await this.#trySend([message]);
    if (failure !== undefined) throw createUnavailableError(failure);
  }

  async #trySend(messages: readonly TopicMessage[]): Promise<KafkaFailure | undefined> {
    try {
      await this.#sender.send(groupByTopic(messages), this.#signal);
      return undefined;
    } catch (error) {
      if (this.#signal.aborted) throw error;
      return classifyFailure(error);
    }
  }
}

function createUnavailableError({ reason }: KafkaFailure): AccessError {
  return new AccessError('AUDIT_UNAVAILABLE', 'Kafka did not take the record', { detail: { reason } });
}
