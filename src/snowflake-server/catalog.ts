import { failures } from './failure.js';

/** One privilege that a role has on one object. */
export interface Privilege {
  readonly privilege: string;
  /** `TABLE`, `VIEW`, `SCHEMA`, `DATABASE`, `WAREHOUSE`, `ACCOUNT`. */
  readonly on: string;
  readonly name: string;
}

export interface Role {
  readonly name: string;
  readonly owner: string;
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
  /** Programmatic access tokens. */
  readonly tokens?: readonly string[];
}

export const admin = 'ACCOUNTADMIN';

/** Who there is, and who may do what. */
export class Catalog {
  readonly roles = new Map<string, Role>();
  readonly users = new Map<string, User & { readonly granted: Set<string> }>();
  /** Privileges that a role gets on tables that are yet to come, by schema. */
  readonly #future: (Privilege & { readonly role: string })[] = [];

  constructor() {
    for (const name of [admin, 'SECURITYADMIN', 'PUBLIC']) this.createRole(name, admin);
    this.roles.get('SECURITYADMIN')?.privileges.push({ privilege: 'MANAGE GRANTS', on: 'ACCOUNT', name: 'ACCOUNT' }, { privilege: 'CREATE ROLE', on: 'ACCOUNT', name: 'ACCOUNT' });
  }

  addUser(user: User, roles: readonly string[] = []): void {
    this.users.set(user.name, { ...user, granted: new Set(roles) });
  }

  role(name: string): Role {
    const role = this.roles.get(name);
    if (role === undefined) throw failures.absent('Role', name);
    return role;
  }

  createRole(name: string, owner: string, comment = ''): void {
    if (this.roles.has(name)) throw failures.exists('ROLE', name);
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
    if (reached.has(admin)) return true;
    return [...reached, 'PUBLIC'].some((role) => this.roles.get(role)?.privileges.some((each) => each.on === on && each.name === name && [privilege, 'OWNERSHIP', 'ALL'].includes(each.privilege)) === true);
  }

  /** Whether these roles may give and take what is this role's. */
  rules(active: Iterable<string>, role: Role): boolean {
    const reached = this.reach(active);
    return reached.has(admin) || reached.has(role.owner) || this.may(active, 'MANAGE GRANTS', 'ACCOUNT', 'ACCOUNT');
  }

  grant(role: string, privilege: Privilege): void {
    const { privileges } = this.role(role);
    if (!privileges.some((each) => same(each, privilege))) privileges.push(privilege);
  }

  revoke(role: string, privilege: Privilege): void {
    const { privileges } = this.role(role);
    const at = privileges.findIndex((each) => same(each, privilege));
    if (at >= 0) privileges.splice(at, 1);
  }

  grantFuture(role: string, privilege: Privilege): void {
    this.#future.push({ ...privilege, role });
  }

  /** A table came to be. */
  created(table: string, owner: string): void {
    this.grant(owner, { privilege: 'OWNERSHIP', on: 'TABLE', name: table });
    for (const { role, privilege, name } of this.#future) if (table.startsWith(`${name}.`) && this.roles.has(role)) this.grant(role, { privilege, on: 'TABLE', name: table });
  }
}

function same(one: Privilege, other: Privilege): boolean {
  return one.privilege === other.privilege && one.on === other.on && one.name === other.name;
}
