import type { ApprovalView, GlassReview, SessionState } from '../../core/index.js';

/** A session as JSON. */
export function shown(session: SessionState): string {
  return JSON.stringify(sessionOf(session));
}

export function sessionOf({ openedAt, expiresAt, ...session }: SessionState): object {
  return { ...session, openedAt: timeOf(openedAt), expiresAt: timeOf(expiresAt) };
}

export function approvalOf({ decisions, requestedAt, expiresAt, ttlMs, terms, ...approval }: ApprovalView): object {
  return {
    ...approval, ...(ttlMs === undefined ? {} : { ttlSeconds: Math.floor(ttlMs / 1_000) }), terms: terms.map(({ reviewers, quorum }) => ({ ...(reviewers === undefined ? {} : { reviewers }), quorum })),
    decisions: decisions.map(({ at, ...decision }) => ({ ...decision, at: timeOf(at) })), requestedAt: timeOf(requestedAt), expiresAt: timeOf(expiresAt),
  };
}

export function reviewOf({ openedAt, signed, ...review }: GlassReview): object {
  return { ...review, openedAt: timeOf(openedAt), ...(signed === undefined ? {} : { signed: { ...signed, at: timeOf(signed.at) } }) };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
