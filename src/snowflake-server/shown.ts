import type { Privilege } from './catalog.js';
import { failures } from './failure.js';
import { activeRoles, type Ground } from './ground.js';
import { showParameters } from './parameters.js';
import { listOf, textOf } from './things.js';
import type { Reader } from './tokens.js';
import { showUsers } from './users.js';
import { textTable, type Answer } from './wire.js';

/** SHOW of what there is to show here; undefined for anything else. */
export function show(read: Reader, ground: Ground): Answer | Promise<Answer> | undefined {
  if (read.take('GRANTS')) return showGrants(read, ground);
  if (read.take('FUTURE', 'GRANTS')) return showFutureGrants(read, ground);
  const what = [['ROLES'], ['USERS'], ['PARAMETERS'], ['WAREHOUSES'], ['RESOURCE', 'MONITORS'], ['VIEWS'], ['USER', 'FUNCTIONS'], ['PROCEDURES']].find((words) => read.take(...words))?.join(' ');
  if (what === undefined) return undefined;
  const like = likeness(read.take('LIKE') ? (read.value() ?? '') : '%');
  if (what === 'ROLES') return showRoles(like, ground);
  if (what === 'USERS') return showUsers(like, ground);
  if (what === 'PARAMETERS') return showParameters(like, read, ground);
  if (what === 'WAREHOUSES') return showWarehouses(like, ground);
  if (what === 'RESOURCE MONITORS') return showMonitors(like, ground);
  if (!read.take('IN', 'SCHEMA')) throw failures.syntax('IN SCHEMA is expected');
  return what === 'VIEWS' ? showViews(reached(read, ground), ground) : showRoutines(what === 'PROCEDURES' ? 'PROCEDURE' : 'FUNCTION', reached(read, ground), ground);
}

function showRoles(like: RegExp, { catalog }: Ground): Answer {
  const rows = [...catalog.roles.values()].filter(({ name }) => like.test(name)).map(({ name, owner, comment, createdAt }) => [new Date(createdAt).toISOString(), name, owner, comment]);
  return textTable(['created_on', 'name', 'owner', 'comment'], rows);
}

/** A pattern of LIKE, in which a backslash takes the next character as it is. */
function likeness(like: string): RegExp {
  const source = like.replaceAll(/\\(.)|%|_|[^\w]/g, (all, escaped?: string) => (escaped !== undefined ? `\\u${escaped.charCodeAt(0).toString(16).padStart(4, '0')}` : all === '%' ? '.*' : all === '_' ? '.' : `\\${all}`));
  return new RegExp(`^${source}$`, 'i');
}

function showGrants(read: Reader, ground: Ground): Answer {
  const { catalog } = ground;
  if (read.take('OF', 'ROLE')) {
    const name = catalog.role(read.one()).name;
    const users = [...catalog.users.values()].filter(({ granted }) => granted.has(name)).map((user) => [name, 'USER', user.name]);
    const roles = [...catalog.roles.values()].filter((role) => role.roles.has(name)).map((role) => [name, 'ROLE', role.name]);
    return textTable(['role', 'granted_to', 'grantee_name'], [...users, ...roles]);
  }
  if (read.take('TO', 'USER')) {
    const user = catalog.user(read.one());
    if (user.name !== ground.session.user.name && !catalog.manages(activeRoles(ground))) throw failures.absent('User', user.name);
    return textTable(['role', 'granted_to', 'grantee_name'], [...user.granted].map((role) => [role, 'USER', user.name]));
  }
  if (!read.take('TO', 'ROLE')) throw failures.absent('Object', 'SHOW GRANTS');
  const role = catalog.role(read.one());
  if (!catalog.rules(activeRoles(ground), role) && !catalog.reach([...activeRoles(ground), 'PUBLIC']).has(role.name)) throw failures.absent('Role', role.name);
  const row = ({ privilege, on, name, system }: Privilege): string[] => [privilege, on, name, 'ROLE', role.name, system === true ? '' : 'ACCOUNTADMIN'];
  const owned = [...catalog.roles.values()].filter(({ owner }) => owner === role.name).map(({ name }): Privilege => ({ privilege: 'OWNERSHIP', on: 'ROLE', name }));
  return textTable(['privilege', 'granted_on', 'name', 'granted_to', 'grantee_name', 'granted_by'], [...role.privileges, ...[...role.roles].map((name): Privilege => ({ privilege: 'USAGE', on: 'ROLE', name })), ...owned].map(row));
}

