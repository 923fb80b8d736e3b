import { setTimeout as wait } from 'node:timers/promises';
import { AccessError, type DeliveryMessage } from '../../core/index.js';
import { computeBackoff } from '../../http/client/backoff.js';
import { sendRequest } from './send-request.js';
import type { HttpSettings } from './options.js';

/** Delivers messages in order, request by request. Rejects with AUDIT_UNAVAILABLE rather than passing over anything. */
export class HttpDelivery {
  readonly #settings: HttpSettings;
  readonly #signal: AbortSignal;

  constructor(settings: HttpSettings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  async send(messages: readonly DeliveryMessage[]): Promise<void> {
    try {
      for (const request of splitRequests(messages, this.#settings)) await this.#request(request);
    } catch (error) {
      throw AccessError.from(this.#signal.aborted ? this.#signal.reason : error, 'AUDIT_UNAVAILABLE');
    }
  }

  /** Until the receiver has each of them, or too often it has not. */
  async #request(messages: readonly DeliveryMessage[]): Promise<void> {
    let left = messages;
    let reason = 'unknown';
    for (let tries = 0; tries <= this.#settings.retries; tries += 1) {
      const together = left.length;
      const { results: verdicts, retryAfterMs: pauseMs } = await sendRequest(left, this.#settings, this.#signal);
      const refused = verdicts.find(({ fate }) => fate === 'refused');
      if (refused !== undefined) throw createUnavailableError(refused.reason);
      const poisoned = left.flatMap((message, index) =>
        verdicts[index]?.fate === 'poison' ? [{ message, reason: verdicts[index].reason ?? 'unknown' }] : [],
      );
      reason = verdicts.find(({ fate }) => fate === 'again')?.reason ?? reason;
      left = left.filter((_message, index) => verdicts[index]?.fate === 'again');
      await this.#handlePoison(poisoned, together);
      if (left.length === 0) return;
      if (tries < this.#settings.retries)
        await wait(computeBackoff(tries, pauseMs), undefined, { signal: this.#signal });
    }
    throw createUnavailableError(reason);
  }

  /** Where a request as a whole was refused the halves tell which of them is at fault. */
  async #handlePoison(poisoned: readonly PoisonMessage[], together: number): Promise<void> {
    if (poisoned.length > 1 && poisoned.length === together) {
      const messages = poisoned.map(({ message }) => message);
      const half = messages.length >> 1;
      await this.#request(messages.slice(0, half));
      await this.#request(messages.slice(half));
      return;
    }
    const { onPoison } = this.#settings;
    for (const { message: deliveryMessage, reason } of poisoned) {
      if (onPoison === undefined) throw createUnavailableError(reason);
      await onPoison(deliveryMessage, reason);
    }
  }
}

interface PoisonMessage {
  readonly message: DeliveryMessage;
  readonly reason: string;
}

function splitRequests(
  messages: readonly DeliveryMessage[],
  { format, maxBytes }: HttpSettings,
): readonly (readonly DeliveryMessage[])[] {
  const requests: DeliveryMessage[][] = [];
  let approvals = 0;
  for (const message of messages) {
    const part = format.encode(message);
    if (part === undefined) continue;
    const size = Buffer.byteLength(part);
    if (size > approvals) {
      requests.push([]);
      approvals = maxBytes;
    }
    requests.at(-1)?.push(message);
    approvals -= size;
  }
  return requests;
}

function createUnavailableError(reason = 'unknown'): AccessError {
  return new AccessError('AUDIT_UNAVAILABLE', 'the receiver did not take the record', { detail: { reason } });
}
