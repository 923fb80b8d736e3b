import { admin, type Catalog, type Privilege } from './catalog.js';
import { failures } from './failure.js';
import type { Session } from './session.js';
import { piecesOf, Reader } from './tokens.js';
import { textTable, type Answer } from './wire.js';

/** What a management statement may touch. */
export interface Ground {
  readonly catalog: Catalog;
  readonly session: Session;
  /** The tables there are, `DATABASE.SCHEMA.NAME`. */
  readonly tables: () => Promise<readonly string[]>;
  readonly schemas: () => Promise<ReadonlySet<string>>;
}

/** The roles that count for a session's statements. */
export function activeRoles({ catalog, session }: Pick<Ground, 'catalog' | 'session'>): readonly string[] {
  const granted = session.secondary === 'ALL' ? [...(catalog.users.get(session.user.name)?.granted ?? [])] : [];
  return [session.role, ...granted].filter((role) => catalog.roles.has(role));
}

/** The answer of a management statement; undefined for what is none. Throws Failure. */
export async function command(sql: string, ground: Ground): Promise<Answer | undefined> {
  const read = new Reader(piecesOf(sql));
  if (read.take('USE')) return use(read, ground);
  if (read.take('ALTER', 'SESSION')) return alterSession(read, ground);
  if (read.take('CREATE', 'ROLE')) return createRole(read, ground);
  if (read.take('DROP', 'ROLE')) return dropRole(read, ground);
  if (read.take('GRANT')) return grant(read, ground, 'TO');
  if (read.take('REVOKE')) return grant(read, ground, 'FROM');
  if (read.take('SHOW', 'ROLES')) return showRoles(read, ground);
  if (read.take('SHOW', 'GRANTS')) return showGrants(read, ground);
  if (read.take('SELECT')) return context(read, ground);
  return undefined;
}

const done = textTable(['status'], [['Statement executed successfully.']]);

async function use(read: Reader, ground: Ground): Promise<Answer> {
  const { session, catalog } = ground;
  if (read.take('ROLE')) {
    const name = one(read);
    if (session.onlyRole !== undefined && name !== session.onlyRole) throw failures.role(`Requested role '${name}' is not allowed by the token's scope.`);
    if (!catalog.roles.has(name) || !catalog.usable(session.user.name, name)) throw failures.role(`Requested role '${name}' is not assigned to the executing user.`);
    session.role = name;
  } else if (read.take('SECONDARY', 'ROLES')) {
    if (session.onlyRole !== undefined && !read.take('NONE')) throw failures.role('Secondary roles are not allowed by the token\'s scope.');
    session.secondary = session.onlyRole === undefined && read.take('ALL') ? 'ALL' : 'NONE';
  } else if (read.take('WAREHOUSE')) session.warehouse = one(read);
  else await useSchema(read, ground);
  return done;
}

async function useSchema(read: Reader, ground: Ground): Promise<void> {
  const { session, catalog } = ground;
  const database = read.take('DATABASE');
  if (!database) read.take('SCHEMA');
  const parts = read.name() ?? [];
  const [db, schema] = parts.length === 2 ? [parts[0], parts[1]] : database || session.database === undefined ? [parts[0], 'PUBLIC'] : [session.database, parts[0]];
  const full = `${db}.${schema}`;
  const there = (await ground.schemas()).has(full) || (database && [...(await ground.schemas())].some((each) => each.startsWith(`${db}.`)));
  if (!there || !catalog.may(activeRoles(ground), 'USAGE', 'DATABASE', db ?? '') || (!database && !catalog.may(activeRoles(ground), 'USAGE', 'SCHEMA', full))) throw failures.absent(database ? 'Database' : 'Schema', full);
  [session.database, session.schema] = [db, schema];
}

