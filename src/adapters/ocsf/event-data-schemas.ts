import { z } from 'zod';
import type { EventCode } from '../../core/index.js';

const text = z.string();
const texts = z.array(text);
const count = z.int().min(0);
const time = z.int();

/** Of whatever a caller asked for. */
const request = {
  transport: z.looseObject({ protocol: text.optional(), address: text.optional(), userAgent: text.optional() }),
  rules: texts,
  policyVersion: text,
  breakGlass: z.literal(true),
  context: z.record(text, z.json()),
  approval: z.looseObject({ ticket: text, reviewers: texts, hmac: text.optional(), binding: text.optional() }),
};
/** Of what it was refused for. */
const refusal = { code: text, at: text, reason: text, message: text };
/** Of what failed; an engine may tell more. */
const failure = {
  code: text,
  at: text,
  engineCode: z.union([text, z.number()]),
  step: text,
  credential: text,
  effect: text,
  plugin: text,
  verb: text,
  cause: text,
};
/** Of a decision that people take. */
const decision = {
  ticket: text,
  binding: text,
  decision: text,
  state: text,
  why: text,
  comment: text,
  withdrawn: z.boolean(),
  requester: z.looseObject({ principal: text, actor: text }),
};
const ticket = { ticket: text, expiresAt: time, binding: text };
/** Of what a crash left, told by the next start. */
const crash = { by: text, intent: text };

const requestData = { ...request, reason: text, ttlMs: count, access: text, schema: text };
/** A text beside the one that the event is about. */
const otherText = z
  .looseObject({
    kind: text,
    operation: text,
    summary: text,
    sql: text,
    sql_hmac: text,
    rendered_hmac: text,
    sql_chars: count,
    reads: texts,
    writes: texts,
  })
  .partial();
const statement = {
  ...request,
  kind: text,
  operation: text,
  summary: text,
  sql_hmac: text,
  rendered_hmac: text,
  sql_chars: count,
  recorded: text,
  reads: texts,
  writes: texts,
  rewrites: z.array(z.looseObject({ plugin: text, obligation: text, rule: text.optional() })),
  asked: otherText,
  rewritten: otherText,
};
const rows = { rows: count, bytes: count, truncated: z.boolean(), durationMs: count };
const end = { by: text, clean: z.boolean(), grant: text, breakGlass: z.literal(true) };
const grantData = {
  role: text,
  user: text,
  accessRole: text,
  grant: text,
  schema: text,
  access: text,
  expiresAt: time,
  by: text,
  found: text,
};
const version = { before: text, after: text };
const degradation = { cause: text, sink: text, percent: count, failingMs: count, ms: count };
const sighting = z.looseObject({ client: text.optional(), address: text.optional(), userAgent: text.optional() });
const suspensionTargets = z.array(z.looseObject({ connection: text, schemas: texts }));
const configData = z.record(text, text);

/** All may be absent, and a later version may tell more. */
function createOpenObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.looseObject(shape).partial();
}

/**
 * What each code tells in `unmapped.sallyport.data`; docs/record.md says what it means. Times are epoch milliseconds.
 */
export const eventDataSchemas = {
  'gateway.started': createOpenObject({
    policyVersion: text,
    connections: texts,
    recovered: z.record(text, count),
    config: configData,
  }),
  'gateway.stopped': createOpenObject({ config: configData }),
  'session.requested': createOpenObject({
    ...requestData,
    grant: text,
    expiresAt: time,
    limits: z.record(text, z.number()),
    setup: z.looseObject({ session: texts, making: texts.optional(), removing: texts.optional() }),
  }),
  'session.approval_requested': createOpenObject({ ...requestData, ...ticket }),
  'session.approved': createOpenObject({ ...request, ...decision }),
  'session.denied': createOpenObject({ ...requestData, ...refusal, ...decision, purpose: text }),
  'session.opened': createOpenObject({
    ...requestData,
    grant: text,
    expiresAt: time,
    engineSession: text,
    durationMs: count,
  }),
  'session.failed': createOpenObject({ ...requestData, ...failure, ...crash, durationMs: count }),
  'session.closed': createOpenObject({ ...end, ...crash, transport: request.transport }),
  'session.expired': createOpenObject(end),
  'session.revoked': createOpenObject({ ...end, transport: request.transport, revokedBy: text, comment: text }),
  'statement.authorized': createOpenObject({ ...statement, grant: text, binds: count }),
  'statement.denied': createOpenObject({ ...statement, ...refusal }),
  'statement.approval_requested': createOpenObject({ ...statement, ...ticket }),
  'statement.approval_decided': createOpenObject({ ...request, ...decision, code: text, reason: text }),
  'statement.executed': createOpenObject({
    ...statement,
    ...rows,
    queryId: text,
    complete: z.boolean(),
    affected: count,
  }),
  'statement.failed': createOpenObject({ ...statement, ...failure, durationMs: count }),
  'statement.delivered': createOpenObject({ ...rows, code: text, breakGlass: z.literal(true) }),
  'statement.replayed': createOpenObject({ ...request, kind: text, operation: text, of: text, end: text, by: text }),
  'statement.unresolved': createOpenObject({
    ...statement,
    ...failure,
    ...crash,
    after: text,
    queryId: text,
    durationMs: count,
  }),
  'statement.resolved': createOpenObject({ queryId: text }),
  'engine.disagrees': createOpenObject({
    reason: text,
    object: text,
    expected: text,
    found: text,
    effect: text,
    durationMs: count,
    breakGlass: z.literal(true),
  }),
  'grant.applied': createOpenObject(grantData),
  'grant.removed': createOpenObject(grantData),
  'policy.changed': createOpenObject(version),
  'config.changed': createOpenObject({ ...version, changed: texts }),
  'breakglass.activated': createOpenObject({ ...requestData, grant: text, expiresAt: time, durationMs: count }),
  'breakglass.reviewed': createOpenObject({ ...request, ...decision }),
  'identity.shared': createOpenObject({ by: text, one: sighting, other: sighting }),
  'identity.refused': createOpenObject({ transport: request.transport, code: text, reason: text, moment: text, count }),
  'actor.limited': createOpenObject({ transport: request.transport, limit: text, count }),
  'actor.suspended': createOpenObject({
    transport: request.transport,
    actor: text,
    places: suspensionTargets,
    expiresAt: time,
    comment: text,
    code: text,
  }),
  'actor.reinstated': createOpenObject({
    transport: request.transport,
    actor: text,
    places: suspensionTargets,
    expiresAt: time,
    comment: text,
    code: text,
  }),
  'clock.changed': createOpenObject({ byMs: time }),
  'audit.removed': createOpenObject({
    chain: text,
    sequence: count,
    fingerprint: text,
    checkpoint: text,
    segments: count,
  }),
  'audit.degraded': createOpenObject(degradation),
  'audit.recovered': createOpenObject(degradation),
  'audit.gap': createOpenObject({
    cause: text,
    segment: count,
    bytes: count,
    count,
    codes: z.record(text, count),
    since: time,
  }),
} satisfies Record<EventCode, z.ZodObject>;
