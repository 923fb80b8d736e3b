import type { Clock } from '../async/clock.js';
import type { AuditEvent } from '../events.js';
import type { EndReason } from '../gateway.js';
import { newId } from '../data/id.js';
import type { Grant, Identity, Principal } from '../model.js';
import { formatSchema } from '../data/names.js';
import { deny, type Denied } from '../outcome.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import type { ApprovalRequestLimits } from './request-limits.js';
import type { NotificationDispatcher } from './notification-dispatcher.js';
import type { Notice } from './notice.js';
import type { Oversight } from './oversight.js';
import type { Reviewer, ReviewerPolicy } from './reviewer-policy.js';
import { toPrincipalRef, type BreakGlassReview } from './view.js';

interface DueReview {
  readonly review: BreakGlassReview;
  readonly identity: Identity;
}

export interface BreakGlassReviewsParts {
  readonly clock: Clock;
  readonly notifications: NotificationDispatcher;
  readonly requestLimits: ApprovalRequestLimits;
  readonly reviewers: ReviewerPolicy;
  readonly oversight: Oversight;
  /** How a session ended; undefined while it goes on. */
  readonly getEndReason: (session: string) => EndReason | undefined;
  readonly recordReview: (
    grant: Pick<BreakGlassReview, 'session'> & { readonly identity: Identity; readonly review: BreakGlassReview },
    comment: string,
    by: Reviewer,
  ) => Promise<void>;
}

const [maxPerPrincipal, maxReviews] = [100, 10_000];

/** A break-glass session: told at once, listed until somebody has signed that they looked. */
export class BreakGlassReviews {
  readonly #parts: BreakGlassReviewsParts;
  readonly #due = new Map<string, DueReview>();
  readonly #mutex = new KeyedMutex();

  constructor(parts: BreakGlassReviewsParts) {
    this.#parts = parts;
  }

  /** Why this one may not use break-glass access again: too much of it waits for somebody to look. */
  async checkActivation(identity: Identity): Promise<Denied | undefined> {
    const { principal } = identity;
    const own = [...this.#due.values()].filter((each) => each.identity.principal.id === principal.id).length;
    if (own < maxPerPrincipal && this.#due.size < maxReviews)
      return this.#parts.requestLimits.countBreakGlass(identity);
    return deny('TOO_MANY_APPROVALS', 'too many break-glass sessions are waiting for review', {
      reason: 'breakglass.unreviewed',
      hint: 'Reviewers list and complete them.',
    });
  }

  /** Tells that a session was opened with break-glass access. */
  recordActivation({ session, identity, scope, issuedAt }: Grant, reason: string): void {
    const { clock, notifications } = this.#parts;
    const review: BreakGlassReview = Object.freeze({
      session,
      connection: scope.connection,
      schema: formatSchema(scope),
      access: scope.access,
      principal: toPrincipalRef(identity.principal),
      actor: toPrincipalRef(identity.actor),
      reason,
      openedAt: issuedAt,
    });
    this.#due.set(session, { review, identity });
    notifications.dispatch({
      ...createReviewNotice(review),
      type: 'breakglass.activated',
      id: newId(clock.now()),
      at: clock.now(),
    });
  }

  /** Takes up again what an earlier run left: nobody has looked at it. */
  restore(events: readonly AuditEvent[]): void {
    for (const event of events) {
      const waiting = readDueReview(event);
      if (waiting !== undefined && !this.#due.has(waiting.review.session))
        this.#due.set(waiting.review.session, waiting);
    }
  }

  async list(identity: Identity, signal: AbortSignal): Promise<readonly BreakGlassReview[] | Denied> {
    const refusal = this.#parts.reviewers.getRefusal(identity);
    if (refusal !== undefined) return refusal;
    const seen: BreakGlassReview[] = [];
    for (const { review } of this.#due.values())
      if (await this.#parts.oversight.mayOversee(identity, review.connection, review.schema, signal)) seen.push(review);
    return seen;
  }

  /**
   * Signs that somebody else has looked at it when it was over; recorded before it leaves the list. One at a time for
   * each session.
   */
  completeReview(
    by: Reviewer,
    session: string,
    comment: string,
    signal: AbortSignal,
  ): Promise<BreakGlassReview | Denied> {
    return this.#mutex.runExclusive(session, () => this.#completeReview(by, session, comment, signal));
  }

  async #completeReview(
    by: Reviewer,
    session: string,
    comment: string,
    signal: AbortSignal,
  ): Promise<BreakGlassReview | Denied> {
    const { reviewers, oversight, clock, notifications, recordReview: note, getEndReason: endOf } = this.#parts;
    const { identity } = by;
    const refusal = reviewers.getRefusal(identity);
    if (refusal !== undefined) return refusal;
    const found = this.#due.get(session);
    if (
      found === undefined ||
      !(await oversight.mayOversee(identity, found.review.connection, found.review.schema, signal))
    )
      return deny('NOT_FOUND', undefined, { reason: 'review.unknown' });
    if (reviewers.isAgent(identity))
      return deny('NOT_PERMITTED', 'A person must review it: this identity has an owner.', { reason: 'review.agent' });
    if (reviewers.isInvolved(identity, found.identity))
      return deny('NOT_PERMITTED', 'Nobody reviews what they did themselves.', { reason: 'review.self' });
    if (endOf(session) === undefined)
      return deny('NOT_PERMITTED', 'The session is still open: revoke it, or review it after it has ended.', {
        reason: 'review.open',
      });
    const signed: BreakGlassReview = Object.freeze({
      ...found.review,
      signed: { by: toPrincipalRef(identity.principal), comment, at: clock.now() },
    });
    await note({ session, identity: found.identity, review: found.review }, comment, by);
    this.#due.delete(session);
    notifications.dispatch({
      ...createReviewNotice(found.review),
      type: 'breakglass.reviewed',
      id: newId(clock.now()),
      at: clock.now(),
      by: toPrincipalRef(identity.principal),
      comment,
    });
    return signed;
  }
}

/** Undefined for an event that does not say whose session it was, or where. */
function readDueReview({ session, who, connection, scope, at, data: { reason } }: AuditEvent): DueReview | undefined {
  if (session === undefined || who === undefined || connection === undefined || scope === undefined) return undefined;
  const [principal, actor] = [who.principal, who.actor].map((id) => ({
    id,
    subject: id.slice(id.indexOf(':') + 1),
    issuer: who.issuer,
  })) as [Principal, Principal];
  const review = Object.freeze({
    session,
    connection,
    schema: formatSchema(scope),
    access: scope.access,
    principal: toPrincipalRef(principal),
    actor: toPrincipalRef(actor),
    reason: typeof reason === 'string' ? reason : '',
    openedAt: at,
  });
  return {
    review,
    identity: { principal, actor, expiresAt: at, ...(who.client === undefined ? {} : { client: who.client }) },
  };
}

function createReviewNotice({
  session,
  connection,
  schema,
  access,
  principal,
  actor,
  reason,
}: BreakGlassReview): Omit<Notice, 'type' | 'id' | 'at'> {
  return { session, connection, schema, access, principal, actor, reason };
}