function alterSession(read: Reader, { session }: Ground): Answer {
  if (read.take('UNSET')) {
    for (let name = read.value(); name !== undefined; name = read.value()) {
      session.parameters.delete(name);
      read.take(',');
    }
    return done;
  }
  if (!read.take('SET')) throw failures.syntax('unexpected ALTER SESSION');
  while (!read.ended) {
    const name = read.value();
    if (name === undefined || !read.take('=')) throw failures.syntax('parameter = value is expected');
    session.parameters.set(name.toUpperCase(), read.value() ?? '');
    read.take(',');
  }
  return done;
}

function createRole(read: Reader, ground: Ground): Answer {
  const { catalog, session } = ground;
  if (!catalog.may(activeRoles(ground), 'CREATE ROLE', 'ACCOUNT', 'ACCOUNT')) throw failures.role('Insufficient privileges to operate on account');
  const lenient = read.take('IF', 'NOT', 'EXISTS');
  const name = one(read);
  const comment = read.take('COMMENT', '=') ? (read.value() ?? '') : '';
  if (!(lenient && catalog.roles.has(name))) catalog.createRole(name, session.role, comment);
  return done;
}

function dropRole(read: Reader, ground: Ground): Answer {
  const { catalog } = ground;
  const lenient = read.take('IF', 'EXISTS');
  const name = one(read);
  if (lenient && !catalog.roles.has(name)) return done;
  const role = catalog.role(name);
  if (name === admin || !catalog.reach(activeRoles(ground)).has(role.owner)) throw failures.role(`Insufficient privileges to operate on role '${name}'`);
  catalog.dropRole(name);
  return done;
}

async function grant(read: Reader, ground: Ground, preposition: 'TO' | 'FROM'): Promise<Answer> {
  const { catalog } = ground;
  const giving = preposition === 'TO';
  if (read.take('ROLE')) {
    const role = catalog.role(one(read));
    if (!catalog.rules(activeRoles(ground), role)) throw failures.role(`Insufficient privileges to operate on role '${role.name}'`);
    if (!read.take(preposition)) throw failures.syntax(`${preposition} is expected`);
    const holders = read.take('USER') ? userRoles(one(read), catalog) : (read.take('ROLE'), catalog.role(one(read)).roles);
    if (giving) holders.add(role.name);
    else holders.delete(role.name);
    return done;
  }
  await privileges(read, ground, giving, preposition);
  return done;
}

async function privileges(read: Reader, ground: Ground, giving: boolean, preposition: string): Promise<void> {
  const { catalog } = ground;
  const names: string[] = [];
  for (let words: string[] = []; ; ) {
    const end = read.take('ON') ? 'on' : read.take(',') ? 'comma' : undefined;
    if (end !== undefined) {
      names.push(words.join(' ').replace(/^ALL PRIVILEGES$/, 'ALL'));
      words = [];
      if (end === 'on') break;
      continue;
    }
    const word = read.value();
    if (word === undefined) throw failures.syntax('ON is expected');
    words.push(word);
  }
  const future = read.take('FUTURE', 'TABLES', 'IN', 'SCHEMA');
  const all = !future && read.take('ALL', 'TABLES', 'IN', 'SCHEMA');
  const on = future || all ? 'TABLE' : (read.value() ?? '');
  const object = on === 'ACCOUNT' ? 'ACCOUNT' : (read.name() ?? []).join('.');
  if (!read.take(preposition)) throw failures.syntax(`${preposition} is expected`);
  read.take('ROLE');
  const role = one(read);
  if (!catalog.may(activeRoles(ground), 'MANAGE GRANTS', 'ACCOUNT', 'ACCOUNT') && !catalog.may(activeRoles(ground), 'OWNERSHIP', on, object)) throw failures.role('Insufficient privileges');
  const objects = all ? (await ground.tables()).filter((each) => each.startsWith(`${object}.`)) : [object];
  for (const name of objects) {
    for (const privilege of names) {
      const each: Privilege = { privilege, on, name };
      if (future) catalog.grantFuture(role, each);
      else if (giving) catalog.grant(role, each);
      else catalog.revoke(role, each);
    }
  }
}

