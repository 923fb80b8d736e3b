import type { Analysis, Scoped } from '../model.js';
import { formatObject, formatSchema } from '../data/names.js';
import type { ApprovalRequest, RequestedAction } from '../ports.js';
import { serializeDecision, hashValues } from './binding.js';
import { collectApprovalTerms } from './terms.js';
import type { Ticket, OriginalStatement, TicketStatement } from './ticket.js';

/** A ticket for a request, bound to exactly that. */
export async function createTicket(
  { facts, reason, until, asks }: ApprovalRequest,
  bound: Ticket['bound'],
  id: string,
  now: number,
  expiresMs: number,
): Promise<Ticket> {
  const { id: request, moment, asked, identity, scope, decision } = facts;
  const terms = collectApprovalTerms(decision.obligations);
  const expiresAt = Math.floor(Math.min(until, now + Math.min(...terms.map((each) => each.expiresMs ?? expiresMs))));
  const statement = createTicketStatement(facts);
  return Object.freeze({
    id,
    version: 1,
    state: 'pending',
    moment,
    digest: await hashValues(bound, id, expiresAt, createSalt()),
    bound,
    decided: serializeDecision(decision),
    request,
    identity,
    connection: scope.connection,
    schema: formatSchema(scope),
    access: scope.access,
    reason,
    question: { asks, context: facts.context },
    asks: createReviewActions(facts),
    rules: decision.rules,
    policyVersion: decision.policyVersion,
    terms,
    decisions: [],
    requestedAt: now,
    expiresAt,
    ...('session' in asked ? { session: asked.session } : { ttlMs: asked.ttlMs }),
    ...(statement === undefined ? {} : { statement }),
    ...(asks.some(({ action }) => action.startsWith('breakglass:')) ? { breakGlass: true } : {}),
  });
}

/**
 * How much a reviewer would have to look through: the text, what it was rewritten from, and its binds as JSON, UTF-16
 * units.
 */
export function measureReviewSize({ asked, analysis, rewrite }: Scoped): number {
  if (!('statement' in asked)) return 0;
  return JSON.stringify([
    analysis?.canonical ?? '',
    asked.statement.binds,
    ...(rewrite === undefined ? [] : [rewrite.asked.canonical]),
  ]).length;
}

/** Without it, whoever reads the record could try texts until one has the digest. */
function createSalt(): string {
  return crypto.randomUUID();
}

function createTicketStatement({ asked, analysis, rewrite }: Scoped): TicketStatement | undefined {
  if (analysis === undefined || !('statement' in asked)) return undefined;
  return {
    ...describeAnalysis(analysis),
    binds: asked.statement.binds,
    functions: analysis.functions,
    ...(rewrite === undefined ? {} : { rewrites: rewrite.by, asked: describeAnalysis(rewrite.asked) }),
  };
}

function describeAnalysis({
  kind,
  operation,
  summary,
  canonical,
  redacted,
  reads,
  writes,
}: Analysis): OriginalStatement {
  return {
    kind,
    operation,
    summary,
    canonical,
    redacted,
    reads: reads.map(formatObject),
    writes: writes.map(formatObject),
  };
}

/** What a reviewer must be permitted: to review this kind on everything that it touches. */
function createReviewActions({ analysis, scope }: Scoped): readonly RequestedAction[] {
  if (analysis === undefined) return [{ action: 'review:open', object: formatSchema(scope) }];
  const objects = new Set([...analysis.reads, ...analysis.writes].map(formatObject));
  return [...(objects.size === 0 ? [formatSchema(scope)] : objects)].map((object) => ({
    action: `review:${analysis.kind}`,
    object,
  }));
}
