import type { RequestedAction, Obligation, PolicyDecisionPoint, Question } from '../../core/index.js';

/** One rule. `*` stands for anything; an `object` may end in `.*`. */
export interface MemoryRule {
  readonly id: string;
  /** The id of a principal or actor, such as `idp:alice`. */
  readonly subject: string;
  readonly connection: string;
  readonly object: string;
  readonly action: string;
  /** Default `permit`. */
  readonly effect?: 'permit' | 'deny';
  readonly obligations?: readonly Obligation[];
}

/**
 * A policy in a list: silence denies, deny wins, and actor and principal must both be permitted. For tests and trials.
 */
export function memoryPolicy(rules: readonly MemoryRule[], version = 'memory:1'): PolicyDecisionPoint {
  return {
    version,
    async decide(question) {
      const subjects = new Set([question.identity.principal.id, question.identity.actor.id]);
      const hits = [...subjects].flatMap((subject) =>
        question.asks.map((ask) => rules.filter((rule) => matchesRule(rule, subject, question, ask))),
      );
      const denying = hits.flat().filter((rule) => rule.effect === 'deny');
      if (denying.length > 0 || hits.some((each) => each.length === 0))
        return { effect: 'deny', rules: listRuleIds(denying), policyVersion: version };
      const all = hits.flat();
      return {
        effect: 'permit',
        rules: listRuleIds(all),
        policyVersion: version,
        obligations: [...new Set(all)].flatMap(listObligations),
      };
    },
  };
}

function matchesRule(rule: MemoryRule, subject: string, { connection }: Question, ask: RequestedAction): boolean {
  return (
    matchesPattern(rule.subject, subject) &&
    matchesPattern(rule.connection, connection) &&
    matchesPattern(rule.object, ask.object) &&
    matchesPattern(rule.action, ask.action)
  );
}

function matchesPattern(pattern: string, value: string): boolean {
  return pattern === '*' || pattern === value || (pattern.endsWith('.*') && value.startsWith(pattern.slice(0, -1)));
}

function listObligations({ id, obligations = [] }: MemoryRule): readonly Obligation[] {
  return obligations.map((each) => ({ ...each, rule: id }));
}

function listRuleIds(rules: readonly MemoryRule[]): string[] {
  return [...new Set(rules.map((rule) => rule.id))];
}
