import { setTimeout as wait } from 'node:timers/promises';
import { AccessError, type Parcel } from '../../core/index.js';
import { pauseBefore } from '../../outgoing/pause.js';
import { exchange } from './exchange.js';
import type { Settings } from './options.js';

/** Delivers parcels in order, request by request. Rejects with AUDIT_UNAVAILABLE rather than passing over anything. */
export class Delivery {
  readonly #settings: Settings;
  readonly #signal: AbortSignal;

  constructor(settings: Settings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  async send(parcels: readonly Parcel[]): Promise<void> {
    try {
      for (const request of requestsOf(parcels, this.#settings)) await this.#request(request);
    } catch (error) {
      throw AccessError.from(this.#signal.aborted ? this.#signal.reason : error, 'AUDIT_UNAVAILABLE');
    }
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
      const poisoned = left.flatMap((parcel, index) => verdicts[index]?.fate === 'poison' ? [{ parcel, reason: verdicts[index].reason ?? 'unknown' }] : []);
      reason = verdicts.find(({ fate }) => fate === 'again')?.reason ?? reason;
      left = left.filter((_parcel, index) => verdicts[index]?.fate === 'again');
      await this.#poisoned(poisoned, together);
      if (left.length === 0) return;
      if (tries < this.#settings.retries) await wait(pauseBefore(tries, pauseMs), undefined, { signal: this.#signal });
    }
    throw unavailable(reason);
  }

  /** Where a request as a whole was refused the halves tell which of them is at fault. */
  async #poisoned(poisoned: readonly Poisoned[], together: number): Promise<void> {
    if (poisoned.length > 1 && poisoned.length === together) {
      const parcels = poisoned.map(({ parcel }) => parcel);
      const half = parcels.length >> 1;
      await this.#request(parcels.slice(0, half));
      await this.#request(parcels.slice(half));
      return;
    }
    const { onPoison } = this.#settings;
    for (const { parcel, reason } of poisoned) {
      if (onPoison === undefined) throw unavailable(reason);
      await onPoison(parcel, reason);
    }
  }
}

interface Poisoned {
  readonly parcel: Parcel;
  readonly reason: string;
}

function requestsOf(parcels: readonly Parcel[], { format, maxBytes }: Settings): readonly (readonly Parcel[])[] {
  const requests: Parcel[][] = [];
  let room = 0;
  for (const parcel of parcels) {
    const part = format.encode(parcel);
    if (part === undefined) continue;
    const size = Buffer.byteLength(part);
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
