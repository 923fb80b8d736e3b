import { setTimeout as wait } from 'node:timers/promises';
import { classifyNetworkError, isRetryableStatus } from './response.js';
import { parseRetryAfter, computeBackoff } from './backoff.js';
import { withTimeout } from './timeout.js';

/**
 * What became of one attempt: `taken`, `again` may be tried again, `refused` is final. `reason` is a code, never a text
 * of the receiver.
 */
export type DeliveryResult =
  | { readonly fate: 'taken' }
  | { readonly fate: 'again'; readonly reason: string; readonly pauseMs?: number }
  | { readonly fate: 'refused'; readonly reason: string };

export interface OutboxSettings {
  /** How many are sent at once. */
  readonly concurrency: number;
  /** How many may wait for that. */
  readonly maxQueued: number;
  /** How often one is tried again. */
  readonly retries: number;
  /** Of one attempt, milliseconds. */
  readonly timeoutMs: number;
}

type DeliveryAttempt = (signal: AbortSignal) => Promise<DeliveryResult>;

/** Sends one after the other, each until it is taken or there is no hope; holds no more than it may. */
export class Outbox {
  readonly #settings: OutboxSettings;
  readonly #queue: (() => void)[] = [];
  #free: number;

  constructor(settings: OutboxSettings) {
    this.#settings = settings;
    this.#free = settings.concurrency;
  }

  /** Why it was not taken: `full`, `shutdown`, or the last attempt's reason; undefined when it was. Never rejects. */
  async send(attempt: DeliveryAttempt, signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return 'shutdown';
    if (this.#free === 0 && this.#queue.length >= this.#settings.maxQueued) return 'full';
    await this.#acquireSlot();
    try {
      return await this.#retry(attempt, signal);
    } catch {
      return 'shutdown';
    } finally {
      this.#releaseSlot();
    }
  }

  /** Rejects only when the signal is aborted. */
  async #retry(attempt: DeliveryAttempt, signal: AbortSignal): Promise<string | undefined> {
    const { retries, timeoutMs } = this.#settings;
    for (let tries = 0; ; tries += 1) {
      const fate = await withTimeout(timeoutMs, signal, attempt).catch((error: unknown): DeliveryResult => {
        signal.throwIfAborted();
        return classifyNetworkError(error);
      });
      if (fate.fate === 'taken') return undefined;
      if (fate.fate === 'refused' || tries === retries) return fate.reason;
      await wait(computeBackoff(tries, fate.pauseMs), undefined, { signal, ref: false });
    }
  }

  /** Whoever waits needs no signal of their own: an abort ends what is being sent, and so the whole line. */
  async #acquireSlot(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((begin) => this.#queue.push(begin));
  }

  #releaseSlot(): void {
    const begin = this.#queue.shift();
    if (begin === undefined) this.#free += 1;
    else begin();
  }
}

/** What a status that is no success says of an attempt. */
export function classifyResponse({ status, headers }: Response): DeliveryResult {
  const [reason, pauseMs] = [`status ${status}`, parseRetryAfter(headers.get('retry-after'))];
  if (!isRetryableStatus(status)) return { fate: 'refused', reason };
  return { fate: 'again', reason, ...(pauseMs === undefined ? {} : { pauseMs }) };
}
