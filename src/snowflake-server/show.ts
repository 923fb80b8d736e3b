import type { Privilege } from './catalog.js';
import { serverErrors } from './server-error.js';
import { listActiveRoles, type CommandContext } from './command-context.js';
import { showParameters } from './parameters.js';
import { getListProperty, getTextProperty } from './account-objects.js';
import type { TokenReader } from './tokenizer.js';
import { showUsers } from './users.js';
import { createTextTable, type ResultTable } from './wire-format.js';

/** SHOW of what there is to show here; undefined for anything else. */
export function show(read: TokenReader, ground: CommandContext): ResultTable | Promise<ResultTable> | undefined {
  if (read.accept('GRANTS')) return showGrants(read, ground);
  if (read.accept('FUTURE', 'GRANTS')) return showFutureGrants(read, ground);
  const what = [
    ['ROLES'],
    ['USERS'],
    ['PARAMETERS'],
    ['WAREHOUSES'],
    ['RESOURCE', 'MONITORS'],
    ['VIEWS'],
    ['USER', 'FUNCTIONS'],
    ['PROCEDURES'],
  ]
    .find((words) => read.accept(...words))
    ?.join(' ');
  if (what === undefined) return undefined;
  const like = createLikePattern(read.accept('LIKE') ? (read.readValue() ?? '') : '%');
  if (what === 'ROLES') return showRoles(like, ground);
  if (what === 'USERS') return showUsers(like, ground);
  if (what === 'PARAMETERS') return showParameters(like, read, ground);
  if (what === 'WAREHOUSES') return showWarehouses(like, ground);
  if (what === 'RESOURCE MONITORS') return showMonitors(like, ground);
  if (!read.accept('IN', 'SCHEMA')) throw serverErrors.syntax('IN SCHEMA is expected');
  return what === 'VIEWS'
    ? showViews(readVisibleSchema(read, ground), ground)
    : showRoutines(what === 'PROCEDURES' ? 'PROCEDURE' : 'FUNCTION', readVisibleSchema(read, ground), ground);
}

function showRoles(like: RegExp, { catalog }: CommandContext): ResultTable {
  const rows = [...catalog.roles.values()]
    .filter(({ name }) => like.test(name))
    .map(({ name, owner, comment, createdAt }) => [new Date(createdAt).toISOString(), name, owner, comment]);
  return createTextTable(['created_on', 'name', 'owner', 'comment'], rows);
}

/** A pattern of LIKE, in which a backslash takes the next character as it is. */
function createLikePattern(like: string): RegExp {
  const source = like.replaceAll(/\\(.)|%|_|[^\w]/g, (all, escaped?: string) =>
    escaped !== undefined
      ? `\\u${escaped.charCodeAt(0).toString(16).padStart(4, '0')}`
      : all === '%'
        ? '.*'
        : all === '_'
          ? '.'
          : `\\${all}`,
  );
  return new RegExp(`^${source}$`, 'i');
}

function showGrants(read: TokenReader, ground: CommandContext): ResultTable {
  const { catalog } = ground;
  if (read.accept('OF', 'ROLE')) {
    const name = catalog.role(read.requireSingleName()).name;
    const users = [...catalog.users.values()]
      .filter(({ granted }) => granted.has(name))
      .map((user) => [name, 'USER', user.name]);
    const roles = [...catalog.roles.values()]
      .filter((role) => role.roles.has(name))
      .map((role) => [name, 'ROLE', role.name]);
    return createTextTable(['role', 'granted_to', 'grantee_name'], [...users, ...roles]);
  }
  if (read.accept('TO', 'USER')) {
    const user = catalog.user(read.requireSingleName());
    if (user.name !== ground.session.user.name && !catalog.manages(listActiveRoles(ground)))
      throw serverErrors.absent('User', user.name);
    return createTextTable(
      ['role', 'granted_to', 'grantee_name'],
      [...user.granted].map((role) => [role, 'USER', user.name]),
    );
  }
  if (!read.accept('TO', 'ROLE')) throw serverErrors.absent('Object', 'SHOW GRANTS');
  const role = catalog.role(read.requireSingleName());
  if (
    !catalog.rules(listActiveRoles(ground), role) &&
    !catalog.reach([...listActiveRoles(ground), 'PUBLIC']).has(role.name)
  )
    throw serverErrors.absent('Role', role.name);
  const row = ({ privilege, on, name, system }: Privilege): string[] => [
    privilege,
    on,
    name,
    'ROLE',
    role.name,
    system === true ? '' : 'ACCOUNTADMIN',
  ];
  const owned = [...catalog.roles.values()]
    .filter(({ owner }) => owner === role.name)
    .map(({ name }): Privilege => ({ privilege: 'OWNERSHIP', on: 'ROLE', name }));
  return createTextTable(
    ['privilege', 'granted_on', 'name', 'granted_to', 'grantee_name', 'granted_by'],
    [
      ...role.privileges,
      ...[...role.roles].map((name): Privilege => ({ privilege: 'USAGE', on: 'ROLE', name })),
      ...owned,
    ].map(row),
  );
}

