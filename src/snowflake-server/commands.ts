import {
  alterAccount,
  alterAccountObject,
  createNamespace,
  createAccountObject,
  describeAccountObject,
} from './definitions.js';
import { serverErrors } from './server-error.js';
import { createRole, dropRole, changeGrant } from './grants.js';
import { listActiveRoles, doneResult, type CommandContext } from './command-context.js';
import { show } from './show.js';
import type { ServerSession } from './session.js';
import { tokenize, TokenReader } from './tokenizer.js';
import { alterUser, createUser } from './users.js';
import { createTextTable, type ResultTable } from './wire-format.js';

type CommandHandler = (read: TokenReader, ground: CommandContext) => ResultTable | Promise<ResultTable> | undefined;

/** By how they begin; the first that fits. */
const commands: readonly (readonly [words: readonly string[], run: CommandHandler])[] = [
  [['USE'], handleUse],
  [['ALTER', 'SESSION', 'SET'], setSession],
  [['ALTER', 'SESSION', 'UNSET'], unsetSession],
  [['ALTER', 'ACCOUNT', 'SET'], alterAccount],
  [['ALTER', 'USER'], alterUser],
  [['ALTER'], alterAccountObject],
  [['CREATE', 'ROLE'], createRole],
  [['CREATE', 'USER'], createUser],
  [['CREATE', 'DATABASE'], createNamespace],
  [['CREATE', 'SCHEMA'], createNamespace],
  [['CREATE', 'OR', 'ALTER'], createAccountObject],
  [['CREATE'], createAccountObject],
  [['DROP', 'ROLE'], dropRole],
  [['GRANT'], (read, ground) => changeGrant(read, ground, 'TO')],
  [['REVOKE'], (read, ground) => changeGrant(read, ground, 'FROM')],
  [['SHOW'], show],
  [['DESC'], describeAccountObject],
  [['DESCRIBE'], describeAccountObject],
  [['SELECT'], selectSessionContext],
];

/** The answer of a management statement; undefined for what is none. Throws Failure. */
export async function runCommand(sql: string, ground: CommandContext): Promise<ResultTable | undefined> {
  const read = new TokenReader(tokenize(sql));
  for (const [words, run] of commands) if (read.accept(...words)) return run(read, ground);
  return undefined;
}

async function handleUse(read: TokenReader, ground: CommandContext): Promise<ResultTable> {
  const { session, catalog } = ground;
  if (read.accept('ROLE')) {
    if (session.restricted) throw serverErrors.restricted('USE ROLE');
    const name = read.requireSingleName();
    if (!catalog.roles.has(name) || !catalog.usable(session.user.name, name))
      throw serverErrors.role(`Requested role '${name}' is not assigned to the executing user.`);
    session.role = name;
  } else if (read.accept('SECONDARY', 'ROLES')) {
    if (session.restricted) throw serverErrors.restricted('USE SECONDARY ROLES');
    session.secondaryRoles = read.accept('ALL') ? 'ALL' : 'NONE';
  } else if (read.accept('WAREHOUSE')) useWarehouse(read, ground);
  else await useSchema(read, ground);
  return doneResult;
}

/** Of a warehouse that was made here, the right to use it is needed; any other name is one that everybody may use. */
function useWarehouse(read: TokenReader, ground: CommandContext): void {
  const { session, catalog } = ground;
  const name = read.requireSingleName();
  if (catalog.things.has('WAREHOUSE', name) && !catalog.may(listActiveRoles(ground), 'USAGE', 'WAREHOUSE', name))
    throw serverErrors.absent('Warehouse', name);
  session.warehouse = name;
}

async function useSchema(read: TokenReader, ground: CommandContext): Promise<void> {
  const { session, catalog } = ground;
  const database = read.accept('DATABASE');
  if (!database) read.accept('SCHEMA');
  const parts = read.readName() ?? [];
  const [db, schema] =
    parts.length === 2
      ? [parts[0], parts[1]]
      : database || session.database === undefined
        ? [parts[0], 'PUBLIC']
        : [session.database, parts[0]];
  const full = `${db}.${schema}`;
  const there =
    (await ground.schemas()).has(full) ||
    (database && [...(await ground.schemas())].some((each) => each.startsWith(`${db}.`)));
  if (
    !there ||
    !catalog.may(listActiveRoles(ground), 'USAGE', 'DATABASE', db ?? '') ||
    (!database && !catalog.may(listActiveRoles(ground), 'USAGE', 'SCHEMA', full))
  )
    throw serverErrors.absent(database ? 'Database' : 'Schema', full);
  [session.database, session.schema] = [db, schema];
}

function setSession(read: TokenReader, { session }: CommandContext): ResultTable {
  const properties = read.readProperties();
  if (properties.size === 0 || !read.ended) throw serverErrors.syntax('parameter = value is expected');
  for (const [name, value] of properties) session.parameters.set(name, String(value));
  return doneResult;
}

function unsetSession(read: TokenReader, { session }: CommandContext): ResultTable {
  for (let name = read.readValue(); name !== undefined; name = read.readValue()) {
    session.parameters.delete(name);
    read.accept(',');
  }
  return doneResult;
}

/** `SELECT CURRENT_ROLE(), …`: nothing but functions of the session; undefined for any other SELECT. */
function selectSessionContext(read: TokenReader, { session, catalog }: CommandContext): ResultTable | undefined {
  const known: Readonly<Record<string, () => string | null>> = {
    CURRENT_ROLE: () => session.role,
    CURRENT_USER: () => session.user.name,
    CURRENT_DATABASE: () => session.database ?? null,
    CURRENT_SCHEMA: () => session.schema ?? null,
    CURRENT_WAREHOUSE: () => session.warehouse ?? null,
    CURRENT_SESSION: () => String(session.id),
    CURRENT_VERSION: () => '9.99.9 sallyport',
    CURRENT_SECONDARY_ROLES: () =>
      JSON.stringify({
        roles:
          session.secondaryRoles === 'ALL' ? [...(catalog.users.get(session.user.name)?.granted ?? [])].join(',') : '',
        value: session.secondaryRoles === 'ALL' ? 'ALL' : '',
      }),
  };
  const [columns, row]: [string[], (string | null)[]] = [[], []];
  do {
    const [name = ''] = read.readName() ?? [];
    const value = Object.hasOwn(known, name) ? known[name] : undefined;
    const told =
      name === 'SYS_CONTEXT'
        ? readSystemContext(read, session)
        : value !== undefined && read.accept('(', ')')
          ? value()
          : undefined;
    if (told === undefined) return undefined;
    row.push(told);
    columns.push(read.accept('AS') ? (read.readName()?.[0] ?? name) : `${name}()`);
  } while (read.accept(','));
  return read.ended ? createTextTable(columns, [row]) : undefined;
}

/** `SYS_CONTEXT('SNOWFLAKE$CURRENT', 'IS_AGENT_ACTIVATED')`, as a text; undefined for any other. */
function readSystemContext(read: TokenReader, { agentActive }: ServerSession): string | undefined {
  const [space, property] = read.readList() ?? [];
  return space === 'SNOWFLAKE$CURRENT' && property === 'IS_AGENT_ACTIVATED'
    ? String(agentActive).toUpperCase()
    : undefined;
}
