import type { User } from './catalog.js';
import { serverErrors } from './server-error.js';
import { listActiveRoles, doneResult, requireAdmin, type CommandContext } from './command-context.js';
import type { TokenReader } from './tokenizer.js';
import { createTextTable, type ResultTable } from './wire-format.js';

type UserChanges = { -readonly [Key in keyof User]?: User[Key] };

export function createUser(read: TokenReader, ground: CommandContext): ResultTable {
  requireAdmin(ground, 'account');
  const { catalog } = ground;
  const lenient = read.accept('IF', 'NOT', 'EXISTS');
  const name = read.requireSingleName();
  const changes = readUserChanges(read, {});
  if (catalog.users.has(name) && !lenient) throw serverErrors.exists('USER', name);
  if (!catalog.users.has(name)) catalog.addUser({ ...changes, name });
  return doneResult;
}

export function alterUser(read: TokenReader, ground: CommandContext): ResultTable {
  requireAdmin(ground, 'user');
  const { catalog } = ground;
  read.accept('IF', 'EXISTS');
  const user = catalog.user(read.requireSingleName());
  if (read.accept('SET'))
    catalog.changeUser(user.name, readPolicyChange(read, ground, user) ?? readUserChanges(read, user));
  else if (read.accept('UNSET', 'PASSWORD')) {
    const { password: _password, granted, ...rest } = user;
    catalog.users.set(user.name, { ...rest, granted });
  } else throw serverErrors.syntax('SET or UNSET PASSWORD is expected');
  if (!read.ended) throw serverErrors.syntax('unexpected words after the change of a user');
  return doneResult;
}

/** `SESSION POLICY name FORCE`; without FORCE a policy that is set stays in the way. */
function readPolicyChange(read: TokenReader, { catalog }: CommandContext, user: User): Partial<User> | undefined {
  const kind = read.accept('SESSION', 'POLICY')
    ? 'SESSION'
    : read.accept('AUTHENTICATION', 'POLICY')
      ? 'AUTHENTICATION'
      : undefined;
  if (kind === undefined) return undefined;
  const name = read.requireDottedName();
  catalog.things.get(`${kind} POLICY`, name);
  if (!read.accept('FORCE') && user.policies?.[kind] !== undefined)
    throw serverErrors.syntax(`a ${kind} POLICY is set already`);
  return { policies: { ...user.policies, [kind]: name } };
}

function readUserChanges(read: TokenReader, user: Partial<User>): Partial<User> {
  const changes: UserChanges = {};
  const parameters: Record<string, string> = { ...user.parameters };
  for (const [name, value] of read.readProperties()) {
    if (name === 'TYPE') changes.type = String(value) as NonNullable<User['type']>;
    else if (name === 'DEFAULT_SECONDARY_ROLES') changes.defaultSecondaryRoles = value.length === 0 ? 'NONE' : 'ALL';
    else if (name === 'DEFAULT_ROLE') changes.defaultRole = String(value);
    else if (name === 'PASSWORD') changes.password = String(value);
    else if (name === 'RSA_PUBLIC_KEY')
      changes.publicKey = `-----BEGIN PUBLIC KEY-----\n${String(value)}\n-----END PUBLIC KEY-----\n`;
    else if (name !== 'COMMENT' && name !== 'DEFAULT_WAREHOUSE') parameters[name] = String(value);
  }
  return Object.keys(parameters).length === 0 ? changes : { ...changes, parameters };
}

const userColumns = [
  'name',
  'default_role',
  'default_secondary_roles',
  'has_password',
  'has_rsa_public_key',
  'type',
  'has_mfa',
  'has_pat',
];

/** Names for everybody; the rest for who manages grants. */
export function showUsers(like: RegExp, ground: CommandContext): ResultTable {
  const { catalog } = ground;
  const all = catalog.manages(listActiveRoles(ground));
  return createTextTable(
    userColumns,
    [...catalog.users.values()]
      .filter(({ name }) => like.test(name))
      .map((user) => [user.name, ...(all ? formatUser(user) : userColumns.slice(1).map(() => null))]),
  );
}

function formatUser(user: User): (string | null)[] {
  const service = user.type === 'SERVICE' || user.type === 'SERVICE_AGENT';
  return [
    user.defaultRole ?? '',
    user.defaultSecondaryRoles === 'NONE' ? '[]' : '["ALL"]',
    String(user.password !== undefined && !service),
    String(user.publicKey !== undefined),
    user.type ?? 'PERSON',
    String(user.mfa === true),
    String((user.tokens ?? []).length > 0),
  ];
}
