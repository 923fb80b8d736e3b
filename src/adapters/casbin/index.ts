import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  AccessError,
  readOptions,
  type Decision,
  type OptionNames,
  type PolicyDecisionPoint,
  type Question,
} from '../../core/index.js';
import { RuleIndex } from './rule-index.js';
import { PolicyEvaluator } from './policy-evaluator.js';
import { lintPolicy, type PolicyText } from './lint-policy.js';
import { runSelfTest, type MustDeny } from './self-test.js';

export { defaultPolicy, type DefaultPolicyOptions } from './default-policy.js';
export type { PolicyText } from './lint-policy.js';
export type { MustDeny } from './self-test.js';

export interface CasbinOptions {
  /** A file of rules, several files, or the text itself. */
  readonly policy: string | readonly string[] | PolicyText;
  /** What must be denied: a policy that permits any of it is refused, at the start and at every reload. */
  readonly mustDeny?: readonly MustDeny[];
}

export interface CasbinPolicy extends PolicyDecisionPoint {
  /**
   * Reads the rules again and puts them in force at once. Where they cannot be used, throws CONFIG_INVALID and the old
   * ones stay.
   */
  reload(): Promise<void>;
}

interface ActivePolicy {
  readonly index: RuleIndex;
  readonly evaluator: PolicyEvaluator;
  readonly version: string;
}

/** Policy by Casbin from CSV rules. Throws CONFIG_INVALID with every fault by file and line. */
export async function casbin(options: CasbinOptions): Promise<CasbinPolicy> {
  let inForce = await loadPolicy(resolveSettings(options));
  let loading: Promise<void> = Promise.resolve();
  return {
    get version() {
      return inForce.version;
    },
    decide: (question) => decideQuery(inForce, question),
    holds: (subject, role, connection) => inForce.index.selectRules(subject, connection).roles.includes(role),
    reload() {
      loading = loading
        .catch(() => undefined)
        .then(async () => {
          inForce = await loadPolicy(resolveSettings(options));
        });
      return loading;
    },
  };
}

interface CasbinSettings {
  /** Paths, or the text itself. */
  readonly policy: readonly string[] | PolicyText;
  readonly mustDeny: readonly MustDeny[];
}

const optionNames: OptionNames<CasbinOptions> = { policy: true, mustDeny: true };
const policyTextNames: OptionNames<PolicyText> = { name: true, text: true };
const mustDenyNames: OptionNames<MustDeny> = { subject: true, connection: true, object: true, action: true };

/** Read again at each reload: a text may be another one then. Throws CONFIG_INVALID. */
function resolveSettings(options: CasbinOptions): CasbinSettings {
  const { policy, mustDeny = [] } = readOptions<CasbinOptions>(options, optionNames, 'casbin');
  if (!Array.isArray(mustDeny)) throw createConfigError('mustDeny must be a list');
  const denied = mustDeny.map((each) => readOptions<MustDeny>(each, mustDenyNames, 'casbin: mustDeny'));
  for (const each of denied)
    for (const name of Object.keys(mustDenyNames))
      if (!isNonEmptyString(each[name as keyof MustDeny])) throw createConfigError(`mustDeny: ${name} must be a text`);
  const paths = [policy].flat();
  if (paths.length > 0 && paths.every(isNonEmptyString)) return { policy: paths, mustDeny: denied };
  if (Array.isArray(policy) || typeof policy !== 'object')
    throw createConfigError('policy must be a file, a list of files, or { name, text }');
  const text = readOptions<PolicyText>(policy, policyTextNames, 'casbin: policy');
  if (!isNonEmptyString(text.name) || typeof text.text !== 'string')
    throw createConfigError('policy must have a name and a text');
  return { policy: text, mustDeny: denied };
}

function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `casbin: ${message}`);
}

async function loadPolicy({ policy, mustDeny }: CasbinSettings): Promise<ActivePolicy> {
  const texts =
    'text' in policy ? [policy] : await Promise.all(policy.map((path, _index, all) => readPolicyFile(path, all)));
  const index = new RuleIndex(lintPolicy(texts));
  const judge = new PolicyEvaluator(index);
  await runSelfTest(judge, index, mustDeny);
  return { index, evaluator: judge, version: index.version };
}

/** A file by its last name, or by its whole path where two have the same. */
async function readPolicyFile(path: string, all: readonly string[]): Promise<PolicyText> {
  const alone = all.filter((each) => basename(each) === basename(path)).length === 1;
  try {
    return { name: alone ? basename(path) : path, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw new AccessError('CONFIG_INVALID', `the policy ${path} cannot be read`, { cause: error });
  }
}

/**
 * Every ask, for the principal and for the actor: all must be permitted. The version is the one that decided, whatever
 * is loaded meanwhile.
 */
async function decideQuery(
  { evaluator: judge, version }: ActivePolicy,
  { identity, connection, asks }: Question,
): Promise<Decision> {
  const subjects = new Set([identity.principal.id, identity.actor.id]);
  const verdicts = await Promise.all(
    [...subjects].flatMap((subject) => asks.map((ask) => judge.decide(subject, connection, ask.object, ask.action))),
  );
  const refused = verdicts.filter((verdict) => !verdict.permitted);
  const rules = [...new Set((refused.length > 0 ? refused : verdicts).flatMap((verdict) => verdict.rules))];
  const ids = rules.map((rule) => rule.id);
  if (refused.length > 0 || verdicts.length === 0) return { effect: 'deny', rules: ids, policyVersion: version };
  return {
    effect: 'permit',
    rules: ids,
    policyVersion: version,
    obligations: rules.flatMap((rule) => rule.obligations.map((each) => ({ ...each, rule: rule.id }))),
  };
}
