import type { PolicyDecisionPoint } from '../ports.js';

/**
 * The same policy, which says when it came to answer from other rules than before. The recorder keeps what it could not
 * write.
 */
export function watchPolicyVersion(
  policy: PolicyDecisionPoint,
  changed: (before: string, after: string) => Promise<void>,
): PolicyDecisionPoint {
  let last = policy.version;
  return {
    get version() {
      return policy.version;
    },
    ...(policy.holds === undefined
      ? {}
      : { holds: (subject, role, connection) => policy.holds?.(subject, role, connection) ?? false }),
    async decide(question, signal) {
      const decision = await policy.decide(question, signal);
      const [before, after] = [last, policy.version];
      last = after;
      if (before !== after) await changed(before, after).catch(() => undefined);
      return decision;
    },
  };
}
