import type { ApprovalView, Outcome } from '../../core/index.js';
import { decisionBody, revokeBody, completeReviewBody } from '../../http/server/request-schemas.js';
import { createInputSchema } from '../../http/server/validate-input.js';
import type { HttpExchange, Operation } from './http-exchange.js';
import { createPreferenceApplied, readPreferredWait } from './prefer.js';
import { pollAfterSeconds, sendDenial, sendOutcome, send, sendLarge } from './send-response.js';
import { serializeSession } from '../../http/server/serialize.js';
import { serializeApproval, serializeReview } from './serialize.js';
import { withBody } from './with-body.js';

/** The bodies that reviewers send. */
export const reviewSchemas = {
  decision: createInputSchema(decisionBody),
  revoke: createInputSchema(revokeBody),
  sign: createInputSchema(completeReviewBody),
};

export const listApprovals: Operation = async (exchange) => {
  const { gateway, caller, query, signal } = exchange;
  const state = query === 'state=decided' ? 'decided' : 'pending';
  await sendOutcome(exchange, await gateway.approvals({ ...caller, state }, signal), (approvals) =>
    sendLarge(exchange, JSON.stringify({ approvals: approvals.map(serializeApproval) })),
  );
};

export const readApproval: Operation = async (exchange) => {
  const { gateway, caller, pathParameter: subject, request, signal } = exchange;
  const waitMs = readPreferredWait(request.headers['prefer']);
  await sendApproval(
    exchange,
    await gateway.approval({ ...caller, ticket: subject, waitMs }, signal),
    createPreferenceApplied(waitMs),
  );
};

/** What was decided on is not there any more as it was shown: a conflict (RFC 9110 §15.5.10). */
export const decideApproval: Operation = withBody(
  reviewSchemas.decision,
  async (exchange, decided) => {
    const { gateway, caller, pathParameter: subject, signal, response } = exchange;
    const outcome = await gateway.decide({ ...caller, ...decided, ticket: subject }, signal);
    if (outcome.status === 'denied' && outcome.code === 'APPROVAL_EXPIRED')
      return sendDenial(response, { denied: outcome, status: 409 }, outcome.id);
    await sendApproval(exchange, outcome);
  },
  true,
);

export const listSessions: Operation = async (exchange) => {
  const { gateway, caller, signal, response } = exchange;
  await sendOutcome(exchange, await gateway.sessions(caller, signal), (sessions) =>
    send(response, 200, JSON.stringify({ sessions: sessions.map(serializeSession) })),
  );
};

/** Goes on when the client leaves: who revokes means it. */
export async function revokeSession(exchange: HttpExchange): Promise<void> {
  const { request } = exchange;
  const bare = request.headers['content-type'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
  await (bare ? sendRevocation(exchange, {}) : withBody(reviewSchemas.revoke, sendRevocation, true)(exchange));
}

export const listReviews: Operation = async (exchange) => {
  const { gateway, caller, signal, response } = exchange;
  await sendOutcome(exchange, await gateway.reviews(caller, signal), (reviews) =>
    send(response, 200, JSON.stringify({ reviews: reviews.map(serializeReview) })),
  );
};

export const completeReview: Operation = withBody(
  reviewSchemas.sign,
  async (exchange, { comment }) => {
    const { gateway, caller, pathParameter: subject, signal, response } = exchange;
    await sendOutcome(exchange, await gateway.sign({ ...caller, session: subject, comment }, signal), (review) =>
      send(response, 200, JSON.stringify(serializeReview(review))),
    );
  },
  true,
);

async function sendRevocation(exchange: HttpExchange, said: { readonly comment?: string }): Promise<void> {
  const { gateway, caller, pathParameter: subject, response } = exchange;
  await sendOutcome(exchange, await gateway.revoke({ ...caller, ...said, session: subject }), (session) =>
    send(response, 200, JSON.stringify(serializeSession(session))),
  );
}

async function sendApproval(
  exchange: HttpExchange,
  outcome: Outcome<ApprovalView>,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  await sendOutcome(exchange, outcome, (approval) => {
    send(exchange.response, 200, JSON.stringify(serializeApproval(approval)), {
      ...headers,
      ...(approval.state === 'pending' ? { 'retry-after': pollAfterSeconds } : {}),
    });
  });
}
