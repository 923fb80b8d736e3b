/** Why somebody may not decide, in words for them. */
export const reviewDenialTexts: Readonly<Record<string, string>> = {
  'review.self':
    'You cannot decide on this one: you asked for it, it was asked for you, or it was asked by your own agent. Somebody else must review it.',
  'review.role': 'You cannot decide on this one: the rule asks for reviewers of another role.',
  'review.not_permitted': 'You cannot decide on this one: no rule lets you review it.',
  'review.scope': 'You cannot decide: your sign-in is not one for reviewing.',
  'review.delegated': 'You cannot decide: a delegated identity cannot review.',
  'review.agent': 'You cannot decide: this identity has an owner, so it is an agent.',
  'review.open': 'The session is still open. Revoke it, or review it after it has ended.',
  'suspension.self': 'You cannot do this for yourself, or for an agent that you answer for. Another reviewer has to.',
  'suspension.nothing': 'You cannot suspend anybody: no rule lets you oversee a schema.',
  'suspension.unknown': 'It is not suspended on anything that you oversee, or not any more.',
  'suspension.full': 'Too many suspensions hold. Reinstate some, or revoke the sessions.',
  'approval.state': 'It is no longer pending.',
  'approval.policy': 'The policy has changed since it was asked for. It must be asked for again.',
  'approval.twice': 'You have answered already. It waits for somebody else.',
  'approval.digest': 'What you decided on is not what is asked for.',
};

/** The states of an approval, in words. */
export const stateTexts: Readonly<Record<string, string>> = {
  pending: 'waiting',
  approved: 'approved, not used yet',
  rejected: 'rejected',
  expired: 'expired',
  void: 'void',
  used: 'approved and used',
};

/** Why an approval is over without anybody's answer. */
export const endingTexts: Readonly<Record<string, string>> = {
  time: 'Nobody answered, or used the answer, in time.',
  session_closed: 'Its session was closed.',
  session_expired: 'Its session reached its deadline.',
  session_revoked: 'Its session was revoked.',
  actor_suspended: 'A reviewer suspended the actor.',
  policy_changed: 'The policy has changed and would answer otherwise.',
  gateway_stopped: 'The gateway was stopped while it waited.',
};

/** The events of the record, in words; those that are not here are shown by their code. */
export const eventTexts: Readonly<Record<string, string>> = {
  'session.requested': 'asked to open a session',
  'session.approval_requested': 'waiting for approval to open',
  'session.approved': 'approved',
  'session.denied': 'session refused',
  'session.opened': 'session opened',
  'session.failed': 'session did not open',
  'session.closed': 'session closed',
  'session.expired': 'session reached its deadline',
  'session.revoked': 'session revoked',
  'statement.authorized': 'statement authorized',
  'statement.denied': 'statement refused',
  'statement.approval_requested': 'statement waiting for approval',
  'statement.approval_decided': 'decision on a held statement',
  'statement.executed': 'statement ran',
  'statement.failed': 'statement failed',
  'statement.delivered': 'rows delivered',
  'statement.replayed': 'earlier result returned again',
  'statement.unresolved': 'outcome unknown',
  'grant.applied': 'grant applied at the engine',
  'grant.removed': 'grant removed at the engine',
  'breakglass.activated': 'break-glass access activated',
  'breakglass.reviewed': 'break-glass review completed',
  'policy.changed': 'policy changed',
  'engine.disagrees': 'engine disagrees with the analysis',
  'identity.shared': 'identity used from two places at once',
  'clock.changed': 'clock changed',
  'actor.suspended': 'agent suspended',
  'actor.reinstated': 'agent reinstated',
  'actor.limited': 'asked more than is allowed',
  'identity.refused': 'credentials refused',
  'audit.removed': 'oldest part of the record removed',
};

/** "1 character", "3 characters". */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