function showFutureGrants(read: TokenReader, ground: CommandContext): ResultTable {
  const { catalog } = ground;
  if (!catalog.manages(listActiveRoles(ground))) throw serverErrors.absent('Schema', 'the one that was asked for');
  const within = read.accept('IN', 'SCHEMA') || read.accept('IN', 'DATABASE');
  if (!within && !read.accept('TO', 'ROLE')) throw serverErrors.syntax('IN SCHEMA, IN DATABASE or TO ROLE is expected');
  const name = read.requireDottedName();
  const found = catalog.future().filter((each) => (within ? each.name : each.role) === name);
  return createTextTable(
    ['privilege', 'grant_on', 'name', 'grant_to', 'grantee_name'],
    found.map((each) => [each.privilege, each.on, `${each.name}.<${each.on}>`, 'ROLE', each.role]),
  );
}

function showWarehouses(like: RegExp, ground: CommandContext): ResultTable {
  const { catalog } = ground;
  const seen = catalog.things
    .all('WAREHOUSE')
    .filter(
      ([name]) =>
        like.test(name) &&
        (catalog.manages(listActiveRoles(ground)) || catalog.may(listActiveRoles(ground), 'USAGE', 'WAREHOUSE', name)),
    );
  return createTextTable(
    ['name', 'resource_monitor'],
    seen.map(([name, properties]) => [name, getTextProperty(properties, 'RESOURCE_MONITOR') ?? 'null']),
  );
}

/** Only the account's administrator sees any. */
function showMonitors(like: RegExp, ground: CommandContext): ResultTable {
  const { catalog } = ground;
  const seen = catalog.reach(listActiveRoles(ground)).has('ACCOUNTADMIN')
    ? catalog.things.all('RESOURCE MONITOR').filter(([name]) => like.test(name))
    : [];
  return createTextTable(
    ['name', 'credit_quota', 'level', 'suspend_at', 'suspend_immediately_at'],
    seen.map(([name, properties]) => {
      const at = (action: string): string | null =>
        getListProperty(properties, 'TRIGGERS')
          .find((each) => each.startsWith(`${action} AT `))
          ?.slice(`${action} AT `.length) ?? null;
      const level = catalog.things
        .all('WAREHOUSE')
        .some(([, warehouse]) => getTextProperty(warehouse, 'RESOURCE_MONITOR') === name)
        ? 'WAREHOUSE'
        : null;
      return [name, getTextProperty(properties, 'CREDIT_QUOTA') ?? null, level, at('SUSPEND'), at('SUSPEND_IMMEDIATE')];
    }),
  );
}

/** The schema that comes next, where these roles may use it. */
function readVisibleSchema(read: TokenReader, ground: CommandContext): string {
  const schema = read.requireDottedName();
  if (
    !ground.catalog.manages(listActiveRoles(ground)) &&
    !ground.catalog.may(listActiveRoles(ground), 'USAGE', 'SCHEMA', schema)
  )
    throw serverErrors.absent('Schema', schema);
  return schema;
}

async function showViews(schema: string, ground: CommandContext): Promise<ResultTable> {
  const names = (await ground.views())
    .filter((each) => each.startsWith(`${schema}.`))
    .map((each) => each.slice(schema.length + 1));
  return createTextTable(
    ['name', 'is_secure'],
    names.map((name) => [name, 'false']),
  );
}

function showRoutines(kind: 'FUNCTION' | 'PROCEDURE', schema: string, { catalog }: CommandContext): ResultTable {
  const found = catalog.routines.filter((each) => each.kind === kind && each.schema === schema);
  return createTextTable(
    ['name', 'is_builtin', 'arguments'],
    found.map((each) => [each.name, 'N', each.arguments]),
  );
}
