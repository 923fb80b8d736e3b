export { memoryTickets } from './approvals/memory-ticket-store.js';
export type { ApprovalOptions } from './approvals/options.js';
export type { Notice, NoticeStatement, Notifier } from './approvals/notice.js';
export { approvalTerms, type ApprovalTerms } from './approvals/terms.js';
export type {
  PrincipalRef,
  Ticket,
  TicketDecision,
  TicketEnd,
  TicketFilter,
  OriginalStatement,
  TicketState,
  TicketStatement,
  TicketStore,
} from './approvals/ticket.js';
export type { SuspensionTarget, Reinstated, Suspended, Suspension } from './approvals/suspension.js';
export type { ApprovalView, DecisionInput, BreakGlassReview, StatementView } from './approvals/view.js';
export { raceSignal, getAbortError } from './async/abort-signal.js';
export {
  AccessError,
  denials,
  faults,
  isWithoutEffect,
  withoutEffect,
  type DenialCode,
  type FaultCode,
} from './errors.js';
export {
  deny,
  isStop,
  type Completed,
  type Denied,
  type Failed,
  type Outcome,
  type Pending,
  type Stop,
} from './outcome.js';
export * from './model.js';
export * from './ports.js';
export type {
  Plugin,
  PluginHost,
  Informer,
  Guard,
  Observer,
  ObservedOperation,
  ObservedAttributes,
  ObservedResult,
} from './plugin.js';
export { systemClock, type Clock } from './async/clock.js';
export { getTimeLeft } from './session/grant.js';
export {
  eventCodes,
  intents,
  sessionEnds,
  statementOutcomes,
  type AuditEvent,
  type EventActor,
  type EventCode,
} from './events.js';
export * from './record.js';
export { setupDigest } from './setup.js';
export { createRecordPage, resolveRecordRange } from './audit/record-page.js';
export { groupColumnsByObject, type CatalogueEntry } from './request/catalogue.js';
export { deepFreeze } from './data/deep-freeze.js';
export { newId } from './data/id.js';
export { LruCache, sizeAsJson, type LruCacheLimits } from './data/lru-cache.js';
export { LatestEvents } from './audit/latest-events.js';
export { AuditHealth } from './audit/audit-health.js';
export { SuspensionReplay } from './audit/suspension-replay.js';
export { UnreviewedBreakGlass } from './audit/unreviewed-break-glass.js';
export { memoizeByObject } from './data/memoize-by-object.js';
export { formatName, formatObject, formatSchema, parseSchema, parseSchemas } from './data/names.js';
export { isVisible, visibleText } from './data/visible-text.js';
export type {
  ApprovalRead,
  ApprovalsRequest,
  Caller,
  ConnectionInfo,
  DecisionRequest,
  RowDelivery,
  DescribedObject,
  Description,
  EndReason,
  ExplainRequest,
  ExplainedText,
  Explanation,
  Gateway,
  GatewayLimits,
  RowConsumer,
  IdentifyRequest,
  AccessEffect,
  OpenRequest,
  RecordRequest,
  DeliveryCorrection,
  RevokeRequest,
  ReinstateRequest,
  RunRequest,
  SessionRequest,
  SignRequest,
  SuspendRequest,
  SessionState,
  StatementResult,
} from './gateway.js';
export { buildGateway } from './create.js';
export { readConfig, type Promisable } from './async/promised-parts.js';
export { readOptions, type OptionNames } from './options.js';
export { isLoopback, loopbackNames, parseSecureUrl, type UrlParts } from './data/secure-url.js';
export type { StartCheckOptions } from './async/start-check.js';
export { defaultLimits } from './config.js';
export { provide, tokens, type Container, type Parts, type Token } from './container.js';
export { packageVersion } from './data/version.js';
export {
  ChainedLogWriter,
  type LogEntry,
  type LogStorage,
  type ChainedLogWriterOptions,
} from './audit/chained-log-writer.js';