function showFutureGrants(read: Reader, ground: Ground): Answer {
  const { catalog } = ground;
  if (!catalog.manages(activeRoles(ground))) throw failures.absent('Schema', 'the one that was asked for');
  const within = read.take('IN', 'SCHEMA') || read.take('IN', 'DATABASE');
  if (!within && !read.take('TO', 'ROLE')) throw failures.syntax('IN SCHEMA, IN DATABASE or TO ROLE is expected');
  const name = read.dotted();
  const found = catalog.future().filter((each) => (within ? each.name : each.role) === name);
  return textTable(['privilege', 'grant_on', 'name', 'grant_to', 'grantee_name'], found.map((each) => [each.privilege, each.on, `${each.name}.<${each.on}>`, 'ROLE', each.role]));
}

function showWarehouses(like: RegExp, ground: Ground): Answer {
  const { catalog } = ground;
  const seen = catalog.things.all('WAREHOUSE').filter(([name]) => like.test(name) && (catalog.manages(activeRoles(ground)) || catalog.may(activeRoles(ground), 'USAGE', 'WAREHOUSE', name)));
  return textTable(['name', 'resource_monitor'], seen.map(([name, properties]) => [name, textOf(properties, 'RESOURCE_MONITOR') ?? 'null']));
}

/** Only the account's administrator sees any. */
function showMonitors(like: RegExp, ground: Ground): Answer {
  const { catalog } = ground;
  const seen = catalog.reach(activeRoles(ground)).has('ACCOUNTADMIN') ? catalog.things.all('RESOURCE MONITOR').filter(([name]) => like.test(name)) : [];
  return textTable(['name', 'credit_quota', 'level', 'suspend_at', 'suspend_immediately_at'], seen.map(([name, properties]) => {
    const at = (action: string): string | null => listOf(properties, 'TRIGGERS').find((each) => each.startsWith(`${action} AT `))?.slice(`${action} AT `.length) ?? null;
    const level = catalog.things.all('WAREHOUSE').some(([, warehouse]) => textOf(warehouse, 'RESOURCE_MONITOR') === name) ? 'WAREHOUSE' : null;
    return [name, textOf(properties, 'CREDIT_QUOTA') ?? null, level, at('SUSPEND'), at('SUSPEND_IMMEDIATE')];
  }));
}

/** The schema that comes next, where these roles may use it. */
function reached(read: Reader, ground: Ground): string {
  const schema = read.dotted();
  if (!ground.catalog.manages(activeRoles(ground)) && !ground.catalog.may(activeRoles(ground), 'USAGE', 'SCHEMA', schema)) throw failures.absent('Schema', schema);
  return schema;
}

async function showViews(schema: string, ground: Ground): Promise<Answer> {
  const names = (await ground.views()).filter((each) => each.startsWith(`${schema}.`)).map((each) => each.slice(schema.length + 1));
  return textTable(['name', 'is_secure'], names.map((name) => [name, 'false']));
}

function showRoutines(kind: 'FUNCTION' | 'PROCEDURE', schema: string, { catalog }: Ground): Answer {
  const found = catalog.routines.filter((each) => each.kind === kind && each.schema === schema);
  return textTable(['name', 'is_builtin', 'arguments'], found.map((each) => [each.name, 'N', each.arguments]));
}
