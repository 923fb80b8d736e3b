import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { AccessError, readOptions, type Decision, type OptionNames, type PolicyDecisionPoint, type Question } from '../../core/index.js';
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
  let inForce = await load(settingsOf(options));
  let loading: Promise<void> = Promise.resolve();
  return {
    get version() {
      return inForce.version;
    },
    decide: (question) => decide(inForce, question),
    holds: (subject, role, connection) => inForce.book.page(subject, connection).roles.includes(role),
    reload() {
      loading = loading.catch(() => undefined).then(async () => {
        inForce = await load(settingsOf(options));
      });
      return loading;
    },
  };
}

interface Settings {
  /** Paths, or the text itself. */
  readonly policy: readonly string[] | PolicyText;
  readonly mustDeny: readonly MustDeny[];
}

const names: OptionNames<CasbinOptions> = { policy: true, mustDeny: true };
const textNames: OptionNames<PolicyText> = { name: true, text: true };
const denyNames: OptionNames<MustDeny> = { subject: true, connection: true, object: true, action: true };

/** Read again at each reload: a text may be another one then. Throws CONFIG_INVALID. */
function settingsOf(options: CasbinOptions): Settings {
  const { policy, mustDeny = [] } = readOptions<CasbinOptions>(options, names, 'casbin');
  if (!Array.isArray(mustDeny)) throw invalid('mustDeny must be a list');
  const denied = mustDeny.map((each) => readOptions<MustDeny>(each, denyNames, 'casbin: mustDeny'));
  for (const each of denied) for (const name of Object.keys(denyNames)) if (!isText(each[name as keyof MustDeny])) throw invalid(`mustDeny: ${name} must be a text`);
  const paths = [policy].flat();
  if (paths.length > 0 && paths.every(isText)) return { policy: paths, mustDeny: denied };
  if (Array.isArray(policy) || typeof policy !== 'object') throw invalid('policy must be a file, a list of files, or { name, text }');
  const text = readOptions<PolicyText>(policy, textNames, 'casbin: policy');
  if (!isText(text.name) || typeof text.text !== 'string') throw invalid('policy must have a name and a text');
  return { policy: text, mustDeny: denied };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function invalid(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `casbin: ${message}`);
}

async function load({ policy, mustDeny }: Settings): Promise<InForce> {
  const texts = 'text' in policy ? [policy] : await Promise.all(policy.map((path, _index, all) => read(path, all)));
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
