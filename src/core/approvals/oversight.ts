import type { Clock } from '../async/clock.js';
import type { SessionState } from '../gateway.js';
import { newId } from '../data/id.js';
import type { Identity } from '../model.js';
import { formatSchema } from '../data/names.js';
import { deny, type Denied } from '../outcome.js';
import type { Session } from '../session/session.js';
import type { Sessions } from '../session/sessions.js';
import type { NotificationDispatcher } from './notification-dispatcher.js';
import type { Notice } from './notice.js';
import type { Reviewer, ReviewerPolicy } from './reviewer-policy.js';
import { toPrincipalRef } from './view.js';

export interface OversightParts {
  readonly sessions: Sessions;
  readonly reviewers: ReviewerPolicy;
  readonly clock: Clock;
  readonly notifications: NotificationDispatcher;
}

const denyUnknownSession = (): Denied => deny('NOT_FOUND', undefined, { reason: 'session.unknown' });

/** Live sessions in the eyes of those whom the policy lets `oversee` their schema. */
export class Oversight {
  readonly #parts: OversightParts;

  constructor(parts: OversightParts) {
    this.#parts = parts;
  }

  async listSessions(identity: Identity, signal: AbortSignal): Promise<readonly SessionState[] | Denied> {
    const refusal = this.#parts.reviewers.getRefusal(identity);
    if (refusal !== undefined) return refusal;
    const states: SessionState[] = [];
    for (const session of this.#parts.sessions.listLive())
      if (await this.#mayOversee(identity, session, signal)) states.push(session.getState());
    return states;
  }

  /** Ends somebody's session now: what runs in it is cancelled. Revoking one that is over changes nothing. */
  async revoke(
    { identity, transport }: Reviewer,
    id: string,
    comment: string | undefined,
    signal: AbortSignal,
  ): Promise<SessionState | Denied> {
    const { reviewers, sessions } = this.#parts;
    const refusal = reviewers.getRefusal(identity);
    if (refusal !== undefined) return refusal;
    const session = sessions.get(id);
    if (session === undefined || !(await this.#mayOversee(identity, session, signal))) return denyUnknownSession();
    await this.end(session, { identity, transport }, comment);
    return session.getState();
  }

  /** The same for a session that they may revoke. Rejects when the end cannot be recorded. */
  async end(session: Session, { identity, transport }: Reviewer, comment: string | undefined): Promise<void> {
    const { notifications, clock } = this.#parts;
    const said = {
      revokedBy: identity.principal.id,
      transport: { ...transport },
      ...(comment === undefined ? {} : { comment }),
    };
    const running = session.getRefusal() === undefined;
    try {
      await session.end('revoked', said);
    } finally {
      // It is over, whether or not that could be recorded.
      if (running)
        notifications.dispatch({
          ...createSessionNotice(session),
          type: 'session.revoked',
          id: newId(clock.now()),
          at: clock.now(),
          by: toPrincipalRef(identity.principal),
          ...(comment === undefined ? {} : { comment }),
        });
    }
  }

  /** Whether this reviewer may look at what happens on a schema of a connection. */
  async mayOversee(identity: Identity, connection: string, schema: string, signal: AbortSignal): Promise<boolean> {
    const { reviewers } = this.#parts;
    return (
      reviewers.getRefusal(identity) === undefined &&
      (await reviewers.isPermitted(identity, connection, [{ action: 'oversee', object: schema }], signal))
    );
  }

  #mayOversee(identity: Identity, { grant: { scope } }: Session, signal: AbortSignal): Promise<boolean> {
    return this.mayOversee(identity, scope.connection, formatSchema(scope), signal);
  }
}

/** What a notice says of a session. */
export function createSessionNotice(session: Session): Omit<Notice, 'type' | 'id' | 'at'> {
  const { id, connection, schema, access, reason, expiresAt } = session.getState();
  const { principal, actor } = session.grant.identity;
  return {
    session: id,
    connection,
    schema,
    access,
    principal: toPrincipalRef(principal),
    actor: toPrincipalRef(actor),
    reason,
    expiresAt,
  };
}
