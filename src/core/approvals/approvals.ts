import { AccessError } from '../errors.js';
import type { AuditEvent } from '../events.js';
import type { EndReason } from '../gateway.js';
import type { Json } from '../model.js';
import { parseSchema } from '../data/names.js';
import type { Connector, PolicyDecisionPoint } from '../ports.js';
import { createEvent, type EventFacts } from '../audit/event-facts.js';
import type { Sessions } from '../session/sessions.js';
import type { Suspensions } from './suspensions.js';
import type { GatewayContext } from '../request/context.js';
import type { Counters } from '../data/counters.js';
import { ApprovalRequestLimits } from './request-limits.js';
import { NotificationDispatcher } from './notification-dispatcher.js';
import { TicketApprover, type RecordTicketEvent } from './ticket-approver.js';
import { BreakGlassReviews, type BreakGlassReviewsParts } from './break-glass-reviews.js';
import type { ApprovalSettings } from './options.js';
import { Oversight } from './oversight.js';
import { ReviewerPolicy, type Reviewer } from './reviewer-policy.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { SuspensionCommands, type SuspensionCommandsParts } from './suspension-commands.js';
import type { Ticket } from './ticket.js';

/** Everything where people decide. */
export interface Approvals {
  readonly approver: TicketApprover;
  readonly decisions: ApprovalDecisions;
  readonly oversight: Oversight;
  readonly breakGlass: BreakGlassReviews;
  readonly suspensions: SuspensionCommands;
  close(): Promise<void>;
}

/** What a room needs of the gateway. */
export interface ApprovalsParts {
  readonly policy: PolicyDecisionPoint;
  readonly connections: ReadonlyMap<string, Connector>;
  readonly sessions: Sessions;
  readonly suspensions: Suspensions;
  readonly counters: Counters;
}

export function createApprovals(
  settings: ApprovalSettings,
  { policy, connections, sessions, suspensions, counters }: ApprovalsParts,
  gatewayContext: GatewayContext,
): Approvals {
  const { clock, instance, recorder } = gatewayContext;
  const notifications = new NotificationDispatcher(settings.notify);
  const asking = new ApprovalRequestLimits(counters, settings);
  const reviewers = new ReviewerPolicy(policy, settings);
  const note: RecordTicketEvent = async (code, ticket, data, by) => {
    await recorder.recordOutcome(
      createEvent(
        clock,
        instance,
        code,
        createTicketFacts(ticket, by),
        by === undefined ? data : { ...data, ...createReviewerData(ticket, by) },
      ),
    );
  };
  const reviewed: BreakGlassReviewsParts['recordReview'] = async ({ session, identity, review }, comment, by) => {
    const seen: EventFacts = {
      session,
      identity: by.identity,
      connection: review.connection,
      scope: { connection: review.connection, ...parseTicketSchema(review.schema), access: review.access },
      breakGlass: true,
    };
    await recorder.recordOutcome(
      createEvent(clock, instance, 'breakglass.reviewed', seen, { comment, ...createReviewerData({ identity }, by) }),
    );
  };
  const endOf = (id: string): EndReason | undefined => {
    const session = sessions.get(id);
    return session === undefined ? 'fault' : session.getState().endedBy;
  };
  const approver = new TicketApprover({
    clock,
    settings,
    reviewers,
    notifications,
    requestLimits: asking,
    recordEvent: note,
    getEndReason: endOf,
    checkSuspended: (identity, scope) => suspensions.getRefusal(identity, scope),
  });
  const oversight = new Oversight({ sessions, reviewers, clock, notifications });
  const intend: SuspensionCommandsParts['recordIntent'] = (code, data, { identity, transport }, withdrawn) => {
    const made = (each: typeof withdrawn): AuditEvent =>
      createEvent(clock, instance, each.code, { identity }, { ...each.data, transport: { ...transport } });
    return recorder.recordIntent(made({ code, data }), () => made(withdrawn));
  };
  return {
    approver,
    oversight,
    suspensions: new SuspensionCommands({
      suspensions,
      connections,
      sessions,
      reviewers,
      oversight,
      approver,
      clock,
      recordIntent: intend,
    }),
    decisions: new ApprovalDecisions({ approver, reviewers, clock, notifications, recordEvent: note }),
    breakGlass: new BreakGlassReviews({
      clock,
      notifications,
      requestLimits: asking,
      reviewers,
      oversight,
      getEndReason: endOf,
      recordReview: reviewed,
    }),
    async close() {
      await notifications.close();
      await settings.store.close?.();
    },
  };
}

function createTicketFacts(
  { moment, request, session, breakGlass, identity, connection, schema, access, rules, policyVersion }: Ticket,
  by: Reviewer | undefined,
): EventFacts {
  const about = moment === 'run' ? { session: session ?? '', statement: request } : { session: request };
  return {
    ...about,
    identity: by?.identity ?? identity,
    connection,
    scope: { connection, ...parseTicketSchema(schema), access },
    rules,
    policyVersion,
    breakGlass,
  };
}

/** Whose request it was, and from where the answer came. */
function createReviewerData(
  { identity: { principal, actor } }: Pick<Ticket, 'identity'>,
  { transport }: Reviewer,
): Readonly<Record<string, Json>> {
  return { requester: { principal: principal.id, actor: actor.id }, transport: { ...transport } };
}

function parseTicketSchema(text: string): ReturnType<typeof parseSchema> {
  try {
    return parseSchema(text);
  } catch (error) {
    throw new AccessError('INTERNAL', 'a ticket names no schema', { cause: error });
  }
}
