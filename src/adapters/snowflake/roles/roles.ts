import type { EngineNote, Grant, LeftOver, SchemaRef } from '../../../core/index.js';
import type { RoleFor } from './role-for.js';

export type { RoleFor } from './role-for.js';

/** A role that a session runs as, and the way to give it up. */
export interface HeldRole {
  readonly role: string;
  /** Takes it away again, and makes sure; throws where something may be left. Idempotent. */
  release(): Promise<void>;
}

/** Where a session's role comes from. */
export interface Roles {
  take(grant: Grant, user: string, signal: AbortSignal): Promise<HeldRole>;
  /** Throws ENGINE_UNAVAILABLE where roles cannot be had for one of these schemas. */
  check?(schemas: readonly SchemaRef[], signal: AbortSignal): Promise<void>;
  /** The role that is there already for a scope; left out where each session gets one of its own. */
  readonly standing?: RoleFor;
  /** `left` are sessions of an earlier run that ended without being closed. */
  start?(note: EngineNote, left: readonly LeftOver[]): void;
  close?(): Promise<void>;
}

/** Roles that are there already, one for each schema and access level. */
export function preparedRoles(roleFor: RoleFor): Roles {
  return { standing: roleFor, take: async ({ scope }) => ({ role: roleFor(scope), release: async () => undefined }) };
}
