import type { Counters } from '../data/counters.js';
import type { GatewayLimits } from '../gateway.js';
import type { Identity } from '../model.js';
import { deny, type Denied } from '../outcome.js';
import { createEvent, type EventFacts } from '../audit/event-facts.js';
import { EventAggregator } from '../audit/event-aggregator.js';
import type { GatewayContext, RequestContext } from './context.js';

const minuteMs = 60_000;

type Limit = 'requests' | 'refusals' | 'in_flight';

interface LimitedRequest {
  readonly limit: Limit;
  readonly facts: EventFacts;
}

interface RejectedCredential {
  readonly facts: EventFacts;
  readonly requestKind: RequestContext['requestKind'];
  readonly denied: Denied;
}

/**
 * What a request counts for. Reviewing has limits of its own, and for each kind of token: whatever an agent asks, also
 * under the name of the person
 * who reviews, that person can still say no.
 */
export type RateLimitBucket = 'asking' | 'reviewing';

/**
 * Whom a limit is for: an actor for one principal, so that an agent that works for many people works for each of them.
 */
export function createCallerKey({ principal, actor }: Identity): string {
  return JSON.stringify([principal.id, actor.id]);
}

/**
 * What one caller may ask over time: judged when it is known who asks, before anything is spent on the request. What is
 * refused here is told in the record
 * once a minute with its number, and not one by one; so is what nobody answers for, by the address it came from.
 */
export class CallerRateLimiter {
  readonly #limits: GatewayLimits;
  readonly #counters: Counters;
  readonly #inFlight = new Map<string, number>();
  readonly #limited: EventAggregator<LimitedRequest>;
  readonly #rejected: EventAggregator<RejectedCredential>;

  constructor(limits: GatewayLimits, counters: Counters, { clock, instance, recorder }: GatewayContext) {
    this.#limits = limits;
    this.#counters = counters;
    const write = (
      code: 'actor.limited' | 'identity.refused',
      seen: EventFacts,
      data: Parameters<typeof createEvent>[4],
    ): void => {
      const { identity, transport } = seen;
      const told = createEvent(clock, instance, code, identity === undefined ? {} : { identity }, {
        ...data,
        ...(transport === undefined ? {} : { transport }),
      });
      // The recorder keeps what it could not write.
      recorder.recordOutcome(told).catch(() => undefined);
    };
    this.#limited = new EventAggregator(clock, ({ limit, facts: seen }, count) =>
      write('actor.limited', seen, { limit, count }),
    );
    this.#rejected = new EventAggregator(
      clock,
      ({ facts: seen, requestKind: moment, denied: { code, reason } }, count) =>
        write('identity.refused', seen, { code, ...(reason === undefined ? {} : { reason }), moment, count }),
    );
  }

  /**
   * Why this caller must wait; undefined where the request may go on. It counts in either case, and as one under way
   * until it has ended.
   */
  async admit(identity: Identity, context: RequestContext, budget: RateLimitBucket): Promise<Denied | undefined> {
    const { requestsPerCaller, requestBurstPerCaller, refusalsPerCaller } = this.#limits;
    const caller = createBucketKey(identity, budget);
    const asked = await this.#counters.increment(
      `requests:${caller}`,
      Math.ceil((requestBurstPerCaller * 1_000) / requestsPerCaller),
    );
    if (asked.count > requestBurstPerCaller) return this.#denyLimited('requests', caller, context, asked.leftMs);
    const refused = await this.#counters.increment(`refusals:${caller}`, minuteMs, 0);
    if (refused.count >= refusalsPerCaller) return this.#denyLimited('refusals', caller, context, refused.leftMs);
    return this.acquireSlot(identity, context, budget);
  }

  /** The same for a request that was counted already: it is one under way until it has ended. */
  acquireSlot(identity: Identity, context: RequestContext, budget: RateLimitBucket): Denied | undefined {
    const caller = createBucketKey(identity, budget);
    const held = this.#inFlight.get(caller) ?? 0;
    if (held >= this.#limits.inFlightPerCaller) return this.#denyLimited('in_flight', caller, context, 1_000);
    this.#inFlight.set(caller, held + 1);
    context.onFinish(() => this.#releaseSlot(caller));
    return undefined;
  }

  /** Counts an answer that was no. */
  async countRefusal(identity: Identity, budget: RateLimitBucket): Promise<void> {
    await this.#counters.increment(`refusals:${createBucketKey(identity, budget)}`, minuteMs);
  }

  /** Tells of a credential that was no good. */
  recordUnauthenticated(denied: Denied, { eventFacts: seen, requestKind: moment }: RequestContext): void {
    const address = seen.transport?.['address'];
    this.#rejected.add(`${typeof address === 'string' ? address : ''} ${denied.reason ?? ''}`, {
      facts: { ...seen },
      requestKind: moment,
      denied,
    });
  }

  /** Tells what was counted and not told yet. */
  close(): void {
    this.#limited.close();
    this.#rejected.close();
  }

  #denyLimited(limit: Limit, caller: string, { eventFacts: seen }: RequestContext, leftMs: number): Denied {
    this.#limited.add(`${limit} ${caller}`, { limit, facts: { ...seen } });
    return deny('RATE_LIMITED', limitMessages[limit], {
      reason: `rate.${limit}`,
      hint: `Wait ${toWholeSeconds(leftMs)} s, and ask less often.`,
      retryAfterMs: leftMs,
    });
  }

  #releaseSlot(caller: string): void {
    const held = (this.#inFlight.get(caller) ?? 1) - 1;
    if (held === 0) this.#inFlight.delete(caller);
    else this.#inFlight.set(caller, held);
  }
}

function createBucketKey(identity: Identity, budget: RateLimitBucket): string {
  const { client = null, scopes = [] } = identity;
  return budget === 'asking'
    ? createCallerKey(identity)
    : `${budget} ${createCallerKey(identity)} ${JSON.stringify([client, scopes.toSorted()])}`;
}

const limitMessages: Readonly<Record<Limit, string>> = {
  requests: 'This caller asks too often.',
  refusals: 'Too much of what this caller asked was refused.',
  in_flight: 'Too many requests of this caller are under way.',
};

function toWholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
