import type { ApprovalView, BreakGlassReview, Reinstated, Suspension } from '../../core/index.js';
import { formatTime } from '../../http/server/serialize.js';

export function serializeApproval({
  decisions,
  requestedAt,
  expiresAt,
  ttlMs,
  terms,
  ...approval
}: ApprovalView): object {
  return {
    ...approval,
    ...(ttlMs === undefined ? {} : { ttlSeconds: Math.floor(ttlMs / 1_000) }),
    terms: terms.map(({ reviewers, quorum }) => ({ ...(reviewers === undefined ? {} : { reviewers }), quorum })),
    decisions: decisions.map(({ at, ...decision }) => ({ ...decision, at: formatTime(at) })),
    requestedAt: formatTime(requestedAt),
    expiresAt: formatTime(expiresAt),
  };
}

export function serializeReview({ openedAt, signed, ...review }: BreakGlassReview): object {
  return {
    ...review,
    openedAt: formatTime(openedAt),
    ...(signed === undefined ? {} : { signed: { ...signed, at: formatTime(signed.at) } }),
  };
}

/** One that begins says besides what it ended. */
export function serializeSuspension({ suspendedAt, expiresAt, ...suspension }: Suspension): object {
  return { ...suspension, suspendedAt: formatTime(suspendedAt), expiresAt: formatTime(expiresAt) };
}

export function serializeReinstatement({ reinstatedAt, ...reinstated }: Reinstated): object {
  return { ...reinstated, reinstatedAt: formatTime(reinstatedAt) };
}
