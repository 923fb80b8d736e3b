import { newEnforcer, newModelFromString, type Enforcer } from 'casbin';
import { AccessError, Kept } from '../../core/index.js';
import type { Book, Page } from './book.js';
import { model } from './model.js';
import { objectCovers } from './pattern.js';
import { actionCovers, rolePrefix, sameText, type Rule } from './rule.js';

/** One subject's answer to one ask. */
export interface Verdict {
  readonly permitted: boolean;
  /** The rules that allowed; where any denied, those. */
  readonly rules: readonly Rule[];
}

interface Bench {
  readonly enforcer: Enforcer;
  readonly page: Page;
}

const nothing: Verdict = { permitted: false, rules: [] };

/** Decides with Casbin over one version of the rules. Answers are kept while the version lasts: they depend on nothing else. */
export class Judge {
  readonly #book: Book;
  readonly #benches = new Kept<Promise<Bench>>({ most: 1_000 });
  readonly #verdicts = new Kept<Verdict>({ most: 20_000, bytes: 2 ** 24 });

  constructor(book: Book) {
    this.#book = book;
  }

  async decide(subject: string, connection: string, object: string, action: string): Promise<Verdict> {
    if (![subject, connection, object, action].every((each) => typeof each === 'string')) return nothing;
    // A role is nobody: whoever calls themselves like one gets nothing.
    if (subject === '' || subject.startsWith(rolePrefix)) return nothing;
    const key = JSON.stringify([subject, connection, object, action]);
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const { enforcer, page } = await this.#benches.take(JSON.stringify([subject, connection]), () => this.#bench(subject, connection));
    const [permitted] = await enforcer.enforceEx(subject, connection, object, action);
    const verdict = explain(page, object, action);
    if (permitted !== verdict.permitted) throw new AccessError('POLICY_UNAVAILABLE', 'the policy engine and its explanation disagree');
    this.#verdicts.put(key, verdict);
    return verdict;
  }

  async #bench(subject: string, connection: string): Promise<Bench> {
    const page = this.#book.page(subject, connection);
    const enforcer = await newEnforcer(newModelFromString(model));
    await enforcer.addFunction('sameText', sameText);
    await enforcer.addFunction('objectCovers', objectCovers);
    await enforcer.addFunction('actionCovers', actionCovers);
    const rows = page.rules.map((rule) => [rule.subject, rule.connection, rule.object, rule.action, rule.effect]);
    const distinct = [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
    if (distinct.length > 0) await enforcer.addPolicies(distinct);
    if (page.roles.length > 0) await enforcer.addGroupingPolicies(page.roles.map((role) => [subject, role, connection]));
    return { enforcer, page };
  }
}

/** Which rules say so. Casbin names one at most, and none for a denial. */
function explain({ rules }: Page, object: string, action: string): Verdict {
  const matching = rules.filter((rule) => objectCovers(rule.object, object, rule.effect) && actionCovers(rule.action, action));
  const denying = matching.filter((rule) => rule.effect === 'deny');
  return denying.length > 0 ? { permitted: false, rules: denying } : { permitted: matching.length > 0, rules: matching };
}
