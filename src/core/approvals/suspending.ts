import type { Clock } from '../clock.js';
import type { AuditEvent, EventCode } from '../events.js';
import type { Identity, Json, Principal } from '../model.js';
import { formatSchema } from '../names.js';
import { deny, type Denied } from '../outcome.js';
import type { Connector } from '../ports.js';
import type { ReinstateRequest, SuspendRequest } from '../requests.js';
import type { Sessions } from '../sessions.js';
import { nameOf, type Held, type Place, type Suspensions } from '../suspensions.js';
import { Turns } from '../turns.js';
import type { Desk } from './desk.js';
import type { Oversight } from './oversight.js';
import { distinct, grouped, heldOf, placeOf, shown } from './places.js';
import type { Reviewer, Reviewers } from './reviewers.js';
import type { Reinstated, Suspended, Suspension } from './suspension.js';
import { namedOf } from './view.js';
import { withEffect } from './withdrawn.js';

type Facts = Readonly<Record<string, Json>>;

export interface SuspendingParts {
  readonly suspensions: Suspensions;
  readonly connections: ReadonlyMap<string, Connector>;
  readonly sessions: Sessions;
  readonly reviewers: Reviewers;
  readonly oversight: Oversight;
  readonly desk: Desk;
  readonly clock: Clock;
  /** Makes a line of the record durable before what it tells of; where that fails, and it is written after all, the other takes it back. */
  readonly intend: (code: EventCode, data: Facts, by: Reviewer, withdrawn: { readonly code: EventCode; readonly data: Facts }) => Promise<void>;
}

type Told = Pick<SuspendRequest, 'actor' | 'forMs' | 'comment'>;

const usualMs = 3_600_000;

/** Reviewers close the door on an actor, everywhere they oversee, and open it again. */
export class Suspending {
  readonly #parts: SuspendingParts;
  readonly #turns = new Turns();

  constructor(parts: SuspendingParts) {
    this.#parts = parts;
  }

  /** Refuses what the actor asks from now on, and ends what it has, wherever this reviewer oversees. One after the other for each actor. */
  async suspend(by: Reviewer, asked: Told, signal: AbortSignal): Promise<Suspended | Denied> {
    const { reviewers } = this.#parts;
    const refusal = this.#refusal(by.identity);
    if (refusal !== undefined) return refusal;
    if (reviewers.isSame(by.identity, principalOf(asked.actor, by.identity))) {
      return deny('NOT_PERMITTED', 'Nobody suspends themselves.', { reason: 'suspension.self' });
    }
    const places = await this.#overseen(by.identity, this.#places(), signal);
    if (places.length === 0) return deny('NOT_PERMITTED', 'This reviewer oversees nothing.', { reason: 'suspension.nothing' });
    return this.#turns.take(asked.actor, () => this.#suspend(by, asked, places));
  }

  async list(identity: Identity, signal: AbortSignal): Promise<readonly Suspension[] | Denied> {
    const refusal = this.#parts.reviewers.refusal(identity);
    if (refusal !== undefined) return refusal;
    const all = this.#parts.suspensions.all();
    const overseen = new Set((await this.#overseen(identity, distinct(all.flatMap(({ places }) => places)), signal)).map(nameOf));
    return all.map((held) => shown(held, held.places.filter((each) => overseen.has(nameOf(each))))).filter(({ places }) => places.length > 0);
  }

  /** Ends what holds for the actor wherever this reviewer oversees; not by the actor, nor by who answers for it. */
  async reinstate(by: Reviewer, asked: Pick<ReinstateRequest, 'actor' | 'comment'>, signal: AbortSignal): Promise<Reinstated | Denied> {
    const { reviewers, suspensions } = this.#parts;
    const refusal = this.#refusal(by.identity);
    if (refusal !== undefined) return refusal;
    return this.#turns.take(asked.actor, async () => {
      const held = suspensions.all().filter(({ actor }) => actor === asked.actor);
      const places = await this.#overseen(by.identity, distinct(held.flatMap((each) => each.places)), signal);
      if (places.length === 0) return deny('NOT_FOUND', undefined, { reason: 'suspension.unknown' });
      const actor = principalOf(asked.actor, by.identity);
      if (reviewers.isParty(by.identity, { principal: actor, actor, expiresAt: 0 })) {
        return deny('NOT_PERMITTED', 'Nobody reinstates themselves, or an agent that they answer for.', { reason: 'suspension.self' });
      }
      return this.#reinstate(by, asked, places, Math.max(...held.map(({ expiresAt }) => expiresAt)));
    });
  }

