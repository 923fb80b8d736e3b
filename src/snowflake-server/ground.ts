import type { Catalog } from './catalog.js';
import { failures } from './failure.js';
import type { Session } from './session.js';
import { textTable } from './wire.js';

/** What a management statement may touch. */
export interface Ground {
  readonly catalog: Catalog;
  readonly session: Session;
  /** The tables and views there are, `DATABASE.SCHEMA.NAME`. */
  readonly tables: () => Promise<readonly string[]>;
  readonly views: () => Promise<readonly string[]>;
  readonly schemas: () => Promise<ReadonlySet<string>>;
  /** Runs DDL of DuckDB's. */
  readonly build: (sql: string) => Promise<void>;
}

export const done = textTable(['status'], [['Statement executed successfully.']]);

/** The roles that count for a session's statements. */
export function activeRoles({ catalog, session }: Pick<Ground, 'catalog' | 'session'>): readonly string[] {
  const granted = session.secondary === 'ALL' ? [...(catalog.users.get(session.user.name)?.granted ?? [])] : [];
  return [session.role, ...granted].filter((role) => catalog.roles.has(role));
}

/** Throws Failure unless the account's administrator is among the session's roles. */
export function needAdmin(ground: Ground, what: string): void {
  if (!ground.catalog.reach(activeRoles(ground)).has('ACCOUNTADMIN')) throw failures.role(`Insufficient privileges to operate on ${what}`);
}
