import type { User } from './catalog.js';
import { failures } from './failure.js';
import { activeRoles, done, needAdmin, type Ground } from './ground.js';
import type { Reader } from './tokens.js';
import { textTable, type Answer } from './wire.js';

type Changes = { -readonly [Key in keyof User]?: User[Key] };

export function createUser(read: Reader, ground: Ground): Answer {
  needAdmin(ground, 'account');
  const { catalog } = ground;
  const lenient = read.take('IF', 'NOT', 'EXISTS');
  const name = read.one();
  const changes = changesOf(read, {});
  if (catalog.users.has(name) && !lenient) throw failures.exists('USER', name);
  if (!catalog.users.has(name)) catalog.addUser({ ...changes, name });
  return done;
}

export function alterUser(read: Reader, ground: Ground): Answer {
  needAdmin(ground, 'user');
  const { catalog } = ground;
  read.take('IF', 'EXISTS');
  const user = catalog.user(read.one());
  if (read.take('SET')) catalog.changeUser(user.name, policyOf(read, ground, user) ?? changesOf(read, user));
  else if (read.take('UNSET', 'PASSWORD')) {
    const { password: _password, granted, ...rest } = user;
    catalog.users.set(user.name, { ...rest, granted });
  } else throw failures.syntax('SET or UNSET PASSWORD is expected');
  if (!read.ended) throw failures.syntax('unexpected words after the change of a user');
  return done;
}

/** `SESSION POLICY name FORCE`; without FORCE a policy that is set stays in the way. */
function policyOf(read: Reader, { catalog }: Ground, user: User): Partial<User> | undefined {
  const kind = read.take('SESSION', 'POLICY') ? 'SESSION' : read.take('AUTHENTICATION', 'POLICY') ? 'AUTHENTICATION' : undefined;
  if (kind === undefined) return undefined;
  const name = read.dotted();
  catalog.things.get(`${kind} POLICY`, name);
  if (!read.take('FORCE') && user.policies?.[kind] !== undefined) throw failures.syntax(`a ${kind} POLICY is set already`);
  return { policies: { ...user.policies, [kind]: name } };
}

function changesOf(read: Reader, user: Partial<User>): Partial<User> {
  const changes: Changes = {};
  const parameters: Record<string, string> = { ...user.parameters };
  for (const [name, value] of read.properties()) {
    if (name === 'TYPE') changes.type = String(value) as NonNullable<User['type']>;
    else if (name === 'DEFAULT_SECONDARY_ROLES') changes.defaultSecondaryRoles = value.length === 0 ? 'NONE' : 'ALL';
    else if (name === 'DEFAULT_ROLE') changes.defaultRole = String(value);
    else if (name === 'PASSWORD') changes.password = String(value);
    else if (name === 'RSA_PUBLIC_KEY') changes.publicKey = `-----BEGIN PUBLIC KEY-----\n${String(value)}\n-----END PUBLIC KEY-----\n`;
    else if (name !== 'COMMENT' && name !== 'DEFAULT_WAREHOUSE') parameters[name] = String(value);
  }
  return Object.keys(parameters).length === 0 ? changes : { ...changes, parameters };
}

const columns = ['name', 'default_role', 'default_secondary_roles', 'has_password', 'has_rsa_public_key', 'type', 'has_mfa', 'has_pat'];

/** Names for everybody; the rest for who manages grants. */
export function showUsers(like: RegExp, ground: Ground): Answer {
  const { catalog } = ground;
  const all = catalog.manages(activeRoles(ground));
  return textTable(columns, [...catalog.users.values()].filter(({ name }) => like.test(name)).map((user) => [user.name, ...(all ? shown(user) : columns.slice(1).map(() => null))]));
}

function shown(user: User): (string | null)[] {
  const service = user.type === 'SERVICE' || user.type === 'SERVICE_AGENT';
  return [
    user.defaultRole ?? '', user.defaultSecondaryRoles === 'NONE' ? '[]' : '["ALL"]', String(user.password !== undefined && !service), String(user.publicKey !== undefined), user.type ?? 'PERSON', String(user.mfa === true), String((user.tokens ?? []).length > 0),
  ];
}
