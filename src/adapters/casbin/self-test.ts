import { AccessError } from '../../core/index.js';
import type { RuleIndex } from './rule-index.js';
import type { PolicyEvaluator } from './policy-evaluator.js';
import { subjectPattern as subjectForm } from './lint-policy.js';
import { checkPattern } from './object-pattern.js';
import { actions, rolePrefix } from './rule.js';

/** Something that must never be permitted, whatever the rules say. */
export interface MustDeny {
  /** `<issuer name>:<sub>`. */
  readonly subject: string;
  readonly connection: string;
  readonly object: string;
  readonly action: string;
}

const unknownSubjects = ['', 'sallyport:nobody', 'sallyport:*', '*', 'role:', '__proto__', 'constructor'];
const maxSamples = 200;

/**
 * Asks what must be denied. Throws CONFIG_INVALID naming what is permitted: the caller's own list, and strangers on
 * what the rules are about.
 */
export async function runSelfTest(
  judge: PolicyEvaluator,
  ruleIndex: RuleIndex,
  mustDeny: readonly MustDeny[],
): Promise<void> {
  const permitted: string[] = [];
  const ask = async ({ subject, connection, object, action }: MustDeny): Promise<void> => {
    if ((await judge.decide(subject, connection, object, action)).permitted)
      permitted.push(`${subject} may ${action} ${object} on ${connection}`);
  };
  for (const each of mustDeny) {
    const fault = checkMustDeny(each, ruleIndex);
    if (fault !== undefined) throw new AccessError('CONFIG_INVALID', `mustDeny: ${fault}`);
    await ask(each);
  }
  const step = Math.max(1, Math.floor(ruleIndex.rules.length / maxSamples));
  for (let index = 0; index < ruleIndex.rules.length; index += step) {
    const { connection, object, action, subject } = ruleIndex.rules[index] as (typeof ruleIndex.rules)[number];
    const asked = action === '*' ? 'read' : action;
    for (const stranger of [...unknownSubjects, ...(subject.startsWith('role:') ? [subject] : [])])
      await ask({ subject: stranger, connection, object, action: asked });
  }
  if (permitted.length > 0)
    throw new AccessError(
      'CONFIG_INVALID',
      `the policy permits what must be denied:\n${permitted.slice(0, 20).join('\n')}`,
    );
}

/** What makes a test of nothing: nonsense is always denied. */
function checkMustDeny({ subject, connection, object, action }: MustDeny, index: RuleIndex): string | undefined {
  if (!subjectForm.test(subject) || subject.startsWith(rolePrefix))
    return `${JSON.stringify(subject)} is nobody: write <issuer name>:<sub>`;
  if (!index.rules.some((rule) => rule.connection === connection))
    return `no rule is about the connection ${JSON.stringify(connection)}`;
  if (checkPattern(object) !== undefined || object.includes('*')) return `${JSON.stringify(object)} is no object`;
  return actions.includes(action) ? undefined : `${JSON.stringify(action)} is no action`;
}
