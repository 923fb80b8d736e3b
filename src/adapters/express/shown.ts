import type { ApprovalView, GlassReview, Reinstated, Suspension } from '../../core/index.js';
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

/** One that begins says besides what it ended. */
export function suspensionOf({ suspendedAt, expiresAt, ...suspension }: Suspension): object {
  return { ...suspension, suspendedAt: timeShown(suspendedAt), expiresAt: timeShown(expiresAt) };
}

export function reinstatedOf({ reinstatedAt, ...reinstated }: Reinstated): object {
  return { ...reinstated, reinstatedAt: timeShown(reinstatedAt) };
}
