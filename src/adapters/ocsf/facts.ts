import { z } from 'zod';
import type { EventCode } from '../../core/index.js';

const text = z.string();
const texts = z.array(text);
const count = z.int().min(0);
const time = z.int();

/** Of whatever a caller asked for. */
const request = {
  transport: z.looseObject({ protocol: text.optional(), address: text.optional(), userAgent: text.optional() }),
  rules: texts, policyVersion: text, breakGlass: z.literal(true), context: z.record(text, z.json()),
  approval: z.looseObject({ ticket: text, reviewers: texts, hmac: text.optional(), binding: text.optional() }),
};
/** Of what it was refused for. */
const refusal = { code: text, at: text, reason: text, message: text };
/** Of what failed; an engine may tell more. */
const failure = { code: text, at: text, engineCode: z.union([text, z.number()]), step: text, credential: text, effect: text, plugin: text, verb: text, cause: text };
/** Of a decision that people take. */
const decision = { ticket: text, binding: text, decision: text, state: text, why: text, comment: text, withdrawn: z.boolean(), requester: z.looseObject({ principal: text, actor: text }) };
const ticket = { ticket: text, expiresAt: time, binding: text };
/** Of what a crash left, told by the next start. */
const crash = { by: text, intent: text };

const asked = { ...request, reason: text, ttlMs: count, access: text, schema: text };
/** A text beside the one that the event is about. */
const otherText = z.looseObject({ kind: text, operation: text, summary: text, sql: text, sql_hmac: text, rendered_hmac: text, sql_chars: count, reads: texts, writes: texts }).partial();
const statement = {
  ...request, kind: text, operation: text, summary: text, sql_hmac: text, rendered_hmac: text, sql_chars: count, recorded: text, reads: texts, writes: texts,
  rewrites: z.array(z.looseObject({ plugin: text, obligation: text, rule: text.optional() })), asked: otherText, rewritten: otherText,
};
const rows = { rows: count, bytes: count, truncated: z.boolean(), durationMs: count };
const end = { by: text, clean: z.boolean(), grant: text, breakGlass: z.literal(true) };
const granted = { role: text, user: text, accessRole: text, grant: text, schema: text, access: text, expiresAt: time, by: text, found: text };
const version = { before: text, after: text };
const trouble = { cause: text, sink: text, percent: count, failingMs: count, ms: count };
const place = z.looseObject({ client: text.optional(), address: text.optional(), userAgent: text.optional() });
const places = z.array(z.looseObject({ connection: text, schemas: texts }));
const setUp = z.record(text, text);

/** All may be absent, and a later version may tell more. */
function open<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.looseObject(shape).partial();
}

/** What each code tells in `unmapped.sallyport.data`; docs/record.md says what it means. Times are epoch milliseconds. */
export const facts = {
  'gateway.started': open({ policyVersion: text, connections: texts, recovered: z.record(text, count), config: setUp }),
  'gateway.stopped': open({ config: setUp }),
  'session.requested': open({ ...asked, grant: text, expiresAt: time, limits: z.record(text, z.number()), setup: z.looseObject({ session: texts, making: texts.optional(), removing: texts.optional() }) }),
  'session.approval_requested': open({ ...asked, ...ticket }),
  'session.approved': open({ ...request, ...decision }),
  'session.denied': open({ ...asked, ...refusal, ...decision, purpose: text }),
  'session.opened': open({ ...asked, grant: text, expiresAt: time, engineSession: text, durationMs: count }),
  'session.failed': open({ ...asked, ...failure, ...crash, durationMs: count }),
  'session.closed': open({ ...end, ...crash, transport: request.transport }),
  'session.expired': open(end),
  'session.revoked': open({ ...end, transport: request.transport, revokedBy: text, comment: text }),
  'statement.authorized': open({ ...statement, grant: text, binds: count }),
  'statement.denied': open({ ...statement, ...refusal }),
  'statement.approval_requested': open({ ...statement, ...ticket }),
  'statement.approval_decided': open({ ...request, ...decision, code: text, reason: text }),
  'statement.executed': open({ ...statement, ...rows, queryId: text, complete: z.boolean(), affected: count }),
  'statement.failed': open({ ...statement, ...failure, durationMs: count }),
  'statement.delivered': open({ ...rows, code: text, breakGlass: z.literal(true) }),
  'statement.replayed': open({ ...request, kind: text, operation: text, of: text, end: text, by: text }),
  'statement.unresolved': open({ ...statement, ...failure, ...crash, after: text, queryId: text, durationMs: count }),
  'statement.resolved': open({ queryId: text }),
  'engine.disagrees': open({ reason: text, object: text, expected: text, found: text, effect: text, durationMs: count, breakGlass: z.literal(true) }),
  'grant.applied': open(granted),
  'grant.removed': open(granted),
  'policy.changed': open(version),
  'config.changed': open({ ...version, changed: texts }),
  'breakglass.activated': open({ ...asked, grant: text, expiresAt: time, durationMs: count }),
  'breakglass.reviewed': open({ ...request, ...decision }),
  'identity.shared': open({ by: text, one: place, other: place }),
  'identity.refused': open({ transport: request.transport, code: text, reason: text, moment: text, count }),
  'actor.limited': open({ transport: request.transport, limit: text, count }),
  'actor.suspended': open({ transport: request.transport, actor: text, places, expiresAt: time, comment: text, code: text }),
  'actor.reinstated': open({ transport: request.transport, actor: text, places, expiresAt: time, comment: text, code: text }),
  'clock.changed': open({ byMs: time }),
  'audit.removed': open({ chain: text, sequence: count, fingerprint: text, checkpoint: text, segments: count }),
  'audit.degraded': open(trouble),
  'audit.recovered': open(trouble),
  'audit.gap': open({ cause: text, segment: count, bytes: count, count, codes: z.record(text, count), since: time }),
} satisfies Record<EventCode, z.ZodObject>;
