import { AccessError, formatSchema, type EngineNote, type Grant, type LeftOver, type SchemaRef } from '../../../core/index.js';
import { literal, likeLiteral, quoted } from '../names.js';
import type { Clerk } from './clerk.js';
import { Reaper } from './reaper.js';
import { roleOf } from './role-for.js';
import type { HeldRole, RoleFor, RolePlan, Roles } from './roles.js';
import { freshName, stampText } from './stamp.js';

export interface EphemeralSettings {
  readonly clerk: Clerk;
  /** The clerk's role, which owns what it makes. */
  readonly owner: string;
  readonly accessRole: RoleFor;
  readonly prefix: string;
  readonly reapEveryMs: number;
}

/** A new role for each session, made for its grant and dropped with it. */
export class EphemeralRoles implements Roles {
  readonly #settings: EphemeralSettings;
  readonly #reaper: Reaper;
  readonly #releasing = new Set<Promise<void>>();
  #note: EngineNote = async () => undefined;

  constructor(settings: EphemeralSettings) {
    this.#settings = settings;
    this.#reaper = new Reaper(settings, (name) => this.#drop(name), (data, session) => this.#note('grant.removed', data, { session }));
  }

  start(note: EngineNote, left: readonly LeftOver[]): void {
    this.#note = note;
    this.#reaper.start(left);
  }

  /** The clerk logs in and looks for the role that each schema is read with. */
  async check(schemas: readonly SchemaRef[], signal: AbortSignal): Promise<void> {
    const { clerk, accessRole, owner } = this.#settings;
    await clerk.run('admin', 'SELECT CURRENT_ROLE()', signal);
    for (const schema of schemas) {
      const role = roleOf(accessRole, schema, 'read');
      if (role === undefined) continue;
      const there = await clerk.run('access_role', lookText(role), signal);
      if (!there.some((each) => each['name'] === role)) throw new AccessError('ENGINE_UNAVAILABLE', `the role ${owner} sees no access role ${role} for ${formatSchema(schema)}`, { detail: { step: 'access_role' } });
    }
  }

  async close(): Promise<void> {
    await this.#reaper.stop();
    await Promise.allSettled(this.#releasing);
    await this.#settings.clerk.close();
  }

  plan(grant: Grant, user: string): RolePlan {
    const role = freshName(this.#settings.prefix);
    const access = this.#settings.accessRole(grant.scope);
    return {
      role, user, accessRole: access,
      making: [
        `CREATE ROLE ${quoted(role)} COMMENT = ${literal(stampText({ session: grant.session, until: grant.expiresAt }))}`, `GRANT ROLE ${quoted(access)} TO ROLE ${quoted(role)}`,
        `GRANT ROLE ${quoted(role)} TO USER ${quoted(user)}`,
      ],
      removing: [`REVOKE ROLE ${quoted(role)} FROM USER ${quoted(user)}`, dropText(role), lookText(role)],
    };
  }

  async take({ role, user, accessRole = '', making, removing }: RolePlan, grant: Grant, signal: AbortSignal): Promise<HeldRole> {
    const { clerk } = this.#settings;
    const facts = { role, user, accessRole, grant: grant.id };
    let releasing: Promise<void> | undefined;
    const release = (): Promise<void> => (releasing ??= this.#tracked(this.#release(role, removing[0] as string, grant, facts)));
    try {
      for (const [index, step] of ['role.create', 'role.access', 'role.user'].entries()) await clerk.run(step, making[index] as string, signal);
      await this.#note('grant.applied', { ...facts, schema: formatSchema(grant.scope), access: grant.scope.access, expiresAt: grant.expiresAt }, grant);
      return { release };
    } catch (error) {
      // Whether it was made is not known when the answer was lost. Nobody waits for this: the reaper takes over where it fails.
      void release().catch(() => undefined);
      throw error;
    }
  }

  #tracked(release: Promise<void>): Promise<void> {
    this.#releasing.add(release);
    void release.catch(() => undefined).finally(() => this.#releasing.delete(release));
    return release;
  }

  async #release(role: string, revoke: string, grant: Grant, facts: Readonly<Record<string, string>>): Promise<void> {
    try {
      await this.#settings.clerk.run('role.revoke', revoke).catch(() => undefined);
      await this.#drop(role);
    } catch (error) {
      this.#reaper.owe(role);
      throw error;
    }
    await this.#note('grant.removed', { ...facts, by: 'close' }, grant);
  }

  /** Drops it, and reads back that it is gone. */
  async #drop(role: string): Promise<void> {
    const { clerk } = this.#settings;
    await clerk.run('role.drop', dropText(role));
    const left = await clerk.run('role.verify', lookText(role));
    if (left.length > 0) throw new Error('a role is still there after it was dropped');
  }
}

function dropText(role: string): string {
  return `DROP ROLE IF EXISTS ${quoted(role)}`;
}

function lookText(role: string): string {
  return `SHOW ROLES LIKE ${likeLiteral(role)}`;
}