  /** Takes up again what an earlier run left, in the order in which it was written. It may have ended before the tickets were void. */
  async restore(events: readonly AuditEvent[]): Promise<void> {
    const { suspensions, desk } = this.#parts;
    for (const event of withEffect(events)) {
      const held = heldOf(event);
      if (held === undefined) continue;
      await (event.code === 'actor.suspended' ? suspensions.hold(held) : suspensions.lift(held.actor, held.places));
    }
    for (const { actor, places } of suspensions.all()) await desk.suspended(actor, new Set(places.map(nameOf)));
  }

  async #suspend(by: Reviewer, { actor, forMs = usualMs, comment }: Told, places: readonly Place[]): Promise<Suspended | Denied> {
    const { suspensions, clock, intend, desk } = this.#parts;
    if (suspensions.isFull(places.length)) {
      return deny('NOT_PERMITTED', 'Too many suspensions hold.', { reason: 'suspension.full', hint: 'Reinstate some, or revoke the sessions.' });
    }
    const now = clock.now();
    const said = comment === undefined ? {} : { comment };
    const held: Held = Object.freeze({ actor, places, by: namedOf(by.identity.principal), ...said, suspendedAt: now, expiresAt: now + forMs });
    const told: Facts = { actor, places: grouped(places).map((each) => ({ ...each })) };
    await intend('actor.suspended', { ...told, expiresAt: held.expiresAt, ...said }, by, { code: 'actor.reinstated', data: { ...told, expiresAt: held.expiresAt, code: 'AUDIT_UNAVAILABLE' } });
    // Whoever opens looks again when its session is among the live ones: it is found there, or finds this.
    await suspensions.hold(held);
    const names = new Set(places.map(nameOf));
    const [sessions, tickets] = await Promise.all([this.#endSessions(by, actor, names, comment), desk.suspended(actor, names)]);
    return { ...shown(held, places), sessions, tickets };
  }

  async #reinstate(by: Reviewer, { actor, comment }: Pick<ReinstateRequest, 'actor' | 'comment'>, places: readonly Place[], expiresAt: number): Promise<Reinstated> {
    const { suspensions, clock, intend } = this.#parts;
    const said = comment === undefined ? {} : { comment };
    const told: Facts = { actor, places: grouped(places).map((each) => ({ ...each })) };
    await intend('actor.reinstated', { ...told, ...said }, by, { code: 'actor.suspended', data: { ...told, expiresAt, code: 'AUDIT_UNAVAILABLE' } });
    await suspensions.lift(actor, places);
    return { actor, places: grouped(places), by: namedOf(by.identity.principal), ...said, reinstatedAt: clock.now() };
  }

  /** All of them, whatever becomes of one. */
  async #endSessions(by: Reviewer, actor: string, names: ReadonlySet<string>, comment: string | undefined): Promise<readonly string[]> {
    const { sessions, oversight } = this.#parts;
    const its = sessions.live().filter(({ grant }) => grant.identity.actor.id === actor && names.has(nameOf(placeOf(grant.scope))));
    const running = its.filter((each) => each.refusal() === undefined);
    const ends = await Promise.allSettled(its.map((each) => oversight.end(each, by, comment)));
    const failed = ends.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return running.map(({ id }) => id);
  }

  #refusal(identity: Identity): Denied | undefined {
    const { reviewers } = this.#parts;
    const refusal = reviewers.refusal(identity);
    if (refusal !== undefined || !reviewers.isAgent(identity)) return refusal;
    return deny('NOT_PERMITTED', 'A person must do this: somebody answers for this identity.', { reason: 'review.agent' });
  }

  #places(): readonly Place[] {
    return [...this.#parts.connections].flatMap(([connection, { schemas }]) => schemas.map((each) => ({ connection, schema: formatSchema(each) })));
  }

  async #overseen(identity: Identity, places: readonly Place[], signal: AbortSignal): Promise<readonly Place[]> {
    const overseen: Place[] = [];
    for (const each of places) if (await this.#parts.oversight.mayOversee(identity, each.connection, each.schema, signal)) overseen.push(each);
    return overseen;
  }
}

/** Who an id names, as far as it says so itself: its issuer is the reviewer's own where they are named by the same provider. */
function principalOf(id: string, { principal }: Identity): Principal {
  const [name = '', ...subject] = id.split(':');
  return { id, subject: subject.join(':'), issuer: principal.id.startsWith(`${name}:`) ? principal.issuer : name };
}
