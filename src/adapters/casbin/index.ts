import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { AccessError, type Decision, type PolicyDecisionPoint, type Question } from '../../core/index.js';
import { Book } from './book.js';
import { Judge } from './judge.js';
import { lint, type PolicyText } from './lint.js';
import { selfTest, type MustDeny } from './selftest.js';

export { defaultPolicy, type DefaultPolicyOptions } from './default-policy.js';
export type { PolicyText } from './lint.js';
export type { MustDeny } from './selftest.js';

export interface CasbinOptions {
  /** A file of rules, several files, or the text itself. */
  readonly policy: string | readonly string[] | PolicyText;
  /** What must be denied: a policy that permits any of it is refused, at the start and at every reload. */
  readonly mustDeny?: readonly MustDeny[];
}

export interface CasbinPolicy extends PolicyDecisionPoint {
  /** Reads the rules again and puts them in force at once. Where they cannot be used, throws CONFIG_INVALID and the old ones stay. */
  reload(): Promise<void>;
}

interface InForce {
  readonly book: Book;
  readonly judge: Judge;
  readonly version: string;
}

/** Policy by Casbin from CSV rules. Throws CONFIG_INVALID with every fault by file and line. */
export async function casbin(options: CasbinOptions): Promise<CasbinPolicy> {
  let inForce = await load(options);
  let loading: Promise<void> = Promise.resolve();
  return {
    get version() {
      return inForce.version;
    },
    decide: (question) => decide(inForce, question),
    holds: (subject, role, connection) => inForce.book.page(subject, connection).roles.includes(role),
    reload() {
      loading = loading.catch(() => undefined).then(async () => {
        inForce = await load(options);
      });
      return loading;
    },
  };
}

async function load({ policy, mustDeny = [] }: CasbinOptions): Promise<InForce> {
  const texts = typeof policy === 'object' && 'text' in policy ? [policy] : await Promise.all([policy].flat().map((path, _index, all) => read(path, all)));
  const book = new Book(lint(texts));
  const judge = new Judge(book);
  await selfTest(judge, book, mustDeny);
  return { book, judge, version: book.version };
}

/** A file by its last name, or by its whole path where two have the same. */
async function read(path: string, all: readonly string[]): Promise<PolicyText> {
  const alone = all.filter((each) => basename(each) === basename(path)).length === 1;
  try {
    return { name: alone ? basename(path) : path, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw new AccessError('CONFIG_INVALID', `the policy ${path} cannot be read`, { cause: error });
  }
}

/** Every ask, for the principal and for the actor: all must be permitted. The version is the one that decided, whatever is loaded meanwhile. */
async function decide({ judge, version }: InForce, { identity, connection, asks }: Question): Promise<Decision> {
  const subjects = new Set([identity.principal.id, identity.actor.id]);
  const verdicts = await Promise.all([...subjects].flatMap((subject) => asks.map((ask) => judge.decide(subject, connection, ask.object, ask.action))));
  const refused = verdicts.filter((verdict) => !verdict.permitted);
  const rules = [...new Set((refused.length > 0 ? refused : verdicts).flatMap((verdict) => verdict.rules))];
  const ids = rules.map((rule) => rule.id);
  if (refused.length > 0 || verdicts.length === 0) return { effect: 'deny', rules: ids, policyVersion: version };
  return { effect: 'permit', rules: ids, policyVersion: version, obligations: rules.flatMap((rule) => rule.obligations.map((each) => ({ ...each, rule: rule.id }))) };
}
