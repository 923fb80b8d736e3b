import type { Clock } from '../clock.js';
import type { SessionState } from '../gateway.js';
import { newId } from '../id.js';
import type { Identity } from '../model.js';
import { formatSchema } from '../names.js';
import { deny, type Denied } from '../outcome.js';
import type { Session } from '../session.js';
import type { Sessions } from '../sessions.js';
import type { Crier } from './crier.js';
import type { Notice } from './notice.js';
import type { Reviewer, Reviewers } from './reviewers.js';
import { namedOf } from './view.js';

export interface OversightParts {
  readonly sessions: Sessions;
  readonly reviewers: Reviewers;
  readonly clock: Clock;
  readonly crier: Crier;
}

const unknown = (): Denied => deny('NOT_FOUND', undefined, { reason: 'session.unknown' });

/** Live sessions in the eyes of those whom the policy lets `oversee` their schema. */
export class Oversight {
  readonly #parts: OversightParts;

  constructor(parts: OversightParts) {
    this.#parts = parts;
  }

  async live(identity: Identity, signal: AbortSignal): Promise<readonly SessionState[] | Denied> {
    const refusal = this.#parts.reviewers.refusal(identity);
    if (refusal !== undefined) return refusal;
    const states: SessionState[] = [];
    for (const session of this.#parts.sessions.live()) if (await this.#may(identity, session, signal)) states.push(session.state());
    return states;
  }

  /** Ends somebody's session now: what runs in it is cancelled. Revoking one that is over changes nothing. */
  async revoke({ identity, transport }: Reviewer, id: string, comment: string | undefined, signal: AbortSignal): Promise<SessionState | Denied> {
    const { reviewers, sessions } = this.#parts;
    const refusal = reviewers.refusal(identity);
    if (refusal !== undefined) return refusal;
    const session = sessions.any(id);
    if (session === undefined || !(await this.#may(identity, session, signal))) return unknown();
    await this.end(session, { identity, transport }, comment);
    return session.state();
  }

  /** The same for a session that they may revoke. Rejects when the end cannot be recorded. */
  async end(session: Session, { identity, transport }: Reviewer, comment: string | undefined): Promise<void> {
    const { crier, clock } = this.#parts;
    const said = { revokedBy: identity.principal.id, transport: { ...transport }, ...(comment === undefined ? {} : { comment }) };
    const running = session.refusal() === undefined;
    try {
      await session.end('revoked', said);
    } finally {
      // It is over, whether or not that could be recorded.
      if (running) crier.tell({ ...noticeOf(session), type: 'session.revoked', id: newId(clock.now()), at: clock.now(), by: namedOf(identity.principal), ...(comment === undefined ? {} : { comment }) });
    }
  }

  /** Whether this reviewer may look at what happens on a schema of a connection. */
  async mayOversee(identity: Identity, connection: string, schema: string, signal: AbortSignal): Promise<boolean> {
    const { reviewers } = this.#parts;
    return reviewers.refusal(identity) === undefined && (await reviewers.may(identity, connection, [{ action: 'oversee', object: schema }], signal));
  }

  #may(identity: Identity, { grant: { scope } }: Session, signal: AbortSignal): Promise<boolean> {
    return this.mayOversee(identity, scope.connection, formatSchema(scope), signal);
  }
}

/** What a notice says of a session. */
export function noticeOf(session: Session): Omit<Notice, 'type' | 'id' | 'at'> {
  const { id, connection, schema, access, reason, expiresAt } = session.state();
  const { principal, actor } = session.grant.identity;
  return { session: id, connection, schema, access, principal: namedOf(principal), actor: namedOf(actor), reason, expiresAt };
}
