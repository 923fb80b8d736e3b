import { alterAccount, alterThing, createPlace, createThing, describeThing } from './definitions.js';
import { failures } from './failure.js';
import { createRole, dropRole, grant } from './grants.js';
import { activeRoles, done, type Ground } from './ground.js';
import { show } from './shown.js';
import type { Session } from './session.js';
import { piecesOf, Reader } from './tokens.js';
import { alterUser, createUser } from './users.js';
import { textTable, type Answer } from './wire.js';

type Command = (read: Reader, ground: Ground) => Answer | Promise<Answer> | undefined;

/** By how they begin; the first that fits. */
const commands: readonly (readonly [words: readonly string[], run: Command])[] = [
  [['USE'], use], [['ALTER', 'SESSION', 'SET'], setSession], [['ALTER', 'SESSION', 'UNSET'], unsetSession], [['ALTER', 'ACCOUNT', 'SET'], alterAccount], [['ALTER', 'USER'], alterUser], [['ALTER'], alterThing],
  [['CREATE', 'ROLE'], createRole], [['CREATE', 'USER'], createUser], [['CREATE', 'DATABASE'], createPlace], [['CREATE', 'SCHEMA'], createPlace], [['CREATE', 'OR', 'ALTER'], createThing], [['CREATE'], createThing],
  [['DROP', 'ROLE'], dropRole], [['GRANT'], (read, ground) => grant(read, ground, 'TO')], [['REVOKE'], (read, ground) => grant(read, ground, 'FROM')],
  [['SHOW'], show], [['DESC'], describeThing], [['DESCRIBE'], describeThing], [['SELECT'], context],
];

/** The answer of a management statement; undefined for what is none. Throws Failure. */
export async function command(sql: string, ground: Ground): Promise<Answer | undefined> {
  const read = new Reader(piecesOf(sql));
  for (const [words, run] of commands) if (read.take(...words)) return run(read, ground);
  return undefined;
}

async function use(read: Reader, ground: Ground): Promise<Answer> {
  const { session, catalog } = ground;
  if (read.take('ROLE')) {
    if (session.restricted) throw failures.restricted('USE ROLE');
    const name = read.one();
    if (!catalog.roles.has(name) || !catalog.usable(session.user.name, name)) throw failures.role(`Requested role '${name}' is not assigned to the executing user.`);
    session.role = name;
  } else if (read.take('SECONDARY', 'ROLES')) {
    if (session.restricted) throw failures.restricted('USE SECONDARY ROLES');
    session.secondary = read.take('ALL') ? 'ALL' : 'NONE';
  } else if (read.take('WAREHOUSE')) useWarehouse(read, ground);
  else await useSchema(read, ground);
  return done;
}

/** Of a warehouse that was made here, the right to use it is needed; any other name is one that everybody may use. */
function useWarehouse(read: Reader, ground: Ground): void {
  const { session, catalog } = ground;
  const name = read.one();
  if (catalog.things.has('WAREHOUSE', name) && !catalog.may(activeRoles(ground), 'USAGE', 'WAREHOUSE', name)) throw failures.absent('Warehouse', name);
  session.warehouse = name;
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

function setSession(read: Reader, { session }: Ground): Answer {
  const properties = read.properties();
  if (properties.size === 0 || !read.ended) throw failures.syntax('parameter = value is expected');
  for (const [name, value] of properties) session.parameters.set(name, String(value));
  return done;
}

function unsetSession(read: Reader, { session }: Ground): Answer {
  for (let name = read.value(); name !== undefined; name = read.value()) {
    session.parameters.delete(name);
    read.take(',');
  }
  return done;
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
    const told = name === 'SYS_CONTEXT' ? systemContext(read, session) : value !== undefined && read.take('(', ')') ? value() : undefined;
    if (told === undefined) return undefined;
    row.push(told);
    columns.push(read.take('AS') ? (read.name()?.[0] ?? name) : `${name}()`);
  } while (read.take(','));
  return read.ended ? textTable(columns, [row]) : undefined;
}

/** `SYS_CONTEXT('SNOWFLAKE$CURRENT', 'IS_AGENT_ACTIVATED')`, as a text; undefined for any other. */
function systemContext(read: Reader, { agentActive }: Session): string | undefined {
  const [space, property] = read.list() ?? [];
  return space === 'SNOWFLAKE$CURRENT' && property === 'IS_AGENT_ACTIVATED' ? String(agentActive).toUpperCase() : undefined;
}
