import { newEnforcer, newModelFromString, type Enforcer } from 'casbin';
import { AccessError, LruCache } from '../../core/index.js';
import type { RuleIndex, SubjectRules } from './rule-index.js';
import { model } from './model.js';
import { objectCovers } from './object-pattern.js';
import { actionCovers, rolePrefix, sameText, type Rule } from './rule.js';

/** One subject's answer to one ask. */
export interface RuleDecision {
  readonly permitted: boolean;
  /** The rules that allowed; where any denied, those. */
  readonly rules: readonly Rule[];
}

interface SubjectEnforcer {
  readonly enforcer: Enforcer;
  readonly rules: SubjectRules;
}

const noDecision: RuleDecision = { permitted: false, rules: [] };

/**
 * Decides with Casbin over one version of the rules. Answers are kept while the version lasts: they depend on nothing
 * else.
 */
export class PolicyEvaluator {
  readonly #index: RuleIndex;
  readonly #enforcers = new LruCache<Promise<SubjectEnforcer>>({ maxEntries: 1_000 });
  readonly #decisions = new LruCache<RuleDecision>({ maxEntries: 20_000, maxBytes: 2 ** 24 });

  constructor(index: RuleIndex) {
    this.#index = index;
  }

  async decide(subject: string, connection: string, object: string, action: string): Promise<RuleDecision> {
    if (![subject, connection, object, action].every((each) => typeof each === 'string')) return noDecision;
    // A role is nobody: whoever calls themselves like one gets nothing.
    if (subject === '' || subject.startsWith(rolePrefix)) return noDecision;
    const key = JSON.stringify([subject, connection, object, action]);
    const known = this.#decisions.get(key);
    if (known !== undefined) return known;
    const { enforcer, rules: page } = await this.#enforcers.getOrCreate(JSON.stringify([subject, connection]), () =>
      this.#createEnforcer(subject, connection),
    );
    const [permitted] = await enforcer.enforceEx(subject, connection, object, action);
    const verdict = explainDecision(page, object, action);
    if (permitted !== verdict.permitted)
      throw new AccessError('POLICY_UNAVAILABLE', 'the policy engine and its explanation disagree');
    this.#decisions.set(key, verdict);
    return verdict;
  }

  async #createEnforcer(subject: string, connection: string): Promise<SubjectEnforcer> {
    const page = this.#index.selectRules(subject, connection);
    const enforcer = await newEnforcer(newModelFromString(model));
    await enforcer.addFunction('sameText', sameText);
    await enforcer.addFunction('objectCovers', objectCovers);
    await enforcer.addFunction('actionCovers', actionCovers);
    const rows = page.rules.map((rule) => [rule.subject, rule.connection, rule.object, rule.action, rule.effect]);
    const distinct = [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
    if (distinct.length > 0) await enforcer.addPolicies(distinct);
    if (page.roles.length > 0)
      await enforcer.addGroupingPolicies(page.roles.map((role) => [subject, role, connection]));
    return { enforcer, rules: page };
  }
}

/** Which rules say so. Casbin names one at most, and none for a denial. */
function explainDecision({ rules }: SubjectRules, object: string, action: string): RuleDecision {
  const matching = rules.filter(
    (rule) => objectCovers(rule.object, object, rule.effect) && actionCovers(rule.action, action),
  );
  const denying = matching.filter((rule) => rule.effect === 'deny');
  return denying.length > 0
    ? { permitted: false, rules: denying }
    : { permitted: matching.length > 0, rules: matching };
}
