import { setTimeout as wait } from 'node:timers/promises';
import { AccessError, type Parcel } from '../../core/index.js';
import { exchange } from './exchange.js';
import type { Settings } from './options.js';

const [firstPauseMs, longestPauseMs] = [250, 10_000];

/** Delivers parcels in order, request by request. Rejects with AUDIT_UNAVAILABLE rather than passing over anything. */
export class Delivery {
  readonly #settings: Settings;
  readonly #signal: AbortSignal;

  constructor(settings: Settings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  async send(parcels: readonly Parcel[]): Promise<void> {
    for (const request of requestsOf(parcels, this.#settings)) await this.#request(request);
  }

  /** Until the receiver has each of them, or too often it has not. */
  async #request(parcels: readonly Parcel[]): Promise<void> {
    let left = parcels;
    let reason = 'unknown';
    for (let tries = 0; tries <= this.#settings.retries; tries += 1) {
      const together = left.length;
      const { verdicts, pauseMs } = await exchange(left, this.#settings, this.#signal);
      const refused = verdicts.find(({ fate }) => fate === 'refused');
      if (refused !== undefined) throw unavailable(refused.reason);
      const poisoned = left.filter((_parcel, index) => verdicts[index]?.fate === 'poison');
      reason = verdicts.find(({ fate }) => fate !== 'taken')?.reason ?? reason;
      left = left.filter((_parcel, index) => verdicts[index]?.fate === 'again');
      if (poisoned.length > 0) await this.#poisoned(poisoned, together, reason);
      if (left.length === 0) return;
      if (tries < this.#settings.retries) await this.#pause(tries, pauseMs);
    }
    throw unavailable(reason);
  }

  /** Where a request as a whole was refused the halves tell which of them is at fault. */
  async #poisoned(parcels: readonly Parcel[], together: number, reason: string): Promise<void> {
    const [first] = parcels;
    if (first === undefined) return;
    if (parcels.length > 1 && parcels.length === together) {
      const half = parcels.length >> 1;
      await this.#request(parcels.slice(0, half));
      await this.#request(parcels.slice(half));
      return;
    }
    const { onPoison } = this.#settings;
    if (onPoison === undefined) throw unavailable(reason);
    for (const parcel of parcels) await onPoison(parcel, reason);
  }

  /** At least as long as the receiver asks for, within reason. */
  async #pause(tries: number, asked = 0): Promise<void> {
    const own = Math.min(firstPauseMs * 2 ** tries, longestPauseMs) * (0.5 + Math.random() / 2);
    await wait(Math.max(own, Math.min(asked, longestPauseMs * 3)), undefined, { signal: this.#signal });
  }
}

function requestsOf(parcels: readonly Parcel[], { format, maxBytes }: Settings): readonly (readonly Parcel[])[] {
  const requests: Parcel[][] = [];
  let room = 0;
  for (const parcel of parcels) {
    const size = Buffer.byteLength(format.encode(parcel));
    if (size > room) {
      requests.push([]);
      room = maxBytes;
    }
    requests.at(-1)?.push(parcel);
    room -= size;
  }
  return requests;
}

function unavailable(reason = 'unknown'): AccessError {
  return new AccessError('AUDIT_UNAVAILABLE', 'the receiver did not take the record', { detail: { reason } });
}
