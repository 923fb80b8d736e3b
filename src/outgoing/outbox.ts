import { setTimeout as wait } from 'node:timers/promises';
import { brokenOff, mayPass } from './answer.js';
import { askedIn, pauseBefore } from './pause.js';
import { within } from './within.js';

/** What became of one attempt: `taken`, `again` may be tried again, `refused` is final. `reason` is a code, never a text of the receiver. */
export type Fate = { readonly fate: 'taken' } | { readonly fate: 'again'; readonly reason: string; readonly pauseMs?: number } | { readonly fate: 'refused'; readonly reason: string };

export interface OutboxSettings {
  /** How many are sent at once. */
  readonly atOnce: number;
  /** How many may wait for that. */
  readonly waiting: number;
  /** How often one is tried again. */
  readonly retries: number;
  /** Of one attempt, milliseconds. */
  readonly timeoutMs: number;
}

type Attempt = (signal: AbortSignal) => Promise<Fate>;

/** Sends one after the other, each until it is taken or there is no hope; holds no more than it may. */
export class Outbox {
  readonly #settings: OutboxSettings;
  readonly #line: (() => void)[] = [];
  #free: number;

  constructor(settings: OutboxSettings) {
    this.#settings = settings;
    this.#free = settings.atOnce;
  }

  /** Why it was not taken: `full`, `shutdown`, or the last attempt's reason; undefined when it was. Never rejects. */
  async send(attempt: Attempt, signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return 'shutdown';
    if (this.#free === 0 && this.#line.length >= this.#settings.waiting) return 'full';
    await this.#turn();
    try {
      return await this.#persist(attempt, signal);
    } catch {
      return 'shutdown';
    } finally {
      this.#next();
    }
  }

  /** Rejects only when the signal is aborted. */
  async #persist(attempt: Attempt, signal: AbortSignal): Promise<string | undefined> {
    const { retries, timeoutMs } = this.#settings;
    for (let tries = 0; ; tries += 1) {
      const fate = await within(timeoutMs, signal, attempt).catch((error: unknown): Fate => {
        signal.throwIfAborted();
        return brokenOff(error);
      });
      if (fate.fate === 'taken') return undefined;
      if (fate.fate === 'refused' || tries === retries) return fate.reason;
      await wait(pauseBefore(tries, fate.pauseMs), undefined, { signal, ref: false });
    }
  }

  /** Whoever waits needs no signal of their own: an abort ends what is being sent, and so the whole line. */
  async #turn(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((begin) => this.#line.push(begin));
  }

  #next(): void {
    const begin = this.#line.shift();
    if (begin === undefined) this.#free += 1;
    else begin();
  }
}

/** What a status that is no success says of an attempt. */
export function fateOf({ status, headers }: Response): Fate {
  const [reason, pauseMs] = [`status ${status}`, askedIn(headers.get('retry-after'))];
  if (!mayPass(status)) return { fate: 'refused', reason };
  return { fate: 'again', reason, ...(pauseMs === undefined ? {} : { pauseMs }) };
}
