import type { Clock } from '../async/clock.js';
import type { AuditEvent, EventCode } from '../events.js';
import type { Identity, Json, Principal } from '../model.js';
import { formatSchema } from '../data/names.js';
import { deny, type Denied } from '../outcome.js';
import type { Connector } from '../ports.js';
import type { ReinstateRequest, SuspendRequest } from '../request/requests.js';
import type { Sessions } from '../session/sessions.js';
import { createSchemaKey, type StoredSuspension, type SuspendedSchema, type Suspensions } from './suspensions.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import type { TicketApprover } from './ticket-approver.js';
import type { Oversight } from './oversight.js';
import {
  removeDuplicates,
  groupByConnection,
  readSuspension,
  toSuspendedSchema,
  createSuspensionView,
} from './suspension-targets.js';
import type { Reviewer, ReviewerPolicy } from './reviewer-policy.js';
import type { Reinstated, Suspended, Suspension } from './suspension.js';
import { toPrincipalRef } from './view.js';
import { withEffect } from './withdrawn.js';

type EventData = Readonly<Record<string, Json>>;

export interface SuspensionCommandsParts {
  readonly suspensions: Suspensions;
  readonly connections: ReadonlyMap<string, Connector>;
  readonly sessions: Sessions;
  readonly reviewers: ReviewerPolicy;
  readonly oversight: Oversight;
  readonly approver: TicketApprover;
  readonly clock: Clock;
  /**
   * Makes a line of the record durable before what it tells of; where that fails, and it is written after all, the
   * other takes it back.
   */
  readonly recordIntent: (
    code: EventCode,
    data: EventData,
    by: Reviewer,
    withdrawn: { readonly code: EventCode; readonly data: EventData },
  ) => Promise<void>;
}

type SuspendParameters = Pick<SuspendRequest, 'actor' | 'forMs' | 'comment'>;

const defaultDurationMs = 3_600_000;

/** Reviewers suspend and reinstate an actor in every schema they oversee. */
export class SuspensionCommands {
  readonly #parts: SuspensionCommandsParts;
  readonly #mutex = new KeyedMutex();

  constructor(parts: SuspensionCommandsParts) {
    this.#parts = parts;
  }

  /**
   * Refuses what the actor asks from now on, and ends what it has, wherever this reviewer oversees. One after the other
   * for each actor.
   */
  async suspend(by: Reviewer, asked: SuspendParameters, signal: AbortSignal): Promise<Suspended | Denied> {
    const { reviewers } = this.#parts;
    const refusal = this.#getRefusal(by.identity);
    if (refusal !== undefined) return refusal;
    if (reviewers.isSamePerson(by.identity, parsePrincipal(asked.actor, by.identity))) {
      return deny('NOT_PERMITTED', 'Nobody suspends themselves.', { reason: 'suspension.self' });
    }
    const places = await this.#filterOverseen(by.identity, this.#listSchemas(), signal);
    if (places.length === 0)
      return deny('NOT_PERMITTED', 'This reviewer oversees nothing.', { reason: 'suspension.nothing' });
    return this.#mutex.runExclusive(asked.actor, () => this.#suspend(by, asked, places));
  }

  async list(identity: Identity, signal: AbortSignal): Promise<readonly Suspension[] | Denied> {
    const refusal = this.#parts.reviewers.getRefusal(identity);
    if (refusal !== undefined) return refusal;
    const all = this.#parts.suspensions.all();
    const overseen = new Set(
      (await this.#filterOverseen(identity, removeDuplicates(all.flatMap(({ places }) => places)), signal)).map(
        createSchemaKey,
      ),
    );
    return all
      .map((held) =>
        createSuspensionView(
          held,
          held.places.filter((each) => overseen.has(createSchemaKey(each))),
        ),
      )
      .filter(({ places }) => places.length > 0);
  }

