import type { Catalog } from './catalog.js';
import { serverErrors } from './server-error.js';
import type { ServerSession } from './session.js';
import { createTextTable } from './wire-format.js';

/** What a management statement may touch. */
export interface CommandContext {
  readonly catalog: Catalog;
  readonly session: ServerSession;
  /** The tables and views there are, `DATABASE.SCHEMA.NAME`. */
  readonly tables: () => Promise<readonly string[]>;
  readonly views: () => Promise<readonly string[]>;
  readonly schemas: () => Promise<ReadonlySet<string>>;
  /** Runs DDL of DuckDB's. */
  readonly runDdl: (sql: string) => Promise<void>;
}

export const doneResult = createTextTable(['status'], [['Statement executed successfully.']]);

/** The roles that count for a session's statements. */
export function listActiveRoles({ catalog, session }: Pick<CommandContext, 'catalog' | 'session'>): readonly string[] {
  const granted = session.secondaryRoles === 'ALL' ? [...(catalog.users.get(session.user.name)?.granted ?? [])] : [];
  return [session.role, ...granted].filter((role) => catalog.roles.has(role));
}

/** Throws Failure unless the account's administrator is among the session's roles. */
export function requireAdmin(ground: CommandContext, what: string): void {
  if (!ground.catalog.reach(listActiveRoles(ground)).has('ACCOUNTADMIN'))
    throw serverErrors.role(`Insufficient privileges to operate on ${what}`);
}
