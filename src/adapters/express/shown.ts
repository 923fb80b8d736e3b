import type { ApprovalView, GlassReview } from '../../core/index.js';
import { timeShown } from '../../mount/shown.js';

export function approvalOf({ decisions, requestedAt, expiresAt, ttlMs, terms, ...approval }: ApprovalView): object {
  return {
    ...approval, ...(ttlMs === undefined ? {} : { ttlSeconds: Math.floor(ttlMs / 1_000) }), terms: terms.map(({ reviewers, quorum }) => ({ ...(reviewers === undefined ? {} : { reviewers }), quorum })),
    decisions: decisions.map(({ at, ...decision }) => ({ ...decision, at: timeShown(at) })), requestedAt: timeShown(requestedAt), expiresAt: timeShown(expiresAt),
  };
}

export function reviewOf({ openedAt, signed, ...review }: GlassReview): object {
  return { ...review, openedAt: timeShown(openedAt), ...(signed === undefined ? {} : { signed: { ...signed, at: timeShown(signed.at) } }) };
}
