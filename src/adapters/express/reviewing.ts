import type { ApprovalView, Outcome } from '../../core/index.js';
import { decisionBody, revokeBody, signBody } from '../../mount/asked.js';
import { form } from '../../mount/check.js';
import type { Exchange, Operation } from './exchange.js';
import { applied, preferredWait } from './prefer.js';
import { lookAgainAfter, refuse, reply, send, sendLarge } from './reply.js';
import { sessionShown } from '../../mount/shown.js';
import { approvalOf, reviewOf } from './shown.js';
import { withBody } from './with-body.js';

/** The bodies that reviewers send. */
export const reviewForms = { decision: form(decisionBody), revoke: form(revokeBody), sign: form(signBody) };

export const listApprovals: Operation = async (exchange) => {
  const { gateway, caller, query, signal } = exchange;
  const state = query === 'state=decided' ? 'decided' : 'pending';
  await reply(exchange, await gateway.approvals({ ...caller, state }, signal), (approvals) => sendLarge(exchange, JSON.stringify({ approvals: approvals.map(approvalOf) })));
};

export const readApproval: Operation = async (exchange) => {
  const { gateway, caller, subject, request, signal } = exchange;
  const waitMs = preferredWait(request.headers['prefer']);
  await sendApproval(exchange, await gateway.approval({ ...caller, ticket: subject, waitMs }, signal), applied(waitMs));
};

/** What was decided on is not there any more as it was shown: a conflict (RFC 9110 §15.5.10). */
export const decide: Operation = withBody(reviewForms.decision, async (exchange, decided) => {
  const { gateway, caller, subject, signal, response } = exchange;
  const outcome = await gateway.decide({ ...caller, ...decided, ticket: subject }, signal);
  if (outcome.status === 'denied' && outcome.code === 'APPROVAL_EXPIRED') return refuse(response, { denied: outcome, status: 409 }, outcome.id);
  await sendApproval(exchange, outcome);
}, true);

export const listSessions: Operation = async (exchange) => {
  const { gateway, caller, signal, response } = exchange;
  await reply(exchange, await gateway.sessions(caller, signal), (sessions) => send(response, 200, JSON.stringify({ sessions: sessions.map(sessionShown) })));
};

/** Goes on when the client leaves: who revokes means it. */
export async function revokeSession(exchange: Exchange): Promise<void> {
  const { request } = exchange;
  const bare = request.headers['content-type'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
  await (bare ? revoked(exchange, {}) : withBody(reviewForms.revoke, revoked, true)(exchange));
}

export const listReviews: Operation = async (exchange) => {
  const { gateway, caller, signal, response } = exchange;
  await reply(exchange, await gateway.reviews(caller, signal), (reviews) => send(response, 200, JSON.stringify({ reviews: reviews.map(reviewOf) })));
};

export const signReview: Operation = withBody(reviewForms.sign, async (exchange, { comment }) => {
  const { gateway, caller, subject, signal, response } = exchange;
  await reply(exchange, await gateway.sign({ ...caller, session: subject, comment }, signal), (review) => send(response, 200, JSON.stringify(reviewOf(review))));
}, true);

async function revoked(exchange: Exchange, said: { readonly comment?: string }): Promise<void> {
  const { gateway, caller, subject, response } = exchange;
  await reply(exchange, await gateway.revoke({ ...caller, ...said, session: subject }), (session) => send(response, 200, JSON.stringify(sessionShown(session))));
}

async function sendApproval(exchange: Exchange, outcome: Outcome<ApprovalView>, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  await reply(exchange, outcome, (approval) => {
    send(exchange.response, 200, JSON.stringify(approvalOf(approval)), { ...headers, ...(approval.state === 'pending' ? { 'retry-after': lookAgainAfter } : {}) });
  });
}
