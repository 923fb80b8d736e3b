import { AccessError } from '../../core/index.js';
import { checkObligations } from './obligations.js';
import { splitObject, checkPattern } from './object-pattern.js';
import { actions, parseObligations, rolePrefix, schemaActions, type Membership, type Rule } from './rule.js';

/** One file of rules. `name` is what errors call it. */
export interface PolicyText {
  readonly name: string;
  readonly text: string;
}

export interface Rules {
  readonly rules: readonly Rule[];
  readonly memberships: readonly Membership[];
}

export const subjectPattern = /^[A-Za-z][\w.-]*:\S(?:.*\S)?$/;
const connectionPattern = /^[A-Za-z][\w.-]{0,62}$/;

/** Reads and lints every row. Throws one CONFIG_INVALID that names every fault with its file and line. */
export function lintPolicy(texts: readonly PolicyText[]): Rules {
  const faults: string[] = [];
  const rules: (Rule & { readonly at: string })[] = [];
  const memberships: (Membership & { readonly at: string })[] = [];
  for (const { name, text } of texts) {
    let count = 0;
    for (const [index, line] of text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .entries()) {
      const row = line.trim();
      if (row === '' || row.startsWith('#')) continue;
      const at = `${name}:${index + 1}`;
      const fields = splitFields(row);
      if (fields?.[0] === 'p') count += 1;
      const read = fields === undefined ? 'a double quote is not closed' : readRow(fields, `${name}#${count}`);
      if (typeof read === 'string') faults.push(`${at}: ${read}`);
      else if ('role' in read) memberships.push({ ...read, at });
      else rules.push({ ...read, at });
    }
  }
  for (const fault of checkConsistency(rules, memberships)) faults.push(fault);
  if (rules.length === 0 && faults.length === 0) faults.push('there is no rule at all: nobody could do anything');
  if (faults.length > 0)
    throw new AccessError(
      'CONFIG_INVALID',
      `the policy cannot be used:\n${faults.slice(0, 50).join('\n')}${faults.length > 50 ? `\nand ${faults.length - 50} more` : ''}`,
    );
  return { rules: rules.map(stripLocation), memberships: memberships.map(stripLocation) };
}

/** Splits at commas outside double quotes, which are part of an object's name. */
function splitFields(row: string): readonly string[] | undefined {
  const fields: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at <= row.length; at += 1) {
    if (row[at] === '"') quoted = !quoted;
    if (at < row.length && (row[at] !== ',' || quoted)) continue;
    fields.push(row.slice(start, at).trim());
    start = at + 1;
  }
  return quoted ? undefined : fields;
}

function readRow(fields: readonly string[], name: string): Rule | Membership | string {
  if (fields[0] === 'p') return readRule(fields.slice(1), name);
  if (fields[0] === 'g') return readMembership(fields.slice(1));
  return `a row begins with p or g, not ${JSON.stringify(fields[0])}`;
}

function readRule(fields: readonly string[], name: string): Rule | string {
  if (fields.length < 5 || fields.length > 7)
    return `a p row has 5 to 7 fields after p (subject, connection, object, action, effect, obligations, rule id), not ${fields.length}`;
  const [who = '', where = '', object = '', action = '', effect = '', obliged = '', id = ''] = fields;
  if (!subjectPattern.test(who))
    return `${JSON.stringify(who)} is no subject: write <issuer name>:<sub> or role:<name>`;
  if (!connectionPattern.test(where)) return `${JSON.stringify(where)} is no name for a connection`;
  const fault = checkPattern(object);
  if (fault !== undefined) return fault;
  if (effect !== 'allow' && effect !== 'deny') return `the effect is allow or deny, not ${JSON.stringify(effect)}`;
  if (!actions.includes(action) && !(action === '*' && effect === 'deny'))
    return `the action is one of ${actions.join(', ')} (or * in a deny), not ${JSON.stringify(action)}`;
  if (schemaActions.has(action) && splitObject(object)?.length !== 2)
    return `${action} is about a schema: write DATABASE.SCHEMA`;
  const obligations = parseObligations(obliged);
  if (obligations === undefined)
    return `${JSON.stringify(obliged)} are no obligations: write names, each with =value where it needs one`;
  if (effect === 'deny' && obligations.length > 0) return 'a deny carries no obligations';
  const unusable = checkObligations(obligations, action, object);
  if (unusable !== undefined) return unusable;
  return { id: id === '' ? name : id, subject: who, connection: where, object, action, effect, obligations };
}

function readMembership(fields: readonly string[]): Membership | string {
  if (fields.length !== 3) return `a g row has 3 fields after g (subject, role, connection), not ${fields.length}`;
  const [who = '', role = '', where = ''] = fields;
  if (!subjectPattern.test(who))
    return `${JSON.stringify(who)} is no subject: write <issuer name>:<sub> or role:<name>`;
  if (!role.startsWith(rolePrefix) || !subjectPattern.test(role))
    return `${JSON.stringify(role)} is no role: write role:<name>`;
  return connectionPattern.test(where)
    ? { subject: who, role, connection: where }
    : `${JSON.stringify(where)} is no name for a connection`;
}

type Located<T> = T & { readonly at: string };

/** Where a row stands is for faults only: it changes nothing that the row means, and so not the version. */
function stripLocation<T extends object>({ at: _at, ...meaning }: Located<T>): Omit<Located<T>, 'at'> {
  return meaning;
}

/** What is wrong between rows: names used twice, roles that lead nowhere, roles that hold themselves. */
function checkConsistency(rules: readonly Located<Rule>[], memberships: readonly Located<Membership>[]): string[] {
  const faults: string[] = [];
  const ids = new Map<string, string>();
  for (const { id, at } of rules) {
    const first = ids.get(id);
    if (first === undefined) ids.set(id, at);
    else faults.push(`${at}: the rule id ${id} is used already at ${first}`);
  }
  const known = new Set([
    ...rules.map((rule) => createSubjectKey(rule.subject, rule.connection)),
    ...memberships.map((each) => createSubjectKey(each.subject, each.connection)),
  ]);
  for (const { role, connection: where, at } of memberships) {
    if (!known.has(createSubjectKey(role, where))) faults.push(`${at}: ${role} has no rule on ${where}`);
  }
  return [...faults, ...findCycles(memberships)];
}

function findCycles(memberships: readonly Located<Membership>[]): string[] {
  const held = groupBy(memberships, (each) => createSubjectKey(each.subject, each.connection));
  const state = new Map<string, 'open' | 'done'>();
  const faults: string[] = [];
  for (const start of held.keys()) {
    const stack = [{ key: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1) as { key: string; next: number };
      if (top.next === 0) state.set(top.key, 'open');
      const edge = held.get(top.key)?.[top.next];
      top.next += 1;
      if (edge === undefined) {
        state.set(top.key, 'done');
        stack.pop();
        continue;
      }
      const to = createSubjectKey(edge.role, edge.connection);
      if (state.get(to) === 'open') faults.push(`${edge.at}: ${edge.role} ends up holding itself`);
      else if (state.get(to) === undefined) stack.push({ key: to, next: 0 });
    }
  }
  return faults;
}

/** The items by a key, in order. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** A subject on a connection; neither may hold a line break. */
export function createSubjectKey(who: string, where: string): string {
  return `${where}\n${who}`;
}
