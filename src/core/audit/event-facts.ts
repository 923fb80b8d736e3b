import type { Clock } from '../async/clock.js';
import { omitUndefined } from '../data/omit-undefined.js';
import type { AuditEvent, EventActor, EventCode } from '../events.js';
import { deepFreezeOnce } from '../data/deep-freeze.js';
import { newId } from '../data/id.js';
import type { Analysis, Approval, Grant, Identity, Json, Rewrite, Scope } from '../model.js';
import { formatObject } from '../data/names.js';
import type { RecordLevel } from '../request/obligations.js';
import { memoizeByObject } from '../data/memoize-by-object.js';
import type { ObservedAttributes } from '../plugin.js';

/** What is known so far, for the record and for observers, wherever a request stops. */
export interface EventFacts {
  identity?: Identity;
  session?: string;
  statement?: string;
  connection?: string;
  engine?: string;
  address?: string | undefined;
  scope?: Scope;
  breakGlass?: true | undefined;
  /** Of the text that runs or would run; of the caller's own until a rewritten one was accepted. */
  analysis?: Analysis;
  /** Where plugins rewrote the statement; `made` is what they made of it, once that was read. */
  rewrite?: Rewrite & { readonly made?: Analysis };
  rules?: readonly string[];
  policyVersion?: string;
  /** What the policy lets be recorded of a statement. */
  recordLevel?: RecordLevel;
  approval?: Approval;
  context?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** What was asked, for the events of a session. */
  requestData?: Readonly<Record<string, Json>>;
  transport?: Readonly<Record<string, Json>>;
  queryId?: string;
  rows?: number;
}

export type EventData = Readonly<Record<string, Json>>;

/** One line of the record from what is known. */
export function createEvent(
  clock: Clock,
  instance: string,
  code: EventCode,
  seen: EventFacts,
  data: EventData,
): AuditEvent {
  const at = clock.now();
  const { session, statement, identity, connection, scope, breakGlass } = seen;
  return omitUndefined<AuditEvent>({
    id: newId(at),
    code,
    at,
    instance,
    session,
    statement,
    connection,
    data: breakGlass === true ? { ...data, breakGlass } : data,
    who: identity === undefined ? undefined : createEventActor(identity),
    scope: scope === undefined ? undefined : createEventScope(scope),
    ...collectTexts(code, seen),
  });
}

/** What is kept in full: the text that runs, and the caller's own where that is another. */
function collectTexts(
  code: EventCode,
  { recordLevel: level, analysis, rewrite }: EventFacts,
): Pick<AuditEvent, 'text' | 'askedText'> {
  if (code !== 'statement.authorized' || level !== 'full' || analysis === undefined) return {};
  return { text: analysis.canonical, ...(rewrite === undefined ? {} : { askedText: rewrite.asked.canonical }) };
}

/** What a session's own events know. */
export function createGrantFacts(grant: Grant): EventFacts {
  return {
    session: grant.session,
    identity: grant.identity,
    scope: grant.scope,
    connection: grant.scope.connection,
    breakGlass: grant.breakGlass,
  };
}

/** The same object for all events of an identity. */
export const createEventActor = memoizeByObject(({ principal, actor, client, tokenId }: Identity): EventActor =>
  deepFreezeOnce(
    omitUndefined<EventActor>({ principal: principal.id, actor: actor.id, issuer: principal.issuer, client, tokenId }),
  ),
);

const createEventScope = memoizeByObject(({ database, schema, access }: Scope): AuditEvent['scope'] & object =>
  deepFreezeOnce({ database, schema, access }),
);

/**
 * The facts every event of a request carries under `data`, and those of its own. A denial tells of what the caller
 * asked for.
 */
export function createEventData(seen: EventFacts, own: EventData, isDenial: boolean): EventData {
  const { rules, policyVersion, approval, context, requestData: asked, transport } = seen;
  const about = omitUndefined<Record<string, Json>>({
    transport,
    rules,
    policyVersion,
    approval:
      approval === undefined
        ? undefined
        : {
            ticket: approval.ticket,
            reviewers: approval.reviewers,
            digest: approval.digest,
            ...(approval.binding === undefined ? {} : { binding: approval.binding }),
          },
    context: context === undefined || Object.keys(context).length === 0 ? undefined : context,
  });
  return Object.assign(about, asked, createStatementData(seen, isDenial), own);
}

/**
 * The statement of an event, and beside it the other text where plugins rewrote it: neither is ever told as the other.
 */
function createStatementData(seen: EventFacts, isDenial: boolean): EventData | undefined {
  const { rewrite, recordLevel: level = 'redacted' } = seen;
  const shown = selectAnalysis(seen, isDenial);
  if (shown === undefined) return undefined;
  const withheld = level === 'metadata' || shown.redacted === '';
  const { rendered } = shown;
  const sent = rendered === undefined || rendered.digest === shown.digest ? {} : { renderedDigest: rendered.digest };
  const own = {
    ...createTextData(shown, level),
    ...sent,
    recorded: withheld && level === 'redacted' ? 'metadata' : level,
  };
  if (rewrite === undefined) return own;
  const { asked, by, made } = rewrite;
  const rewrites = by.map((each) => ({ ...each }));
  if (shown !== asked) return { ...own, rewrites, asked: createTextData(asked, level) };
  return { ...own, rewrites, ...(made === undefined ? {} : { rewritten: createTextData(made, level) }) };
}

/** What could not be redacted surely is not recorded. */
function createTextData(analysis: Analysis, level: RecordLevel): EventData {
  const withheld = level === 'metadata' || analysis.redacted === '';
  return {
    kind: analysis.kind,
    operation: analysis.operation,
    summary: analysis.summary,
    ...(withheld ? {} : { sql: analysis.redacted }),
    digest: analysis.digest,
    reads: analysis.reads.map(formatObject),
    writes: analysis.writes.map(formatObject),
  };
}

/** Of what is told: of what runs, or, where nothing does, of what the caller asked for. */
export function selectAnalysis({ analysis, rewrite }: EventFacts, isDenial: boolean): Analysis | undefined {
  return isDenial ? (rewrite?.asked ?? analysis) : analysis;
}

/** What an observer may know. */
export function createObservedAttributes(seen: EventFacts, isDenial = false): ObservedAttributes {
  const { scope, identity } = seen;
  const analysis = selectAnalysis(seen, isDenial);
  return Object.freeze(
    omitUndefined<ObservedAttributes>({
      session: seen.session,
      statement: seen.statement,
      connection: seen.connection,
      engine: seen.engine,
      address: seen.address,
      database: scope?.database,
      schema: scope?.schema,
      kind: analysis?.kind,
      operation: analysis?.operation,
      summary: analysis?.summary,
      redacted: seen.recordLevel === 'metadata' ? undefined : analysis?.redacted,
      principal: identity?.principal.id,
      actor: identity?.actor.id,
      rules: seen.rules,
      queryId: seen.queryId,
      rows: seen.rows,
    }),
  );
}
