import type { PrincipalRef } from './ticket.js';
import type { Clock } from '../async/clock.js';
import type { Counters } from '../data/counters.js';
import type { Identity, SchemaRef } from '../model.js';
import { formatSchema } from '../data/names.js';
import { deny, type Denied } from '../outcome.js';

/** A schema of a connection, as `DATABASE.SCHEMA`. */
export interface SuspendedSchema {
  readonly connection: string;
  readonly schema: string;
}

/** A suspension as it is kept. */
export interface StoredSuspension {
  readonly actor: string;
  readonly places: readonly SuspendedSchema[];
  readonly by: PrincipalRef;
  readonly comment?: string;
  /** Epoch milliseconds. */
  readonly suspendedAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

interface SuspensionEntry {
  readonly held: StoredSuspension;
  readonly endsAt: number;
}

/** An opening that is under way. */
interface WatchedOpening extends SuspendedSchema {
  readonly actor: string;
  suspended: boolean;
}

/** More could not be kept: the counters would let the oldest go. */
const maxSchemas = 20_000;

/** Which actors may neither open nor run anything, where, and until when. */
export class Suspensions {
  readonly #counters: Counters;
  readonly #clock: Clock;
  readonly #openings = new Set<WatchedOpening>();
  #entries: readonly SuspensionEntry[] = [];

  constructor(counters: Counters, clock: Clock) {
    this.#counters = counters;
    this.#clock = clock;
  }

  /** Why this actor may do nothing there now. */
  async getRefusal(
    { actor }: Identity,
    scope: SchemaRef & { readonly connection: string },
  ): Promise<Denied | undefined> {
    const leftMs = await this.#counters.getMarkedMs(
      createSuspensionKey(actor.id, { connection: scope.connection, schema: formatSchema(scope) }),
    );
    return leftMs > 0 ? denySuspended(leftMs) : undefined;
  }

  /** Watches over an opening until `end` is called, so that no suspension can come and go unseen meanwhile. */
  watchOpening(
    identity: Identity,
    scope: SchemaRef & { readonly connection: string },
  ): { readonly refusal: () => Promise<Denied | undefined>; readonly end: () => void } {
    const opening: WatchedOpening = {
      actor: identity.actor.id,
      connection: scope.connection,
      schema: formatSchema(scope),
      suspended: false,
    };
    this.#openings.add(opening);
    return {
      refusal: async () =>
        (await this.getRefusal(identity, scope)) ?? (opening.suspended ? denySuspended(1_000) : undefined),
      end: () => void this.#openings.delete(opening),
    };
  }

  /** Who suspended this actor there, and what they said of it, as the end of a session tells it. */
  describeRevocation(
    { actor }: Identity,
    scope: SchemaRef & { readonly connection: string },
  ): Readonly<Record<string, string>> {
    const name = createSchemaKey({ connection: scope.connection, schema: formatSchema(scope) });
    const held = this.#live().findLast(
      (each) => each.held.actor === actor.id && each.held.places.some((place) => createSchemaKey(place) === name),
    )?.held;
    return held === undefined
      ? {}
      : { revokedBy: held.by.id, ...(held.comment === undefined ? {} : { comment: held.comment }) };
  }

  /** Whether so many places more are more than can be kept. */
  isFull(more: number): boolean {
    return this.#live().reduce((sum, { held }) => sum + held.places.length, more) > maxSchemas;
  }

  /** Suspends from now on. A suspension that lasts longer stays. */
  async add(held: StoredSuspension): Promise<void> {
    const outlasted = new Set(held.places.map(createSchemaKey));
    // Also by one that is over already, since its line took so long to be written: what was under way then does not
    // outlive it.
    for (const opening of this.#openings)
      if (opening.actor === held.actor && outlasted.has(createSchemaKey(opening))) opening.suspended = true;
    const forMs = held.expiresAt - this.#clock.now();
    if (forMs <= 0) return;
    const endsAt = this.#clock.monotonic() + forMs;
    const kept = this.#live().map((each) =>
      each.held.actor === held.actor && each.endsAt <= endsAt ? removeSchemas(each, outlasted) : each,
    );
    this.#entries = [...kept, { held, endsAt }].filter((each) => each.held.places.length > 0);
    await Promise.all(
      held.places.map(async (each) => this.#counters.extend(createSuspensionKey(held.actor, each), forMs)),
    );
  }

  /** Ends what holds for this actor at these places. */
  async remove(actor: string, places: readonly SuspendedSchema[]): Promise<void> {
    const lifted = new Set(places.map(createSchemaKey));
    const kept = this.#live().map((each) => (each.held.actor === actor ? removeSchemas(each, lifted) : each));
    this.#entries = kept.filter(({ held }) => held.places.length > 0);
    await Promise.all(places.map(async (each) => this.#counters.unmark(createSuspensionKey(actor, each))));
  }

  /** What holds now, oldest first. */
  all(): readonly StoredSuspension[] {
    return this.#live().map(({ held }) => held);
  }

  #live(): readonly SuspensionEntry[] {
    const now = this.#clock.monotonic();
    return this.#entries.filter(({ endsAt }) => endsAt > now);
  }
}

/** The same place has the same name. */
export function createSchemaKey({ connection, schema }: SuspendedSchema): string {
  return JSON.stringify([connection, schema]);
}

function removeSchemas({ held, endsAt }: SuspensionEntry, names: ReadonlySet<string>): SuspensionEntry {
  return {
    held: Object.freeze({ ...held, places: held.places.filter((each) => !names.has(createSchemaKey(each))) }),
    endsAt,
  };
}

function createSuspensionKey(actor: string, { connection, schema }: SuspendedSchema): string {
  return `suspended:${JSON.stringify([actor, connection, schema])}`;
}

function denySuspended(leftMs: number): Denied {
  const hint = `Stop, and tell the person you work for. Nothing is answered otherwise for ${Math.ceil(leftMs / 1_000)} s, unless a reviewer ends it before.`;
  return deny('ACTOR_SUSPENDED', undefined, { reason: 'suspension.holds', hint, retryAfterMs: leftMs });
}
