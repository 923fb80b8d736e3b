import { AccessError } from '../../core/index.js';
import { failureOf, type Failure } from './failure.js';
import { byTopic, messageTo, type Addressed } from './message.js';
import type { Settings } from './options.js';
import type { Sender } from './sender.js';

/** One delivery: all of its messages in order, each whole or, where the broker will not have it whole, as a stub. */
export class Delivery {
  readonly #sender: Sender;
  readonly #settings: Settings;
  readonly #signal: AbortSignal;

  constructor(sender: Sender, settings: Settings, signal: AbortSignal) {
    this.#sender = sender;
    this.#settings = settings;
    this.#signal = signal;
  }

  /** Rejects with AUDIT_UNAVAILABLE where a broker is away or refuses us, rather than passing over anything. */
  async send(messages: readonly Addressed[]): Promise<void> {
    const { maxMessageBytes } = this.#settings;
    let batch: Addressed[] = [];
    let size = 0;
    for (const each of messages) {
      if (batch.length > 0 && size + each.size > maxMessageBytes) {
        await this.#batch(batch);
        [batch, size] = [[], 0];
      }
      if (each.size > maxMessageBytes) await this.#replace(each, { blame: 'large', reason: 'maxMessageBytes' });
      else {
        batch.push(each);
        size += each.size;
      }
    }
    if (batch.length > 0) await this.#batch(batch);
  }

  async #batch(batch: readonly Addressed[]): Promise<void> {
    const failure = await this.#try(batch);
    if (failure === undefined) return;
    const [first] = batch;
    if (failure.blame === 'other' || first === undefined) throw refused(failure);
    if (batch.length === 1) return this.#replace(first, failure);
    // One of them is at fault, or they are too much together: the halves tell.
    const half = batch.length >> 1;
    await this.#batch(batch.slice(0, half));
    await this.#batch(batch.slice(half));
  }

  /** A stub in its place, so that nothing is absent from the chain, and the whole to the dead letters, as far as these take it. Where that fails too the delivery does: nothing is passed over. */
  async #replace(whole: Addressed, failure: Failure): Promise<void> {
    const { parcel, topic, size } = whole;
    if (parcel.stub === undefined) throw refused(failure);
    const { headers, dlq, maxMessageBytes } = this.#settings;
    const note = { ...headers, sallyport_topic: topic, sallyport_reason: failure.reason, sallyport_size: String(size) };
    const stub = parcel.stub();
    const letter = size > maxMessageBytes ? undefined : await this.#try([messageTo(dlq, parcel, parcel.value, note)]);
    if (size > maxMessageBytes || letter !== undefined) await this.#must(messageTo(dlq, parcel, stub, note));
    await this.#must(messageTo(topic, parcel, stub, { ...headers, sallyport_stub: failure.reason }));
  }

  async #must(message: Addressed): Promise<void> {
    const failure = await this.#try([message]);
    if (failure !== undefined) throw refused(failure);
  }

  async #try(messages: readonly Addressed[]): Promise<Failure | undefined> {
    try {
      await this.#sender.send(byTopic(messages), this.#signal);
      return undefined;
    } catch (error) {
      if (this.#signal.aborted) throw error;
      return failureOf(error);
    }
  }
}

function refused({ reason }: Failure): AccessError {
  return new AccessError('AUDIT_UNAVAILABLE', 'Kafka did not take the record', { detail: { reason } });
}
