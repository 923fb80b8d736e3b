import {
  AccessError,
  formatSchema,
  type EngineEventRecorder,
  type Grant,
  type OrphanedSession,
  type SchemaRef,
} from '../../../core/index.js';
import { quoteLiteral, quoteLikeLiteral, quoteName } from '../names.js';
import type { AdminConnection } from './admin-connection.js';
import { Reaper } from './reaper.js';
import { resolveRole } from './role-for.js';
import type { HeldRole, RoleFor, RolePlan, Roles } from './roles.js';
import { createRoleName, formatRoleComment } from './role-comment.js';

export interface EphemeralRolesSettings {
  readonly admin: AdminConnection;
  /** The administrator's role, which owns what it makes. */
  readonly owner: string;
  readonly accessRole: RoleFor;
  readonly prefix: string;
  readonly reapEveryMs: number;
}

/** A new role for each session, made for its grant and dropped with it. */
export class EphemeralRoles implements Roles {
  readonly #settings: EphemeralRolesSettings;
  readonly #reaper: Reaper;
  readonly #releasing = new Set<Promise<void>>();
  #recordEvent: EngineEventRecorder = async () => undefined;

  constructor(settings: EphemeralRolesSettings) {
    this.#settings = settings;
    this.#reaper = new Reaper(
      settings,
      (name) => this.#drop(name),
      (data, session) => this.#recordEvent('grant.removed', data, { session }),
    );
  }

  start(note: EngineEventRecorder, left: readonly OrphanedSession[]): void {
    this.#recordEvent = note;
    this.#reaper.start(left);
  }

  /** The administrator logs in and looks for the role that each schema is read with. */
  async check(schemas: readonly SchemaRef[], signal: AbortSignal): Promise<void> {
    const { admin, accessRole, owner } = this.#settings;
    await admin.run('admin', 'SELECT CURRENT_ROLE()', signal);
    for (const schema of schemas) {
      const role = resolveRole(accessRole, schema, 'read');
      if (role === undefined) continue;
      const there = await admin.run('access_role', lookText(role), signal);
      if (!there.some((each) => each['name'] === role))
        throw new AccessError(
          'ENGINE_UNAVAILABLE',
          `the role ${owner} sees no access role ${role} for ${formatSchema(schema)}`,
          { detail: { step: 'access_role' } },
        );
    }
  }

  async close(): Promise<void> {
    await this.#reaper.stop();
    await Promise.allSettled(this.#releasing);
    await this.#settings.admin.close();
  }

  plan(grant: Grant, user: string): RolePlan {
    const role = createRoleName(this.#settings.prefix);
    const access = this.#settings.accessRole(grant.scope);
    return {
      role,
      user,
      accessRole: access,
      making: [
        `CREATE ROLE ${quoteName(role)} COMMENT = ${quoteLiteral(formatRoleComment({ session: grant.session, until: grant.expiresAt }))}`,
        `GRANT ROLE ${quoteName(access)} TO ROLE ${quoteName(role)}`,
        `GRANT ROLE ${quoteName(role)} TO USER ${quoteName(user)}`,
      ],
      removing: [`REVOKE ROLE ${quoteName(role)} FROM USER ${quoteName(user)}`, dropText(role), lookText(role)],
    };
  }

  async acquire(
    { role, user, accessRole = '', making, removing }: RolePlan,
    grant: Grant,
    signal: AbortSignal,
  ): Promise<HeldRole> {
    const { admin } = this.#settings;
    const facts = { role, user, accessRole, grant: grant.id };
    let releasing: Promise<void> | undefined;
    const release = (): Promise<void> =>
      (releasing ??= this.#trackRelease(this.#release(role, removing[0] as string, grant, facts)));
    try {
      for (const [index, step] of ['role.create', 'role.access', 'role.user'].entries())
        await admin.run(step, making[index] as string, signal);
      await this.#recordEvent(
        'grant.applied',
        { ...facts, schema: formatSchema(grant.scope), access: grant.scope.access, expiresAt: grant.expiresAt },
        grant,
      );
      return { release };
    } catch (error) {
      // Whether it was made is not known when the answer was lost. Nobody waits for this: the reaper takes over where
      // it fails.
      void release().catch(() => undefined);
      throw error;
    }
  }

  #trackRelease(release: Promise<void>): Promise<void> {
    this.#releasing.add(release);
    void release.catch(() => undefined).finally(() => this.#releasing.delete(release));
    return release;
  }

  async #release(role: string, revoke: string, grant: Grant, facts: Readonly<Record<string, string>>): Promise<void> {
    try {
      await this.#settings.admin.run('role.revoke', revoke).catch(() => undefined);
      await this.#drop(role);
    } catch (error) {
      this.#reaper.addFailed(role);
      throw error;
    }
    await this.#recordEvent('grant.removed', { ...facts, by: 'close' }, grant);
  }

  /** Drops it, and reads back that it is gone. */
  async #drop(role: string): Promise<void> {
    const { admin } = this.#settings;
    await admin.run('role.drop', dropText(role));
    const left = await admin.run('role.verify', lookText(role));
    if (left.length > 0) throw new Error('a role is still there after it was dropped');
  }
}

function dropText(role: string): string {
  return `DROP ROLE IF EXISTS ${quoteName(role)}`;
}

function lookText(role: string): string {
  return `SHOW ROLES LIKE ${quoteLikeLiteral(role)}`;
}
