import { AccessError } from '../../core/index.js';
import type { Book } from './book.js';
import type { Judge } from './judge.js';
import { actions } from './rule.js';

/** Something that must never be permitted, whatever the rules say. */
export interface MustDeny {
  /** `<issuer name>:<sub>`. */
  readonly subject: string;
  readonly connection: string;
  readonly object: string;
  readonly action: string;
}

const strangers = ['', 'sallyport:nobody', 'sallyport:*', '*', 'role:', '__proto__', 'constructor'];
const samples = 200;

/** Asks what must be denied. Throws CONFIG_INVALID naming what is permitted: the caller's own list, and strangers on what the rules are about. */
export async function selfTest(judge: Judge, book: Book, mustDeny: readonly MustDeny[]): Promise<void> {
  const permitted: string[] = [];
  const ask = async ({ subject, connection, object, action }: MustDeny): Promise<void> => {
    if ((await judge.decide(subject, connection, object, action)).permitted) permitted.push(`${subject} may ${action} ${object} on ${connection}`);
  };
  for (const each of mustDeny) {
    if (!actions.includes(each.action)) throw new AccessError('CONFIG_INVALID', `mustDeny: ${JSON.stringify(each.action)} is no action`);
    await ask(each);
  }
  const step = Math.max(1, Math.floor(book.rules.length / samples));
  for (let index = 0; index < book.rules.length; index += step) {
    const { connection, object, action, subject } = book.rules[index] as (typeof book.rules)[number];
    const asked = action === '*' ? 'read' : action;
    for (const stranger of [...strangers, ...(subject.startsWith('role:') ? [subject] : [])]) await ask({ subject: stranger, connection, object, action: asked });
  }
  if (permitted.length > 0) throw new AccessError('CONFIG_INVALID', `the policy permits what must be denied:\n${permitted.slice(0, 20).join('\n')}`);
}
