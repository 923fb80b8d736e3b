import { quoteName } from '../../../adapters/snowflake/names.js';
import type { RowRecords } from '../../../adapters/snowflake/roles/admin-connection.js';
import { requoteName, splitName } from './object-names.js';

/** One row of SHOW GRANTS TO ROLE. */
export interface GrantRow {
  readonly privilege: string;
  /** `TABLE`, `DATABASE_ROLE`. */
  readonly on: string;
  readonly name: string;
  readonly withGrantOption: boolean;
  /** By Snowflake itself; nobody can take it. */
  readonly bySystem: boolean;
}

export function parseGrants(rows: RowRecords): readonly GrantRow[] {
  return rows.map((row) => ({
    privilege: row['privilege'] ?? '',
    on: (row['granted_on'] ?? '').replaceAll(' ', '_'),
    name: row['name'] ?? '',
    withGrantOption: row['grant_option'] === 'true',
    bySystem: row['granted_by'] === '' || row['granted_by'] === null,
  }));
}

const privilegePattern = /^[A-Z][A-Z_ ]*$/;

/**
 * The statement that takes it away; none where its words are not what they should be, or where only a person can say
 * who is to own it.
 */
export function createRevokeStatements({ privilege, on, name }: GrantRow, role: string): readonly string[] {
  const holder = `FROM ROLE ${quoteName(role)}`;
  if (!privilegePattern.test(privilege) || !privilegePattern.test(on) || privilege === 'OWNERSHIP') return [];
  if (on === 'ACCOUNT') return [`REVOKE ${privilege} ON ACCOUNT ${holder}`];
  if (on === 'ROLE') return [`REVOKE ROLE ${requoteName(name)} ${holder}`];
  if (on === 'DATABASE_ROLE') return [`REVOKE DATABASE ROLE ${formatDatabaseRole(name)} ${holder}`];
  if (on === 'FUNCTION' || on === 'PROCEDURE')
    return [
      `REVOKE ALL PRIVILEGES ON ALL ${on}S IN SCHEMA ${splitName(name).slice(0, 2).map(quoteName).join('.')} ${holder}`,
    ];
  return [`REVOKE ${privilege} ON ${on.replaceAll('_', ' ')} ${requoteName(name)} ${holder}`];
}

/** Those of Snowflake's own database are shown without it. */
function formatDatabaseRole(name: string): string {
  const parts = splitName(name);
  return (parts.length === 1 ? ['SNOWFLAKE', ...parts] : parts).map(quoteName).join('.');
}
