import type { Counters } from './counters.js';
import type { GatewayLimits } from './gateway.js';
import type { Identity } from './model.js';
import { deny, type Denied } from './outcome.js';
import { makeEvent, type Seen } from './seen.js';
import { Tally } from './tally.js';
import type { Road, Trip } from './trip.js';

const minuteMs = 60_000;

type Limit = 'requests' | 'refusals' | 'in_flight';

interface Refused {
  readonly limit: Limit;
  readonly seen: Seen;
}

interface Unknown {
  readonly seen: Seen;
  readonly moment: Trip['moment'];
  readonly denied: Denied;
}

/**
 * What a request counts for. Reviewing has limits of its own, and for each kind of token: whatever an agent asks, also under the name of the person
 * who reviews, that person can still say no.
 */
export type Budget = 'asking' | 'reviewing';

/** Whom a limit is for: an actor for one principal, so that an agent that works for many people works for each of them. */
export function callerOf({ principal, actor }: Identity): string {
  return JSON.stringify([principal.id, actor.id]);
}

/**
 * What one caller may ask over time: judged when it is known who asks, before anything is spent on the request. What is refused here is told in the record
 * once a minute with its number, and not one by one; so is what nobody answers for, by the address it came from.
 */
export class CallerLimits {
  readonly #limits: GatewayLimits;
  readonly #counters: Counters;
  readonly #inFlight = new Map<string, number>();
  readonly #limited: Tally<Refused>;
  readonly #unknown: Tally<Unknown>;

  constructor(limits: GatewayLimits, counters: Counters, { clock, instance, recorder }: Road) {
    this.#limits = limits;
    this.#counters = counters;
    const write = (code: 'actor.limited' | 'identity.refused', seen: Seen, data: Parameters<typeof makeEvent>[4]): void => {
      const { identity, transport } = seen;
      const told = makeEvent(clock, instance, code, identity === undefined ? {} : { identity }, { ...data, ...(transport === undefined ? {} : { transport }) });
      // The recorder keeps what it could not write.
      recorder.outcome(told).catch(() => undefined);
    };
    this.#limited = new Tally(clock, ({ limit, seen }, count) => write('actor.limited', seen, { limit, count }));
    this.#unknown = new Tally(clock, ({ seen, moment, denied: { code, reason } }, count) => write('identity.refused', seen, { code, ...(reason === undefined ? {} : { reason }), moment, count }));
  }

  /** Why this caller must wait; undefined where the request may go on. It counts in either case, and as one under way until its trip is over. */
  async admit(identity: Identity, trip: Trip, budget: Budget): Promise<Denied | undefined> {
    const { requestsPerCaller, requestBurstPerCaller, refusalsPerCaller } = this.#limits;
    const caller = payerOf(identity, budget);
    const asked = await this.#counters.increment(`requests:${caller}`, Math.ceil((requestBurstPerCaller * 1_000) / requestsPerCaller));
    if (asked.count > requestBurstPerCaller) return this.#refuse('requests', caller, trip, asked.leftMs);
    const refused = await this.#counters.increment(`refusals:${caller}`, minuteMs, 0);
    if (refused.count >= refusalsPerCaller) return this.#refuse('refusals', caller, trip, refused.leftMs);
    return this.hold(identity, trip, budget);
  }

  /** The same for a request that was counted already: it is one under way until its trip is over. */
  hold(identity: Identity, trip: Trip, budget: Budget): Denied | undefined {
    const caller = payerOf(identity, budget);
    const held = this.#inFlight.get(caller) ?? 0;
    if (held >= this.#limits.inFlightPerCaller) return this.#refuse('in_flight', caller, trip, 1_000);
    this.#inFlight.set(caller, held + 1);
    trip.afterwards(() => this.#leave(caller));
    return undefined;
  }

  /** Counts an answer that was no. */
  async refused(identity: Identity, budget: Budget): Promise<void> {
    await this.#counters.increment(`refusals:${payerOf(identity, budget)}`, minuteMs);
  }

  /** Tells of a credential that was no good. */
  unauthenticated(denied: Denied, { seen, moment }: Trip): void {
    const address = seen.transport?.['address'];
    this.#unknown.note(`${typeof address === 'string' ? address : ''} ${denied.reason ?? ''}`, { seen: { ...seen }, moment, denied });
  }

  /** Tells what was counted and not told yet. */
  close(): void {
    this.#limited.close();
    this.#unknown.close();
  }

  #refuse(limit: Limit, caller: string, { seen }: Trip, leftMs: number): Denied {
    this.#limited.note(`${limit} ${caller}`, { limit, seen: { ...seen } });
    return deny('RATE_LIMITED', words[limit], { reason: `rate.${limit}`, hint: `Wait ${secondsOf(leftMs)} s, and ask less often.`, retryAfterMs: leftMs });
  }

  #leave(caller: string): void {
    const held = (this.#inFlight.get(caller) ?? 1) - 1;
    if (held === 0) this.#inFlight.delete(caller);
    else this.#inFlight.set(caller, held);
  }
}

function payerOf(identity: Identity, budget: Budget): string {
  const { client = null, scopes = [] } = identity;
  return budget === 'asking' ? callerOf(identity) : `${budget} ${callerOf(identity)} ${JSON.stringify([client, scopes.toSorted()])}`;
}

const words: Readonly<Record<Limit, string>> = {
  requests: 'This caller asks too often.', refusals: 'Too much of what this caller asked was refused.', in_flight: 'Too many requests of this caller are under way.',
};

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
