import type { JSONWebKeySet } from 'jose';
import { serverErrors } from './server-error.js';
import { AccountObjects } from './account-objects.js';

/** One privilege that a role has on one object. */
export interface Privilege {
  readonly privilege: string;
  /** `TABLE`, `VIEW`, `SCHEMA`, `DATABASE`, `WAREHOUSE`, `DATABASE_ROLE`, `ACCOUNT`. */
  readonly on: string;
  readonly name: string;
  /** Granted by Snowflake itself; nobody can take it. */
  readonly system?: true;
}

/** A privilege on objects that are yet to come, in a schema or a database. */
export interface FuturePrivilege extends Privilege {
  readonly role: string;
}

export interface Role {
  readonly name: string;
  owner: string;
  comment: string;
  readonly createdAt: number;
  readonly privileges: Privilege[];
  /** Roles that were granted to it. */
  readonly roles: Set<string>;
}

export interface User {
  readonly name: string;
  readonly type?: 'PERSON' | 'SERVICE' | 'SERVICE_AGENT';
  readonly defaultRole?: string;
  /** Since 2024 Snowflake gives all by default. */
  readonly defaultSecondaryRoles?: 'ALL' | 'NONE';
  readonly password?: string;
  /** SPKI PEM. */
  readonly publicKey?: string;
  /** Programmatic access tokens, with the one role of those that are restricted. */
  readonly tokens?: readonly (string | { readonly token: string; readonly role: string })[];
  /** How an OpenID Connect provider names the workload that may log in as it. */
  readonly workload?: {
    readonly issuer: string;
    readonly subject: string;
    readonly audience?: string;
    readonly jwks: JSONWebKeySet;
  };
  /** Enrolled in multi-factor authentication. */
  readonly mfa?: true;
  /** Parameters that were set for it. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Names of policies that were set for it. */
  readonly policies?: Readonly<Partial<Record<'SESSION' | 'AUTHENTICATION', string>>>;
}

/** A function or a procedure that somebody made. */
export interface Routine {
  readonly kind: 'FUNCTION' | 'PROCEDURE';
  /** `DATABASE.SCHEMA`. */
  readonly schema: string;
  readonly name: string;
  /** As SHOW writes it: `F(NUMBER) RETURN NUMBER`. */
  readonly arguments: string;
}

export const adminRole = 'ACCOUNTADMIN';

/** What every account's PUBLIC begins with. */
const publicPrivileges: readonly Privilege[] = [
  { privilege: 'USE AI FUNCTIONS', on: 'ACCOUNT', name: 'ACCOUNT' },
  { privilege: 'USAGE', on: 'DATABASE_ROLE', name: 'SNOWFLAKE.CORTEX_USER' },
  { privilege: 'USAGE', on: 'DATABASE_ROLE', name: 'SNOWFLAKE.COPILOT_USER' },
  { privilege: 'USAGE', on: 'DATABASE_ROLE', name: 'CORE_VIEWER', system: true },
  { privilege: 'USAGE', on: 'DATABASE_ROLE', name: 'ML_USER', system: true },
];

/** Who there is, and who may do what. */
export class Catalog {
  readonly roles = new Map<string, Role>();
  readonly users = new Map<string, User & { readonly granted: Set<string> }>();
  /** Warehouses, policies and the like. */
  readonly things = new AccountObjects();
  /** Parameters that were set for the account. */
  readonly parameters = new Map<string, string>();
  readonly routines: Routine[] = [];
  readonly #futureGrants: FuturePrivilege[] = [];

  constructor() {
    for (const name of [adminRole, 'SECURITYADMIN', 'PUBLIC']) this.createRole(name, adminRole);
    this.roles.get('PUBLIC')?.privileges.push(...publicPrivileges);
    this.roles
      .get('SECURITYADMIN')
      ?.privileges.push(
        { privilege: 'MANAGE GRANTS', on: 'ACCOUNT', name: 'ACCOUNT' },
        { privilege: 'CREATE ROLE', on: 'ACCOUNT', name: 'ACCOUNT' },
      );
  }

  addUser(user: User, roles: readonly string[] = []): void {
    this.users.set(user.name, { ...user, granted: new Set(roles) });
  }