function showRoles(read: Reader, { catalog }: Ground): Answer {
  const like = read.take('LIKE') ? (read.value() ?? '') : '%';
  const pattern = likeness(like);
  const rows = [...catalog.roles.values()].filter(({ name }) => pattern.test(name)).map(({ name, owner, comment, createdAt }) => [new Date(createdAt).toISOString(), name, owner, comment]);
  return textTable(['created_on', 'name', 'owner', 'comment'], rows);
}

/** A pattern of LIKE, in which a backslash takes the next character as it is. */
function likeness(like: string): RegExp {
  const source = like.replaceAll(/\\(.)|%|_|[^\w]/g, (all, escaped?: string) => (escaped !== undefined ? `\\u${escaped.charCodeAt(0).toString(16).padStart(4, '0')}` : all === '%' ? '.*' : all === '_' ? '.' : `\\${all}`));
  return new RegExp(`^${source}$`, 'i');
}

function showGrants(read: Reader, { catalog }: Ground): Answer {
  if (read.take('OF', 'ROLE')) {
    const name = catalog.role(one(read)).name;
    const users = [...catalog.users.values()].filter(({ granted }) => granted.has(name)).map((user) => [name, 'USER', user.name]);
    const roles = [...catalog.roles.values()].filter((role) => role.roles.has(name)).map((role) => [name, 'ROLE', role.name]);
    return textTable(['role', 'granted_to', 'grantee_name'], [...users, ...roles]);
  }
  if (read.take('TO', 'USER')) return textTable(['role', 'granted_to', 'grantee_name'], [...userRoles(one(read), catalog)].map((role) => [role, 'USER', 'x']));
  if (!read.take('TO', 'ROLE')) throw failures.syntax('SHOW GRANTS TO ROLE, TO USER or OF ROLE is expected');
  const role = catalog.role(one(read));
  return textTable(['privilege', 'granted_on', 'name', 'granted_to', 'grantee_name'], [
    ...role.privileges.map(({ privilege, on, name }) => [privilege, on, name, 'ROLE', role.name]), ...[...role.roles].map((name) => ['USAGE', 'ROLE', name, 'ROLE', role.name]),
  ]);
}

/** `SELECT CURRENT_ROLE(), …`: nothing but functions of the session; undefined for any other SELECT. */
function context(read: Reader, { session, catalog }: Ground): Answer | undefined {
  const known: Readonly<Record<string, () => string | null>> = {
    CURRENT_ROLE: () => session.role, CURRENT_USER: () => session.user.name, CURRENT_DATABASE: () => session.database ?? null, CURRENT_SCHEMA: () => session.schema ?? null,
    CURRENT_WAREHOUSE: () => session.warehouse ?? null, CURRENT_SESSION: () => String(session.id), CURRENT_VERSION: () => '9.99.9 sallyport',
    CURRENT_SECONDARY_ROLES: () => JSON.stringify({ roles: session.secondary === 'ALL' ? [...(catalog.users.get(session.user.name)?.granted ?? [])].join(',') : '', value: session.secondary === 'ALL' ? 'ALL' : '' }),
  };
  const [columns, row]: [string[], (string | null)[]] = [[], []];
  do {
    const [name = ''] = read.name() ?? [];
    const value = Object.hasOwn(known, name) ? known[name] : undefined;
    if (value === undefined || !read.take('(', ')')) return undefined;
    row.push(value());
    columns.push(read.take('AS') ? (read.name()?.[0] ?? name) : `${name}()`);
  } while (read.take(','));
  return read.ended ? textTable(columns, [row]) : undefined;
}

function userRoles(name: string, catalog: Catalog): Set<string> {
  const user = catalog.users.get(name);
  if (user === undefined) throw failures.absent('User', name);
  return user.granted;
}

function one(read: Reader): string {
  const [name, ...more] = read.name() ?? [];
  if (name === undefined || more.length > 0) throw failures.syntax('a name is expected');
  return name;
}
