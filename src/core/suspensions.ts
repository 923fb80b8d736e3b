import type { Named } from './approvals/ticket.js';
import type { Clock } from './clock.js';
import type { Counters } from './counters.js';
import type { Identity, SchemaRef } from './model.js';
import { formatSchema } from './names.js';
import { deny, type Denied } from './outcome.js';

/** A schema of a connection, as `DATABASE.SCHEMA`. */
export interface Place {
  readonly connection: string;
  readonly schema: string;
}

/** A suspension as it is kept. */
export interface Held {
  readonly actor: string;
  readonly places: readonly Place[];
  readonly by: Named;
  readonly comment?: string;
  /** Epoch milliseconds. */
  readonly suspendedAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

interface Entry {
  readonly held: Held;
  readonly endsAt: number;
}

/** An opening that is under way. */
interface Opening extends Place {
  readonly actor: string;
  hit: boolean;
}

/** More could not be kept: the counters would let the oldest go. */
const mostPlaces = 20_000;

/** Which actors may neither open nor run anything, where, and until when. */
export class Suspensions {
  readonly #counters: Counters;
  readonly #clock: Clock;
  readonly #openings = new Set<Opening>();
  #entries: readonly Entry[] = [];

  constructor(counters: Counters, clock: Clock) {
    this.#counters = counters;
    this.#clock = clock;
  }

  /** Why this actor may do nothing there now. */
  async refusal({ actor }: Identity, scope: SchemaRef & { readonly connection: string }): Promise<Denied | undefined> {
    const leftMs = await this.#counters.marked(keyOf(actor.id, { connection: scope.connection, schema: formatSchema(scope) }));
    return leftMs > 0 ? suspended(leftMs) : undefined;
  }

  /** Watches over an opening until `end` is called, so that no suspension can come and go unseen meanwhile. */
  watch(identity: Identity, scope: SchemaRef & { readonly connection: string }): { readonly refusal: () => Promise<Denied | undefined>; readonly end: () => void } {
    const opening: Opening = { actor: identity.actor.id, connection: scope.connection, schema: formatSchema(scope), hit: false };
    this.#openings.add(opening);
    return {
      refusal: async () => (await this.refusal(identity, scope)) ?? (opening.hit ? suspended(1_000) : undefined),
      end: () => void this.#openings.delete(opening),
    };
  }

  /** Who suspended this actor there, and what they said of it, as the end of a session tells it. */
  words({ actor }: Identity, scope: SchemaRef & { readonly connection: string }): Readonly<Record<string, string>> {
    const name = nameOf({ connection: scope.connection, schema: formatSchema(scope) });
    const held = this.#live().findLast((each) => each.held.actor === actor.id && each.held.places.some((place) => nameOf(place) === name))?.held;
    return held === undefined ? {} : { revokedBy: held.by.id, ...(held.comment === undefined ? {} : { comment: held.comment }) };
  }

  /** Whether so many places more are more than can be kept. */
  isFull(more: number): boolean {
    return this.#live().reduce((sum, { held }) => sum + held.places.length, more) > mostPlaces;
  }

  /** Suspends from now on. A suspension that lasts longer stays. */
  async hold(held: Held): Promise<void> {
    const outlasted = new Set(held.places.map(nameOf));
    // Also by one that is over already, since its line took so long to be written: what was under way then does not outlive it.
    for (const opening of this.#openings) if (opening.actor === held.actor && outlasted.has(nameOf(opening))) opening.hit = true;
    const forMs = held.expiresAt - this.#clock.now();
    if (forMs <= 0) return;
    const endsAt = this.#clock.monotonic() + forMs;
    const kept = this.#live().map((each) => (each.held.actor === held.actor && each.endsAt <= endsAt ? without(each, outlasted) : each));
    this.#entries = [...kept, { held, endsAt }].filter((each) => each.held.places.length > 0);
    await Promise.all(held.places.map(async (each) => this.#counters.extend(keyOf(held.actor, each), forMs)));
  }

  /** Ends what holds for this actor at these places. */
  async lift(actor: string, places: readonly Place[]): Promise<void> {
    const lifted = new Set(places.map(nameOf));
    const kept = this.#live().map((each) => (each.held.actor === actor ? without(each, lifted) : each));
    this.#entries = kept.filter(({ held }) => held.places.length > 0);
    await Promise.all(places.map(async (each) => this.#counters.unmark(keyOf(actor, each))));
  }

  /** What holds now, oldest first. */
  all(): readonly Held[] {
    return this.#live().map(({ held }) => held);
  }

  #live(): readonly Entry[] {
    const now = this.#clock.monotonic();
    return this.#entries.filter(({ endsAt }) => endsAt > now);
  }
}

/** The same place has the same name. */
export function nameOf({ connection, schema }: Place): string {
  return JSON.stringify([connection, schema]);
}

function without({ held, endsAt }: Entry, names: ReadonlySet<string>): Entry {
  return { held: Object.freeze({ ...held, places: held.places.filter((each) => !names.has(nameOf(each))) }), endsAt };
}

function keyOf(actor: string, { connection, schema }: Place): string {
  return `suspended:${JSON.stringify([actor, connection, schema])}`;
}

function suspended(leftMs: number): Denied {
  const hint = `Stop, and tell the person you work for. Nothing is answered otherwise for ${Math.ceil(leftMs / 1_000)} s, unless a reviewer ends it before.`;
  return deny('ACTOR_SUSPENDED', undefined, { reason: 'suspension.holds', hint, retryAfterMs: leftMs });
}