  user(name: string): User & { readonly granted: Set<string> } {
    const user = this.users.get(name);
    if (user === undefined) throw serverErrors.absent('User', name);
    return user;
  }

  /** Makes it what it is to be from now on; its roles stay. */
  changeUser(name: string, change: Partial<User>): void {
    const { granted, ...user } = this.user(name);
    this.users.set(name, { ...user, ...change, granted });
  }

  role(name: string): Role {
    const role = this.roles.get(name);
    if (role === undefined) throw serverErrors.absent('Role', name);
    return role;
  }

  createRole(name: string, owner: string, comment = ''): void {
    if (this.roles.has(name)) throw serverErrors.exists('ROLE', name);
    this.roles.set(name, { name, owner, comment, createdAt: Date.now(), privileges: [], roles: new Set() });
  }

  dropRole(name: string): void {
    this.role(name);
    this.roles.delete(name);
    for (const { roles } of this.roles.values()) roles.delete(name);
    for (const { granted } of this.users.values()) granted.delete(name);
  }

  /** Roles that a user may use directly. */
  usable(user: string, role: string): boolean {
    const granted = this.users.get(user)?.granted ?? new Set<string>();
    return role === 'PUBLIC' || [...granted].some((each) => this.reach([each]).has(role));
  }

  /** These roles and all that they inherit. */
  reach(names: Iterable<string>): ReadonlySet<string> {
    const reached = new Set<string>();
    const queue = [...names];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (reached.has(name)) continue;
      reached.add(name);
      queue.push(...(this.roles.get(name)?.roles ?? []));
    }
    return reached;
  }

  may(active: Iterable<string>, privilege: string, on: string, name: string): boolean {
    const reached = this.reach(active);
    if (reached.has(adminRole)) return true;
    return [...reached, 'PUBLIC'].some(
      (role) =>
        this.roles
          .get(role)
          ?.privileges.some(
            (each) => each.on === on && each.name === name && [privilege, 'OWNERSHIP', 'ALL'].includes(each.privilege),
          ) === true,
    );
  }

  /** Whether these roles see and may change everything that is granted. */
  manages(active: Iterable<string>): boolean {
    return this.may(active, 'MANAGE GRANTS', 'ACCOUNT', 'ACCOUNT');
  }

  /** Whether these roles may give and take what is this role's. */
  rules(active: Iterable<string>, role: Role): boolean {
    const reached = this.reach(active);
    return reached.has(adminRole) || reached.has(role.owner) || this.manages(reached);
  }

  grant(role: string, privilege: Privilege): void {
    const { privileges } = this.role(role);
    if (!privileges.some((each) => isSamePrivilege(each, privilege))) privileges.push(privilege);
  }

  revoke(role: string, privilege: Privilege): void {
    const { privileges } = this.role(role);
    for (let at = privileges.length - 1; at >= 0; at -= 1) {
      const each = privileges[at] as Privilege;
      if (
        each.system !== true &&
        (isSamePrivilege(each, privilege) ||
          (privilege.privilege === 'ALL' &&
            each.privilege !== 'OWNERSHIP' &&
            each.on === privilege.on &&
            each.name === privilege.name))
      )
        privileges.splice(at, 1);
    }
  }

  future(): readonly FuturePrivilege[] {
    return this.#futureGrants;
  }

  revokeFuture(role: string, privilege: Privilege): void {
    const at = this.#futureGrants.findIndex((each) => each.role === role && isSamePrivilege(each, privilege));
    if (at >= 0) this.#futureGrants.splice(at, 1);
  }

  grantFuture(role: string, privilege: Privilege): void {
    this.#futureGrants.push({ ...privilege, role });
  }

  /** A table came to be. */
  created(table: string, owner: string): void {
    this.grant(owner, { privilege: 'OWNERSHIP', on: 'TABLE', name: table });
    for (const { role, privilege, name } of this.#futureGrants)
      if (table.startsWith(`${name}.`) && this.roles.has(role))
        this.grant(role, { privilege, on: 'TABLE', name: table });
  }
}

function isSamePrivilege(one: Privilege, other: Privilege): boolean {
  return one.privilege === other.privilege && one.on === other.on && one.name === other.name;
}
