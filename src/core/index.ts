export { memoryTickets } from './approvals/memory-tickets.js';
export type { ApprovalOptions } from './approvals/options.js';
export type { Notice, NoticeStatement, Notifier } from './approvals/notice.js';
export { approvalTerms, type ApprovalTerms } from './approvals/terms.js';
export type { Named, Ticket, TicketDecision, TicketEnd, TicketFilter, TicketAsked, TicketState, TicketStatement, TicketStore } from './approvals/ticket.js';
export type { Places, Reinstated, Suspended, Suspension } from './approvals/suspension.js';
export type { ApprovalView, Decided, GlassReview, StatementView } from './approvals/view.js';
export { abortable, reasonOf } from './abort.js';
export { AccessError, denials, faults, isWithoutEffect, withoutEffect, type DenialCode, type FaultCode } from './errors.js';
export { deny, isStop, type Completed, type Denied, type Failed, type Outcome, type Pending, type Stop } from './outcome.js';
export * from './model.js';
export * from './ports.js';
export type { Plugin, PluginHost, Informer, Guard, Observer, Watchable, Watched, Ended } from './plugin.js';
export { systemClock, type Clock } from './clock.js';
export { timeLeft } from './grant.js';
export { eventCodes, intents, sessionEnds, statementOutcomes, type AuditEvent, type EventActor, type EventCode } from './events.js';
export * from './record.js';
export { setupDigest } from './setup.js';
export { pageOf, rangeOf } from './record-page.js';
export { objectsOf, type CatalogueEntry } from './catalogue.js';
export { facts } from './freeze.js';
export { newId } from './id.js';
export { Kept, sizeAsJson, type KeptBounds } from './kept.js';
export { Newest } from './newest.js';
export { Troubles } from './troubles.js';
export { SuspendedBefore } from './suspended-before.js';
export { Unreviewed } from './unreviewed.js';
export { perObject } from './per-object.js';
export { formatName, formatObject, formatSchema, parseSchema, parseSchemas } from './names.js';
export { isVisible, visibleText } from './visible.js';
export type {
  ApprovalRead, ApprovalsRequest, Caller, ConnectionInfo, DecisionRequest, Delivery, DescribedObject, Description, EndReason, ExplainRequest, ExplainedText, Explanation, Gateway, GatewayLimits, HandOut, IdentifyRequest, Leave, OpenRequest, RecordRequest, Recount, RevokeRequest,
  ReinstateRequest, RunRequest, SessionRequest, SignRequest, SuspendRequest,
  SessionState, StatementResult,
} from './gateway.js';
export { buildGateway } from './create.js';
export { readConfig, type Eventually } from './parts.js';
export { readOptions, type OptionNames } from './options.js';
export { isLoopback, loopbackNames, readSecureUrl, type UrlParts } from './secure-url.js';
export type { StartCheckOptions } from './start-check.js';
export { defaultLimits } from './config.js';
export { provide, tokens, type Container, type Parts, type Token } from './container.js';
export { packageVersion } from './version.js';
export { Scribe, type Entry, type Medium, type ScribeOptions } from './scribe.js';
