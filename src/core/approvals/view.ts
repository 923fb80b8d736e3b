import type { Access, RequestKind } from '../model.js';
import type { ApprovalTerms } from './terms.js';
import type {
  PrincipalRef,
  Ticket,
  OriginalStatement,
  TicketDecision,
  TicketEnd,
  TicketState,
  TicketStatement,
} from './ticket.js';

/** A statement, as its reviewers see it. */
export type StatementView = Omit<TicketStatement, 'redacted' | 'asked'> & {
  /** What the caller asked for, where plugins rewrote it. */
  readonly asked?: Omit<OriginalStatement, 'redacted'>;
};

/** An approval, as the one who asked and those who may decide see it. Times are epoch milliseconds. */
export interface ApprovalView {
  readonly ticket: string;
  readonly state: TicketState;
  readonly ended?: TicketEnd;
  readonly moment: RequestKind;
  readonly digest: string;
  readonly connection: string;
  readonly schema: string;
  readonly access: Access;
  readonly session?: string;
  /** Asked for under the rules for emergencies. */
  readonly breakGlass?: true;
  readonly principal: PrincipalRef;
  readonly actor: PrincipalRef;
  /** The requester's own words: not to be believed. */
  readonly reason: string;
  readonly statement?: StatementView;
  readonly ttlMs?: number;
  readonly rules: readonly string[];
  readonly policyVersion: string;
  readonly terms: readonly ApprovalTerms[];
  readonly decisions: readonly Omit<TicketDecision, 'identity' | 'person' | 'terms'>[];
  readonly requestedAt: number;
  readonly expiresAt: number;
  /**
   * Whether whoever reads this may decide it, else why not; `withdraw` where they may still reject it: consent can be
   * taken away until it is used.
   */
  readonly mine: { readonly may: boolean; readonly why?: string; readonly withdraw?: boolean };
}

/** What a reviewer says of a ticket. */
export interface DecisionInput {
  readonly ticket: string;
  readonly decision: 'approve' | 'reject';
  /** The ticket's digest: what was shown. */
  readonly digest: string;
  /** For the requester to read; at most 1,000 characters. */
  readonly comment?: string;
}

/**
 * A session for which break-glass access was activated, and that nobody has looked at afterwards yet. Times are epoch
 * milliseconds.
 */
export interface BreakGlassReview {
  readonly session: string;
  readonly connection: string;
  readonly schema: string;
  readonly access: Access;
  readonly principal: PrincipalRef;
  readonly actor: PrincipalRef;
  readonly reason: string;
  readonly openedAt: number;
  readonly signed?: { readonly by: PrincipalRef; readonly comment: string; readonly at: number };
}

export function createApprovalView(ticket: Ticket, mine: ApprovalView['mine']): ApprovalView {
  const {
    id,
    state,
    ended,
    moment,
    digest,
    connection,
    schema,
    access,
    session,
    breakGlass,
    identity,
    reason,
    statement,
    ttlMs,
    rules,
    policyVersion,
    terms,
    decisions,
    requestedAt,
    expiresAt,
  } = ticket;
  return Object.freeze({
    ticket: id,
    state,
    ...(ended === undefined ? {} : { ended }),
    moment,
    digest,
    connection,
    schema,
    access,
    ...(session === undefined ? {} : { session }),
    ...(breakGlass === undefined ? {} : { breakGlass }),
    principal: toPrincipalRef(identity.principal),
    actor: toPrincipalRef(identity.actor),
    reason,
    ...(statement === undefined ? {} : { statement: createStatementView(statement) }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    rules,
    policyVersion,
    terms,
    decisions: decisions.map(createDecisionView),
    requestedAt,
    expiresAt,
    mine,
  });
}

export function toPrincipalRef({ id, name }: PrincipalRef): PrincipalRef {
  return { id, ...(name === undefined ? {} : { name }) };
}

function createStatementView({ redacted: _redacted, asked, ...statement }: TicketStatement): StatementView {
  if (asked === undefined) return statement;
  const { redacted: _askedRedacted, ...text } = asked;
  return { ...statement, asked: text };
}

function createDecisionView({ reviewer, decision, comment, at }: TicketDecision): ApprovalView['decisions'][number] {
  return { reviewer, decision, ...(comment === undefined ? {} : { comment }), at };
}
