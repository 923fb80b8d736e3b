import {
  AccessError,
  parseSchemas,
  readOptions,
  parseSecureUrl,
  type OptionNames,
  type Actor,
  type Principal,
  type SchemaRef,
} from '../../core/index.js';
import { createCredentialProvider, type CredentialProvider, type SnowflakeCredential } from './credential.js';
import type { Account } from './connect.js';
import type { AgentFor } from './driver/api.js';
import { AdminConnection } from './roles/admin-connection.js';
import { EphemeralRoles } from './roles/ephemeral-roles.js';
import { findSharedRole } from './roles/role-for.js';
import { createPreparedRoles, type RoleFor, type Roles } from './roles/roles.js';

/** Which role a session runs as. */
export type RoleStrategy =
  /** Roles that are there already; each must hold one schema and one access level only. */
  | { readonly strategy: 'prepared'; readonly role: RoleFor }
  /** A new role for each session, which is given the access role of its schema and dropped at its end. */
  | {
      readonly strategy: 'ephemeral';
      /** The prepared role of a schema and an access level, owned by the admin's role. */
      readonly accessRole: RoleFor;
      /** Who makes and drops roles: a user with CREATE ROLE and the ownership of the access roles, and nothing else. */
      readonly admin: { readonly user: string; readonly role: string; readonly credential: SnowflakeCredential };
      /** What the names of roles begin with; `SALLYPORT_` unless told. Letters, digits and `_`, upper case. */
      readonly prefix?: string;
      /** How often roles are looked for that a crash left, milliseconds; 60,000 unless told. */
      readonly reapEveryMs?: number;
    };

export interface SnowflakeOptions {
  /** The account's identifier, such as `myorg-myaccount`. */
  readonly account: string;
  /** Where it is, when not at `https://<account>.snowflakecomputing.com`. */
  readonly url?: string;
  readonly warehouse: string;
  /**
   * The Snowflake user of a session. One user for each agent is the recommended shape: what one user has run, every
   * session of that user can see.
   */
  readonly user: string | ((principal: Principal, actor: Actor) => string);
  readonly credential: SnowflakeCredential;
  /** What may be asked for, `DATABASE.SCHEMA`. */
  readonly schemas: readonly string[];
  readonly roles: RoleStrategy;
  /**
   * Refuses a session in which Snowflake says that no agent is active (`IS_AGENT_ACTIVATED`): a restricted session
   * scope and policies that ask for
   * agents would not hold in it. Not asked unless told, since not every account knows the question.
   */
  readonly requireActiveAgent?: boolean;
  /** Makes the HTTP agent for `http:` or `https:`, for a proxy; one is made for each connection, and ended with it. */
  readonly agent?: AgentFor;
}

export interface SnowflakeSettings {
  readonly account: Account;
  readonly credentials: CredentialProvider;
  readonly schemas: readonly SchemaRef[];
  readonly roles: Roles;
  /** The Snowflake user of every session, where it is one. */
  readonly user?: string;
  readonly resolveUser: (principal: Principal, actor: Actor) => string;
  readonly warehouse: string;
  readonly requireActiveAgent: boolean;
}

type Prepared = Extract<RoleStrategy, { strategy: 'prepared' }>;
type Ephemeral = Extract<RoleStrategy, { strategy: 'ephemeral' }>;

const optionNames: OptionNames<SnowflakeOptions> = {
  account: true,
  url: true,
  warehouse: true,
  user: true,
  credential: true,
  schemas: true,
  roles: true,
  requireActiveAgent: true,
  agent: true,
};
const preparedNames: OptionNames<Prepared> = { strategy: true, role: true };
const adminNames: OptionNames<Ephemeral['admin']> = { user: true, role: true, credential: true };
const ephemeralNames: OptionNames<Ephemeral> = {
  strategy: true,
  accessRole: true,
  admin: adminNames,
  prefix: true,
  reapEveryMs: true,
};

