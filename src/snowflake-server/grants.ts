import { adminRole, type Privilege } from './catalog.js';
import { serverErrors } from './server-error.js';
import { listActiveRoles, doneResult, type CommandContext } from './command-context.js';
import type { TokenReader } from './tokenizer.js';
import type { ResultTable } from './wire-format.js';

export function createRole(read: TokenReader, ground: CommandContext): ResultTable {
  const { catalog, session } = ground;
  if (!catalog.may(listActiveRoles(ground), 'CREATE ROLE', 'ACCOUNT', 'ACCOUNT'))
    throw serverErrors.role('Insufficient privileges to operate on account');
  const lenient = read.accept('IF', 'NOT', 'EXISTS');
  const name = read.requireSingleName();
  const comment = read.accept('COMMENT', '=') ? (read.readValue() ?? '') : '';
  if (!(lenient && catalog.roles.has(name))) catalog.createRole(name, session.role, comment);
  return doneResult;
}

export function dropRole(read: TokenReader, ground: CommandContext): ResultTable {
  const { catalog } = ground;
  const lenient = read.accept('IF', 'EXISTS');
  const name = read.requireSingleName();
  if (lenient && !catalog.roles.has(name)) return doneResult;
  const role = catalog.role(name);
  if (name === adminRole || !catalog.reach(listActiveRoles(ground)).has(role.owner))
    throw serverErrors.role(`Insufficient privileges to operate on role '${name}'`);
  catalog.dropRole(name);
  return doneResult;
}

/** GRANT and REVOKE: of a role, of a role's ownership, of a database role, of privileges. */
export async function changeGrant(
  read: TokenReader,
  ground: CommandContext,
  preposition: 'TO' | 'FROM',
): Promise<ResultTable> {
  const { catalog } = ground;
  const giving = preposition === 'TO';
  if (read.accept('OWNERSHIP', 'ON', 'ROLE')) return transferOwnership(read, ground);
  if (read.accept('DATABASE', 'ROLE')) {
    const each: Privilege = { privilege: 'USAGE', on: 'DATABASE_ROLE', name: read.requireDottedName() };
    if (!catalog.manages(listActiveRoles(ground))) throw serverErrors.role('Insufficient privileges');
    if (!read.accept(preposition, 'ROLE')) throw serverErrors.syntax(`${preposition} ROLE is expected`);
    if (giving) catalog.grant(read.requireSingleName(), each);
    else catalog.revoke(read.requireSingleName(), each);
    return doneResult;
  }
  if (read.accept('ROLE')) {
    const role = catalog.role(read.requireSingleName());
    if (!catalog.rules(listActiveRoles(ground), role))
      throw serverErrors.role(`Insufficient privileges to operate on role '${role.name}'`);
    if (!read.accept(preposition)) throw serverErrors.syntax(`${preposition} is expected`);
    const holders = read.accept('USER')
      ? catalog.user(read.requireSingleName()).granted
      : (read.accept('ROLE'), catalog.role(read.requireSingleName()).roles);
    if (giving) holders.add(role.name);
    else holders.delete(role.name);
    return doneResult;
  }
  await changePrivileges(read, ground, giving, preposition);
  return doneResult;
}

function transferOwnership(read: TokenReader, ground: CommandContext): ResultTable {
  const { catalog } = ground;
  const role = catalog.role(read.requireSingleName());
  if (!catalog.rules(listActiveRoles(ground), role))
    throw serverErrors.role(`Insufficient privileges to operate on role '${role.name}'`);
  if (!read.accept('TO', 'ROLE')) throw serverErrors.syntax('TO ROLE is expected');
  const owner = catalog.role(read.requireSingleName()).name;
  if (!read.accept('COPY', 'CURRENT', 'GRANTS') && !read.accept('REVOKE', 'CURRENT', 'GRANTS') && !read.ended)
    throw serverErrors.syntax('unexpected words after the new owner');
  role.owner = owner;
  return doneResult;
}

/** What privileges are on: one object, all that there are of a kind in a schema, or all that will be. */
interface GrantTarget {
  readonly on: string;
  readonly name: string;
  readonly reach: 'one' | 'all' | 'future';
}

async function changePrivileges(
  read: TokenReader,
  ground: CommandContext,
  giving: boolean,
  preposition: string,
): Promise<void> {
  const { catalog } = ground;
  const names = readPrivilegeNames(read);
  const target = readTarget(read);
  if (!read.accept(preposition)) throw serverErrors.syntax(`${preposition} is expected`);
  read.accept('ROLE');
  const role = read.requireSingleName();
  if (
    !catalog.manages(listActiveRoles(ground)) &&
    !catalog.may(listActiveRoles(ground), 'OWNERSHIP', target.on, target.name)
  )
    throw serverErrors.role('Insufficient privileges');
  for (const name of await listTargets(target, ground)) {
    for (const privilege of names) {
      const each: Privilege = { privilege, on: target.on, name };
      if (target.reach === 'future') changeFuture(role, each, giving, ground);
      else if (giving) catalog.grant(role, each);
      else catalog.revoke(role, each);
    }
  }
}

function changeFuture(role: string, each: Privilege, giving: boolean, { catalog }: CommandContext): void {
  if (giving) catalog.grantFuture(role, each);
  else catalog.revokeFuture(role, each);
}

/** `SELECT, CREATE TABLE ON`. */
function readPrivilegeNames(read: TokenReader): readonly string[] {
  const names: string[] = [];
  for (let words: string[] = []; ;) {
    const end = read.accept('ON') ? 'on' : read.accept(',') ? 'comma' : undefined;
    if (end !== undefined) {
      names.push(words.join(' ').replace(/^ALL PRIVILEGES$/, 'ALL'));
      words = [];
      if (end === 'on') return names;
      continue;
    }
    const word = read.readValue();
    if (word === undefined) throw serverErrors.syntax('ON is expected');
    words.push(word);
  }
}

function readTarget(read: TokenReader): GrantTarget {
  const reach = read.accept('FUTURE') ? 'future' : read.accept('ALL') ? 'all' : 'one';
  if (reach !== 'one') {
    const words: string[] = [];
    while (!read.accept('IN')) words.push(read.readValue() ?? failMissingWord('IN'));
    if (!read.accept('SCHEMA') && !read.accept('DATABASE')) throw serverErrors.syntax('SCHEMA or DATABASE is expected');
    return { on: words.join('_').replace(/S$/, ''), name: read.requireDottedName(), reach };
  }
  const on = read.readValue() ?? '';
  return { on, name: on === 'ACCOUNT' ? 'ACCOUNT' : read.requireDottedName(), reach };
}

/** There are tables and views here; of other kinds there are none. */
async function listTargets({ on, name, reach }: GrantTarget, ground: CommandContext): Promise<readonly string[]> {
  if (reach !== 'all') return [name];
  const there = on === 'TABLE' ? await ground.tables() : on === 'VIEW' ? await ground.views() : [];
  return there.filter((each) => each.startsWith(`${name}.`));
}

function failMissingWord(word: string): never {
  throw serverErrors.syntax(`${word} is expected`);
}
