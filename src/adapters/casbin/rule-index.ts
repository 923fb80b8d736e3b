import { createHash } from 'node:crypto';
import { groupBy, createSubjectKey, type Rules } from './lint-policy.js';
import type { Membership, Rule } from './rule.js';

/** What can matter to one subject on one connection: its roles, and the rules of both. */
export interface SubjectRules {
  readonly roles: readonly string[];
  readonly rules: readonly Rule[];
}

/**
 * One version of the rules, indexed by subject and connection, so that what a decision costs follows the rules of its
 * own asker. Casbin's
 * matcher needs `p.sub` to be the asker or a role of theirs and `p.dom` to be the connection; a rule that is neither
 * cannot match, and
 * leaving it out changes no decision.
 */
export class RuleIndex {
  readonly version: string;
  readonly rules: readonly Rule[];
  readonly #rules: Map<string, Rule[]>;
  readonly #memberships: Map<string, Membership[]>;

  constructor({ rules, memberships }: Rules) {
    this.rules = rules;
    this.#rules = groupBy(rules, (rule) => createSubjectKey(rule.subject, rule.connection));
    this.#memberships = groupBy(memberships, (each) => createSubjectKey(each.subject, each.connection));
    const lines = [
      ...rules.map((rule) => JSON.stringify(rule)),
      ...memberships.map((each) => JSON.stringify([each.subject, each.role, each.connection])),
    ];
    this.version = `sha256:${createHash('sha256').update(lines.join('\n')).digest('hex')}`;
  }

  selectRules(subject: string, connection: string): SubjectRules {
    const holders = new Set([subject]);
    for (const holder of holders) {
      for (const { role } of this.#memberships.get(createSubjectKey(holder, connection)) ?? []) holders.add(role);
    }
    const rules = [...holders].flatMap((holder) => this.#rules.get(createSubjectKey(holder, connection)) ?? []);
    holders.delete(subject);
    return { roles: [...holders], rules };
  }
}