  /** Ends what holds for the actor wherever this reviewer oversees; not by the actor, nor by who answers for it. */
  async reinstate(
    by: Reviewer,
    asked: Pick<ReinstateRequest, 'actor' | 'comment'>,
    signal: AbortSignal,
  ): Promise<Reinstated | Denied> {
    const { reviewers, suspensions } = this.#parts;
    const refusal = this.#getRefusal(by.identity);
    if (refusal !== undefined) return refusal;
    return this.#mutex.runExclusive(asked.actor, async () => {
      const held = suspensions.all().filter(({ actor }) => actor === asked.actor);
      const places = await this.#filterOverseen(
        by.identity,
        removeDuplicates(held.flatMap((each) => each.places)),
        signal,
      );
      if (places.length === 0) return deny('NOT_FOUND', undefined, { reason: 'suspension.unknown' });
      const actor = parsePrincipal(asked.actor, by.identity);
      if (reviewers.isInvolved(by.identity, { principal: actor, actor, expiresAt: 0 })) {
        return deny('NOT_PERMITTED', 'Nobody reinstates themselves, or an agent that they answer for.', {
          reason: 'suspension.self',
        });
      }
      return this.#reinstate(by, asked, places, Math.max(...held.map(({ expiresAt }) => expiresAt)));
    });
  }

  /**
   * Takes up again what an earlier run left, in the order in which it was written. It may have ended before the tickets
   * were void.
   */
  async restore(events: readonly AuditEvent[]): Promise<void> {
    const { suspensions, approver } = this.#parts;
    for (const event of withEffect(events)) {
      const held = readSuspension(event);
      if (held === undefined) continue;
      await (event.code === 'actor.suspended' ? suspensions.add(held) : suspensions.remove(held.actor, held.places));
    }
    for (const { actor, places } of suspensions.all())
      await approver.voidForActor(actor, new Set(places.map(createSchemaKey)));
  }

  async #suspend(
    by: Reviewer,
    { actor, forMs = defaultDurationMs, comment }: SuspendParameters,
    places: readonly SuspendedSchema[],
  ): Promise<Suspended | Denied> {
    const { suspensions, clock, recordIntent: intend, approver } = this.#parts;
    if (suspensions.isFull(places.length)) {
      return deny('NOT_PERMITTED', 'Too many suspensions hold.', {
        reason: 'suspension.full',
        hint: 'Reinstate some, or revoke the sessions.',
      });
    }
    const now = clock.now();
    const said = comment === undefined ? {} : { comment };
    const held: StoredSuspension = Object.freeze({
      actor,
      places,
      by: toPrincipalRef(by.identity.principal),
      ...said,
      suspendedAt: now,
      expiresAt: now + forMs,
    });
    const told: EventData = { actor, places: groupByConnection(places).map((each) => ({ ...each })) };
    await intend('actor.suspended', { ...told, expiresAt: held.expiresAt, ...said }, by, {
      code: 'actor.reinstated',
      data: { ...told, expiresAt: held.expiresAt, code: 'AUDIT_UNAVAILABLE' },
    });
    // Whoever opens looks again when its session is among the live ones: it is found there, or finds this.
    await suspensions.add(held);
    const names = new Set(places.map(createSchemaKey));
    const [sessions, tickets] = await Promise.all([
      this.#endSessions(by, actor, names, comment),
      approver.voidForActor(actor, names),
    ]);
    return { ...createSuspensionView(held, places), sessions, tickets };
  }

  async #reinstate(
    by: Reviewer,
    { actor, comment }: Pick<ReinstateRequest, 'actor' | 'comment'>,
    places: readonly SuspendedSchema[],
    expiresAt: number,
  ): Promise<Reinstated> {
    const { suspensions, clock, recordIntent: intend } = this.#parts;
    const said = comment === undefined ? {} : { comment };
    const told: EventData = { actor, places: groupByConnection(places).map((each) => ({ ...each })) };
    await intend('actor.reinstated', { ...told, ...said }, by, {
      code: 'actor.suspended',
      data: { ...told, expiresAt, code: 'AUDIT_UNAVAILABLE' },
    });
    await suspensions.remove(actor, places);
    return {
      actor,
      places: groupByConnection(places),
      by: toPrincipalRef(by.identity.principal),
      ...said,
      reinstatedAt: clock.now(),
    };
  }

  /** All of them, whatever becomes of one. */
  async #endSessions(
    by: Reviewer,
    actor: string,
    names: ReadonlySet<string>,
    comment: string | undefined,
  ): Promise<readonly string[]> {
    const { sessions, oversight } = this.#parts;
    const its = sessions
      .listLive()
      .filter(
        ({ grant }) => grant.identity.actor.id === actor && names.has(createSchemaKey(toSuspendedSchema(grant.scope))),
      );
    const running = its.filter((each) => each.getRefusal() === undefined);
    const ends = await Promise.allSettled(its.map((each) => oversight.end(each, by, comment)));
    const failed = ends.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return running.map(({ id }) => id);
  }

  #getRefusal(identity: Identity): Denied | undefined {
    const { reviewers } = this.#parts;
    const refusal = reviewers.getRefusal(identity);
    if (refusal !== undefined || !reviewers.isAgent(identity)) return refusal;
    return deny('NOT_PERMITTED', 'A person must do this: this identity has an owner.', { reason: 'review.agent' });
  }

  #listSchemas(): readonly SuspendedSchema[] {
    return [...this.#parts.connections].flatMap(([connection, { schemas }]) =>
      schemas.map((each) => ({ connection, schema: formatSchema(each) })),
    );
  }

  async #filterOverseen(
    identity: Identity,
    places: readonly SuspendedSchema[],
    signal: AbortSignal,
  ): Promise<readonly SuspendedSchema[]> {
    const overseen: SuspendedSchema[] = [];
    for (const each of places)
      if (await this.#parts.oversight.mayOversee(identity, each.connection, each.schema, signal)) overseen.push(each);
    return overseen;
  }
}

/**
 * Who an id names, as far as it says so itself: its issuer is the reviewer's own where they are named by the same
 * provider.
 */
function parsePrincipal(id: string, { principal }: Identity): Principal {
  const [name = '', ...subject] = id.split(':');
  return { id, subject: subject.join(':'), issuer: principal.id.startsWith(`${name}:`) ? principal.issuer : name };
}
