import type { KafkaProducer, TopicMessages } from './client.js';
import type { Settings } from './options.js';

/**
 * One producer at a time, thrown away at the first error. A producer of kafkajs is not trusted with a second try: in its own retry (2.2.4, sendMessages)
 * a broker that has answered once is passed over, also for the partitions that came to it meanwhile, and an idempotent one whose sequence broke stays broken.
 * So the whole batch is sent again by a new one; what comes twice has the same id.
 */
export class Sender {
  readonly #settings: Settings;
  #producer: Promise<KafkaProducer> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Acknowledged by all replicas in sync when resolved. Rejects with the client's error, or at once with the reason of the signal or of the time that is over. */
  async send(topicMessages: TopicMessages[], signal: AbortSignal): Promise<void> {
    const { timeoutMs, compression } = this.#settings;
    signal.throwIfAborted();
    const limit = limited(signal, 2 * timeoutMs);
    const sending = this.#connected().then((producer) => producer.sendBatch({ acks: -1, timeout: timeoutMs, compression, topicMessages }));
    try {
      await Promise.race([sending, limit.over]);
    } catch (error) {
      sending.catch(() => undefined);
      this.close();
      throw error;
    } finally {
      limit.lift();
    }
  }

  /** Does not wait for a producer that hangs. */
  close(): void {
    this.#producer?.then((producer) => producer.disconnect()).catch(() => undefined);
    this.#producer = undefined;
  }

  #connected(): Promise<KafkaProducer> {
    this.#producer ??= this.#connect();
    return this.#producer;
  }

  async #connect(): Promise<KafkaProducer> {
    const producer = this.#settings.client.producer({ idempotent: false, maxInFlightRequests: 1, allowAutoTopicCreation: false, retry: { retries: 0 } });
    await producer.connect();
    return producer;
  }
}

/**
 * `over` rejects when the signal aborts or the time is over: the client's own limits may be longer, or not be kept, since a frozen broker answers nothing.
 * Not AbortSignal.any with AbortSignal.timeout: Node 20 may collect a timeout that nothing else holds.
 */
function limited(signal: AbortSignal, ms: number): { readonly over: Promise<never>; readonly lift: () => void } {
  const done = new AbortController();
  const over = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException('not in time', 'TimeoutError')), ms);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: done.signal });
    done.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
  return { over, lift: () => done.abort() };
}
