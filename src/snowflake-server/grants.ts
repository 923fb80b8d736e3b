import { admin, type Privilege } from './catalog.js';
import { failures } from './failure.js';
import { activeRoles, done, type Ground } from './ground.js';
import type { Reader } from './tokens.js';
import type { Answer } from './wire.js';

export function createRole(read: Reader, ground: Ground): Answer {
  const { catalog, session } = ground;
  if (!catalog.may(activeRoles(ground), 'CREATE ROLE', 'ACCOUNT', 'ACCOUNT')) throw failures.role('Insufficient privileges to operate on account');
  const lenient = read.take('IF', 'NOT', 'EXISTS');
  const name = read.one();
  const comment = read.take('COMMENT', '=') ? (read.value() ?? '') : '';
  if (!(lenient && catalog.roles.has(name))) catalog.createRole(name, session.role, comment);
  return done;
}

export function dropRole(read: Reader, ground: Ground): Answer {
  const { catalog } = ground;
  const lenient = read.take('IF', 'EXISTS');
  const name = read.one();
  if (lenient && !catalog.roles.has(name)) return done;
  const role = catalog.role(name);
  if (name === admin || !catalog.reach(activeRoles(ground)).has(role.owner)) throw failures.role(`Insufficient privileges to operate on role '${name}'`);
  catalog.dropRole(name);
  return done;
}

/** GRANT and REVOKE: of a role, of a role's ownership, of a database role, of privileges. */
export async function grant(read: Reader, ground: Ground, preposition: 'TO' | 'FROM'): Promise<Answer> {
  const { catalog } = ground;
  const giving = preposition === 'TO';
  if (read.take('OWNERSHIP', 'ON', 'ROLE')) return handOver(read, ground);
  if (read.take('DATABASE', 'ROLE')) {
    const each: Privilege = { privilege: 'USAGE', on: 'DATABASE_ROLE', name: read.dotted() };
    if (!catalog.manages(activeRoles(ground))) throw failures.role('Insufficient privileges');
    if (!read.take(preposition, 'ROLE')) throw failures.syntax(`${preposition} ROLE is expected`);
    if (giving) catalog.grant(read.one(), each);
    else catalog.revoke(read.one(), each);
    return done;
  }
  if (read.take('ROLE')) {
    const role = catalog.role(read.one());
    if (!catalog.rules(activeRoles(ground), role)) throw failures.role(`Insufficient privileges to operate on role '${role.name}'`);
    if (!read.take(preposition)) throw failures.syntax(`${preposition} is expected`);
    const holders = read.take('USER') ? catalog.user(read.one()).granted : (read.take('ROLE'), catalog.role(read.one()).roles);
    if (giving) holders.add(role.name);
    else holders.delete(role.name);
    return done;
  }
  await privileges(read, ground, giving, preposition);
  return done;
}

function handOver(read: Reader, ground: Ground): Answer {
  const { catalog } = ground;
  const role = catalog.role(read.one());
  if (!catalog.rules(activeRoles(ground), role)) throw failures.role(`Insufficient privileges to operate on role '${role.name}'`);
  if (!read.take('TO', 'ROLE')) throw failures.syntax('TO ROLE is expected');
  const owner = catalog.role(read.one()).name;
  if (!read.take('COPY', 'CURRENT', 'GRANTS') && !read.take('REVOKE', 'CURRENT', 'GRANTS') && !read.ended) throw failures.syntax('unexpected words after the new owner');
  role.owner = owner;
  return done;
}

/** What privileges are on: one object, all that there are of a kind in a schema, or all that will be. */
interface Target {
  readonly on: string;
  readonly name: string;
  readonly reach: 'one' | 'all' | 'future';
}

async function privileges(read: Reader, ground: Ground, giving: boolean, preposition: string): Promise<void> {
  const { catalog } = ground;
  const names = namesOf(read);
  const target = targetOf(read);
  if (!read.take(preposition)) throw failures.syntax(`${preposition} is expected`);
  read.take('ROLE');
  const role = read.one();
  if (!catalog.manages(activeRoles(ground)) && !catalog.may(activeRoles(ground), 'OWNERSHIP', target.on, target.name)) throw failures.role('Insufficient privileges');
  for (const name of await objectsOf(target, ground)) {
    for (const privilege of names) {
      const each: Privilege = { privilege, on: target.on, name };
      if (target.reach === 'future') changeFuture(role, each, giving, ground);
      else if (giving) catalog.grant(role, each);
      else catalog.revoke(role, each);
    }
  }
}

function changeFuture(role: string, each: Privilege, giving: boolean, { catalog }: Ground): void {
  if (giving) catalog.grantFuture(role, each);
  else catalog.revokeFuture(role, each);
}

/** `SELECT, CREATE TABLE ON`. */
function namesOf(read: Reader): readonly string[] {
  const names: string[] = [];
  for (let words: string[] = []; ; ) {
    const end = read.take('ON') ? 'on' : read.take(',') ? 'comma' : undefined;
    if (end !== undefined) {
      names.push(words.join(' ').replace(/^ALL PRIVILEGES$/, 'ALL'));
      words = [];
      if (end === 'on') return names;
      continue;
    }
    const word = read.value();
    if (word === undefined) throw failures.syntax('ON is expected');
    words.push(word);
  }
}

function targetOf(read: Reader): Target {
  const reach = read.take('FUTURE') ? 'future' : read.take('ALL') ? 'all' : 'one';
  if (reach !== 'one') {
    const words: string[] = [];
    while (!read.take('IN')) words.push(read.value() ?? missing('IN'));
    if (!read.take('SCHEMA') && !read.take('DATABASE')) throw failures.syntax('SCHEMA or DATABASE is expected');
    return { on: words.join('_').replace(/S$/, ''), name: read.dotted(), reach };
  }
  const on = read.value() ?? '';
  return { on, name: on === 'ACCOUNT' ? 'ACCOUNT' : read.dotted(), reach };
}

/** There are tables and views here; of other kinds there are none. */
async function objectsOf({ on, name, reach }: Target, ground: Ground): Promise<readonly string[]> {
  if (reach !== 'all') return [name];
  const there = on === 'TABLE' ? await ground.tables() : on === 'VIEW' ? await ground.views() : [];
  return there.filter((each) => each.startsWith(`${name}.`));
}

function missing(word: string): never {
  throw failures.syntax(`${word} is expected`);
}
