import type { Clock } from '../clock.js';
import type { AuditEvent } from '../events.js';
import type { EndReason } from '../gateway.js';
import { newId } from '../id.js';
import type { Grant, Identity, Principal } from '../model.js';
import { formatSchema } from '../names.js';
import { deny, type Denied } from '../outcome.js';
import { Turns } from '../turns.js';
import type { AskingLimits } from './asking.js';
import type { Crier } from './crier.js';
import type { Notice } from './notice.js';
import type { Oversight } from './oversight.js';
import type { Reviewer, Reviewers } from './reviewers.js';
import { namedOf, type GlassReview } from './view.js';

interface Waiting {
  readonly review: GlassReview;
  readonly identity: Identity;
}

export interface GlassParts {
  readonly clock: Clock;
  readonly crier: Crier;
  readonly asking: AskingLimits;
  readonly reviewers: Reviewers;
  readonly oversight: Oversight;
  /** How a session ended; undefined while it goes on. */
  readonly endOf: (session: string) => EndReason | undefined;
  readonly note: (grant: Pick<GlassReview, 'session'> & { readonly identity: Identity; readonly review: GlassReview }, comment: string, by: Reviewer) => Promise<void>;
}

const [mostPerPrincipal, most] = [100, 10_000];

/** Broken glass: told at once, listed until somebody has signed that they looked. */
export class Glass {
  readonly #parts: GlassParts;
  readonly #waiting = new Map<string, Waiting>();
  readonly #turns = new Turns();

  constructor(parts: GlassParts) {
    this.#parts = parts;
  }

  /** Why this one may not break the glass again: too much of it waits for somebody to look. */
  async refusal(identity: Identity): Promise<Denied | undefined> {
    const { principal } = identity;
    const own = [...this.#waiting.values()].filter((each) => each.identity.principal.id === principal.id).length;
    if (own < mostPerPrincipal && this.#waiting.size < most) return this.#parts.asking.breaksGlass(identity);
    return deny('TOO_MANY_APPROVALS', 'too many sessions opened by breaking the glass wait for somebody to look at them', { reason: 'breakglass.unreviewed', hint: 'Reviewers list and sign them.' });
  }

  /** Tells that a session was opened by breaking the glass. */
  broken({ session, identity, scope, issuedAt }: Grant, reason: string): void {
    const { clock, crier } = this.#parts;
    const review: GlassReview = Object.freeze({
      session, connection: scope.connection, schema: formatSchema(scope), access: scope.access, principal: namedOf(identity.principal), actor: namedOf(identity.actor), reason, openedAt: issuedAt,
    });
    this.#waiting.set(session, { review, identity });
    crier.tell({ ...noticeOf(review), type: 'breakglass.activated', id: newId(clock.now()), at: clock.now() });
  }

  /** Takes up again what an earlier run left: nobody has looked at it. */
  restore(events: readonly AuditEvent[]): void {
    for (const event of events) {
      const waiting = waitingOf(event);
      if (waiting !== undefined && !this.#waiting.has(waiting.review.session)) this.#waiting.set(waiting.review.session, waiting);
    }
  }

  async list(identity: Identity, signal: AbortSignal): Promise<readonly GlassReview[] | Denied> {
    const refusal = this.#parts.reviewers.refusal(identity);
    if (refusal !== undefined) return refusal;
    const seen: GlassReview[] = [];
    for (const { review } of this.#waiting.values()) if (await this.#parts.oversight.mayOversee(identity, review.connection, review.schema, signal)) seen.push(review);
    return seen;
  }

  /** Signs that somebody else has looked at it when it was over; recorded before it leaves the list. One at a time for each session. */
  sign(by: Reviewer, session: string, comment: string, signal: AbortSignal): Promise<GlassReview | Denied> {
    return this.#turns.take(session, () => this.#sign(by, session, comment, signal));
  }

  async #sign(by: Reviewer, session: string, comment: string, signal: AbortSignal): Promise<GlassReview | Denied> {
    const { reviewers, oversight, clock, crier, note, endOf } = this.#parts;
    const { identity } = by;
    const refusal = reviewers.refusal(identity);
    if (refusal !== undefined) return refusal;
    const found = this.#waiting.get(session);
    if (found === undefined || !(await oversight.mayOversee(identity, found.review.connection, found.review.schema, signal))) return deny('NOT_FOUND', undefined, { reason: 'review.unknown' });
    if (reviewers.isAgent(identity)) return deny('NOT_PERMITTED', 'A person must look at it: somebody answers for this identity.', { reason: 'review.agent' });
    if (reviewers.isParty(identity, found.identity)) return deny('NOT_PERMITTED', 'Nobody reviews what they did themselves.', { reason: 'review.self' });
    if (endOf(session) === undefined) return deny('NOT_PERMITTED', 'The session still goes on: revoke it, or look when it is over.', { reason: 'review.open' });
    const signed: GlassReview = Object.freeze({ ...found.review, signed: { by: namedOf(identity.principal), comment, at: clock.now() } });
    await note({ session, identity: found.identity, review: found.review }, comment, by);
    this.#waiting.delete(session);
    crier.tell({ ...noticeOf(found.review), type: 'breakglass.reviewed', id: newId(clock.now()), at: clock.now(), by: namedOf(identity.principal), comment });
    return signed;
  }
}

/** Undefined for an event that does not say whose session it was, or where. */
function waitingOf({ session, who, connection, scope, at, data: { reason } }: AuditEvent): Waiting | undefined {
  if (session === undefined || who === undefined || connection === undefined || scope === undefined) return undefined;
  const [principal, actor] = [who.principal, who.actor].map((id) => ({ id, subject: id.slice(id.indexOf(':') + 1), issuer: who.issuer })) as [Principal, Principal];
  const review = Object.freeze({
    session, connection, schema: formatSchema(scope), access: scope.access, principal: namedOf(principal), actor: namedOf(actor), reason: typeof reason === 'string' ? reason : '', openedAt: at,
  });
  return { review, identity: { principal, actor, expiresAt: at, ...(who.client === undefined ? {} : { client: who.client }) } };
}

function noticeOf({ session, connection, schema, access, principal, actor, reason }: GlassReview): Omit<Notice, 'type' | 'id' | 'at'> {
  return { session, connection, schema, access, principal, actor, reason };
}
