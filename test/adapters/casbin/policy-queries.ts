import { casbin, type CasbinOptions } from '../../../src/adapters/casbin/index.js';
import type { Decision, PolicyDecisionPoint } from '../../../src/core/index.js';

export const policyOf = (text: string, more: Partial<CasbinOptions> = {}) =>
  casbin({ policy: { name: 'policy.csv', text }, ...more });

const named = (id: string) => ({ id, subject: id, issuer: 'idp' });

/** Asks for one subject that acts for itself. */
export function ask(
  policy: PolicyDecisionPoint,
  id: string,
  action: string,
  object: string,
  connection = 'warehouse',
  actor = id,
): Promise<Decision> {
  return policy.decide(
    {
      identity: { principal: named(id), actor: named(actor), expiresAt: Number.MAX_SAFE_INTEGER },
      connection,
      asks: [{ action, object }],
      context: {},
    },
    new AbortController().signal,
  );
}
