import type { EngineEventRecorder, Grant, OrphanedSession, SchemaRef } from '../../../core/index.js';
import type { RoleFor } from './role-for.js';

export type { RoleFor } from './role-for.js';

/** The way to give up the role that a session runs as. */
export interface HeldRole {
  /** Takes it away again, and makes sure; throws where something may be left. Idempotent. */
  release(): Promise<void>;
}

/** The role of a session, and all that is said to make it and to remove it, in this order. */
export interface RolePlan {
  readonly role: string;
  readonly user: string;
  /** Of a role that is made: the one that it gets its rights from. */
  readonly accessRole?: string;
  readonly making: readonly string[];
  readonly removing: readonly string[];
}

/** Where a session's role comes from. */
export interface Roles {
  /** Nothing is sent yet. */
  plan(grant: Grant, user: string): RolePlan;
  acquire(plan: RolePlan, grant: Grant, signal: AbortSignal): Promise<HeldRole>;
  /** Throws ENGINE_UNAVAILABLE where roles cannot be had for one of these schemas. */
  check?(schemas: readonly SchemaRef[], signal: AbortSignal): Promise<void>;
  /** The role that is there already for a scope; left out where each session gets one of its own. */
  readonly preparedRole?: RoleFor;
  /** `left` are sessions of an earlier run that ended without being closed. */
  start?(note: EngineEventRecorder, left: readonly OrphanedSession[]): void;
  close?(): Promise<void>;
}

/** Roles that are there already, one for each schema and access level. */
export function createPreparedRoles(roleFor: RoleFor): Roles {
  return {
    preparedRole: roleFor,
    plan: ({ scope }, user) => ({ role: roleFor(scope), user, making: [], removing: [] }),
    acquire: async () => ({ release: async () => undefined }),
  };
}
