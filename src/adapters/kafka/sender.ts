import type { KafkaProducer, TopicMessages } from './client.js';
import type { KafkaSettings } from './options.js';

/**
 * One producer at a time, thrown away at the first error. A producer of kafkajs is not trusted with a second try: in
 * its own retry (2.2.4, sendMessages)
 * a broker that has answered once is passed over, also for the partitions that came to it meanwhile, and an idempotent
 * one whose sequence broke stays broken.
 * So the whole batch is sent again by a new one; what comes twice has the same id.
 */
export class Sender {
  readonly #settings: KafkaSettings;
  #current: { readonly producer: KafkaProducer; readonly ready: Promise<void> } | undefined;

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
  }

  /**
   * Acknowledged by all replicas in sync when resolved. Rejects with the client's error, or at once with the reason of
   * the signal or of the time that is over.
   */
  async send(topicMessages: TopicMessages[], signal: AbortSignal): Promise<void> {
    const { timeoutMs, compression } = this.#settings;
    signal.throwIfAborted();
    this.#current ??= this.#connect();
    const { producer, ready } = this.#current;
    const limit = createTimeLimit(signal, 2 * timeoutMs);
    const sending = ready.then(() => producer.sendBatch({ acks: -1, timeout: timeoutMs, compression, topicMessages }));
    try {
      await Promise.race([sending, limit.over]);
    } catch (error) {
      this.#drop(sending);
      throw error;
    } finally {
      limit.lift();
    }
  }

  close(): void {
    this.#drop();
  }

  /**
   * Does not wait for a producer that hangs. A send that is cut off makes kafkajs connect once more, so it is ended
   * again when that is over.
   */
  #drop(pending?: Promise<unknown>): void {
    const dropped = this.#current;
    this.#current = undefined;
    const end = async (): Promise<void> => dropped?.producer.disconnect().catch(() => undefined);
    void end();
    pending?.then(end, end);
  }

  #connect(): { readonly producer: KafkaProducer; readonly ready: Promise<void> } {
    const producer = this.#settings.client.producer({
      idempotent: false,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { retries: 0 },
    });
    return { producer, ready: producer.connect() };
  }
}

/**
 * `over` rejects when the signal aborts or the time is over: the client's own limits may be longer, or not be kept, since a
 * frozen broker answers nothing.
 * Not AbortSignal.any with AbortSignal.timeout: Node 20 may collect a timeout that nothing else holds.
 */
function createTimeLimit(
  signal: AbortSignal,
  ms: number,
): { readonly over: Promise<never>; readonly lift: () => void } {
  const done = new AbortController();
  const over = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException('not in time', 'TimeoutError')), ms);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: done.signal });
    done.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
  return { over, lift: () => done.abort() };
}