/** Checks the options. Throws CONFIG_INVALID. */
export function resolveSettings(given: SnowflakeOptions): SnowflakeSettings {
  const options = readOptions<SnowflakeOptions>(given, optionNames, 'snowflake');
  const { warehouse, user } = options;
  const account = resolveAccount(options);
  if (!warehouse) throw createConfigError('warehouse must be named');
  if (typeof user === 'string' ? user === '' : typeof user !== 'function')
    throw createConfigError('user must be a name or a function');
  if (!Array.isArray(options.schemas) || !options.schemas.every((each) => typeof each === 'string'))
    throw createConfigError('schemas must be a list of texts');
  const schemas = parseSchemas(options.schemas, 'snowflake schemas');
  if (schemas.length === 0) throw createConfigError('schemas must name at least one');
  const { requireActiveAgent = false } = options;
  if (typeof requireActiveAgent !== 'boolean') throw createConfigError('requireActiveAgent must be true or false');
  return {
    account,
    schemas,
    warehouse,
    requireActiveAgent,
    credentials: createCredentialProvider(options.credential, 'credential'),
    roles: createRoles(options.roles, account, schemas),
    ...resolveUserOption(user),
  };
}

/** Where the account is. Throws CONFIG_INVALID. */
export function resolveAccount({ account, url, agent }: Pick<SnowflakeOptions, 'account' | 'url' | 'agent'>): Account {
  if (!/^\w+(?:[.-]\w+)*$/.test(account ?? '')) throw createConfigError('account must be an account identifier');
  return {
    account,
    url: parseAccountUrl(url ?? `https://${account}.snowflakecomputing.com`),
    ...(agent === undefined ? {} : { agent }),
  };
}

function resolveUserOption(user: SnowflakeOptions['user']): Pick<SnowflakeSettings, 'user' | 'resolveUser'> {
  return typeof user === 'string' ? { user, resolveUser: () => user } : { resolveUser: user };
}

function createRoles(given: RoleStrategy, account: Account, schemas: readonly SchemaRef[]): Roles {
  const { strategy } = readOptions<Omit<Prepared & Ephemeral, 'strategy'> & { readonly strategy: unknown }>(
    given,
    { ...ephemeralNames, ...preparedNames },
    'snowflake: roles',
  );
  if (strategy !== 'prepared' && strategy !== 'ephemeral')
    throw createConfigError('roles.strategy must be prepared or ephemeral');
  if (strategy === 'prepared')
    return createPreparedRoles(
      checkRoleFunction(readOptions<Prepared>(given, preparedNames, 'snowflake: roles').role, 'role', schemas),
    );
  const {
    admin,
    accessRole,
    prefix = 'SALLYPORT_',
    reapEveryMs = 60_000,
  } = readOptions<Ephemeral>(given, ephemeralNames, 'snowflake: roles');
  checkRoleFunction(accessRole, 'accessRole', schemas);
  if (!/^[A-Z][A-Z0-9_]{0,63}_$/.test(prefix))
    throw createConfigError('roles.prefix must be upper-case letters, digits and _, and end with _');
  if (!admin?.user || !admin.role) throw createConfigError('roles.admin must name a user and a role');
  if (!Number.isSafeInteger(reapEveryMs) || reapEveryMs < 1_000)
    throw createConfigError('roles.reapEveryMs must be at least 1,000');
  const adminConnection = new AdminConnection({
    account,
    credentials: createCredentialProvider(admin.credential, 'roles.admin.credential'),
    user: admin.user,
    role: admin.role,
  });
  return new EphemeralRoles({ admin: adminConnection, owner: admin.role, accessRole, prefix, reapEveryMs });
}

/** A role is the limit to one schema: one that holds two is none. */
function checkRoleFunction(role: RoleFor, name: string, schemas: readonly SchemaRef[]): RoleFor {
  if (typeof role !== 'function') throw createConfigError(`roles.${name} must be a function`);
  const shared = findSharedRole(schemas, role);
  if (shared !== undefined)
    throw createConfigError(
      `roles.${name} names one role, ${shared.role}, for two schemas: ${shared.schemas.join(' and ')}`,
    );
  return role;
}

function parseAccountUrl(given: unknown): URL {
  const url = parseSecureUrl(given, { path: false });
  if (typeof url === 'string')
    throw createConfigError(`url ${url}; it is an origin, such as https://myorg-myaccount.snowflakecomputing.com`);
  return url;
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `snowflake: ${message}`);
}
