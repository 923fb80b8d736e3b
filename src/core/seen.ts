import type { Clock } from './clock.js';
import { compact } from './compact.js';
import type { AuditEvent, EventActor, EventCode } from './events.js';
import { lasting } from './freeze.js';
import { newId } from './id.js';
import type { Analysis, Approval, Grant, Identity, Json, Scope } from './model.js';
import { formatObject } from './names.js';
import type { RecordLevel } from './obligations.js';
import { perObject } from './per-object.js';
import type { Watched } from './plugin.js';

/** What is known so far, for the record and for observers, wherever a request stops. */
export interface Seen {
  identity?: Identity;
  session?: string;
  statement?: string;
  connection?: string;
  engine?: string;
  address?: string | undefined;
  scope?: Scope;
  breakGlass?: true | undefined;
  analysis?: Analysis;
  rules?: readonly string[];
  policyVersion?: string;
  /** What the policy lets be recorded of a statement. */
  level?: RecordLevel;
  approval?: Approval;
  context?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** What was asked, for the events of a session. */
  asked?: Readonly<Record<string, Json>>;
  transport?: Readonly<Record<string, Json>>;
  queryId?: string;
  rows?: number;
}

export type EventData = Readonly<Record<string, Json>>;

/** One line of the record from what is known. */
export function makeEvent(clock: Clock, instance: string, code: EventCode, seen: Seen, data: EventData): AuditEvent {
  const at = clock.now();
  const { session, statement, identity, connection, scope, breakGlass } = seen;
  return compact<AuditEvent>({
    id: newId(at), code, at, instance, session, statement, connection, data: breakGlass === true ? { ...data, breakGlass } : data,
    who: identity === undefined ? undefined : whoOf(identity),
    scope: scope === undefined ? undefined : whereOf(scope),
    text: code === 'statement.authorized' && seen.level === 'full' ? seen.analysis?.canonical : undefined,
  });
}

/** What a session's own events know. */
export function seenOf(grant: Grant): Seen {
  return { session: grant.session, identity: grant.identity, scope: grant.scope, connection: grant.scope.connection, breakGlass: grant.breakGlass };
}

/** The same object for all events of an identity. */
export const whoOf = perObject(({ principal, actor, client, tokenId }: Identity): EventActor =>
  lasting(compact<EventActor>({ principal: principal.id, actor: actor.id, issuer: principal.issuer, client, tokenId })));

const whereOf = perObject(({ database, schema, access }: Scope): AuditEvent['scope'] & object => lasting({ database, schema, access }));

/** The facts every event of a request carries under `data`, and those of its own. */
export function aboutOf(seen: Seen, own: EventData): EventData {
  const { analysis, rules, policyVersion, approval, context, asked, transport } = seen;
  const about = compact<Record<string, Json>>({
    transport, rules, policyVersion,
    approval: approval === undefined ? undefined : { ticket: approval.ticket, reviewers: approval.reviewers, digest: approval.digest, ...(approval.binding === undefined ? {} : { binding: approval.binding }) },
    context: context === undefined || Object.keys(context).length === 0 ? undefined : context,
  });
  return Object.assign(about, asked, analysis === undefined ? undefined : statementData(analysis, seen.level), own);
}

/** What could not be redacted surely is not recorded. */
function statementData(analysis: Analysis, level: RecordLevel = 'redacted'): EventData {
  const withheld = level === 'metadata' || analysis.redacted === '';
  return {
    kind: analysis.kind,
    operation: analysis.operation,
    summary: analysis.summary,
    ...(withheld ? {} : { sql: analysis.redacted }),
    recorded: withheld && level === 'redacted' ? 'metadata' : level,
    digest: analysis.digest,
    ...(analysis.rendered === undefined || analysis.rendered.digest === analysis.digest ? {} : { renderedDigest: analysis.rendered.digest }),
    reads: analysis.reads.map(formatObject),
    writes: analysis.writes.map(formatObject),
  };
}

/** What an observer may know. */
export function watchedOf(seen: Seen): Watched {
  const { analysis, scope, identity } = seen;
  return Object.freeze(compact<Watched>({
    session: seen.session, statement: seen.statement, connection: seen.connection, engine: seen.engine, address: seen.address,
    database: scope?.database, schema: scope?.schema,
    kind: analysis?.kind, operation: analysis?.operation, summary: analysis?.summary, redacted: seen.level === 'metadata' ? undefined : analysis?.redacted,
    principal: identity?.principal.id, actor: identity?.actor.id,
    rules: seen.rules, queryId: seen.queryId, rows: seen.rows,
  }));
}
