import type { EngineNote, Grant, LeftOver, Scope } from '../../../core/index.js';

/** A role that a session runs as, and the way to give it up. */
export interface HeldRole {
  readonly role: string;
  /** Takes it away again, and makes sure; throws where something may be left. Idempotent. */
  release(): Promise<void>;
}

/** Where a session's role comes from. */
export interface Roles {
  take(grant: Grant, user: string, signal: AbortSignal): Promise<HeldRole>;
  /** `left` are sessions of an earlier run that ended without being closed. */
  start?(note: EngineNote, left: readonly LeftOver[]): void;
  close?(): Promise<void>;
}

/** Names a role for a schema and an access level. */
export type RoleFor = (scope: Pick<Scope, 'database' | 'schema' | 'access'>) => string;

/** Roles that are there already, one for each schema and access level. */
export function preparedRoles(roleFor: RoleFor): Roles {
  return { take: async ({ scope }) => ({ role: roleFor(scope), release: async () => undefined }) };
}
