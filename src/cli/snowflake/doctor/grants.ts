import { quoted } from '../../../adapters/snowflake/names.js';
import type { Records } from '../../../adapters/snowflake/roles/clerk.js';
import { requoted, partsOf } from './names.js';

/** One row of SHOW GRANTS TO ROLE. */
export interface Granted {
  readonly privilege: string;
  /** `TABLE`, `DATABASE_ROLE`. */
  readonly on: string;
  readonly name: string;
  readonly withGrantOption: boolean;
  /** By Snowflake itself; nobody can take it. */
  readonly bySystem: boolean;
}

export function grantsOf(rows: Records): readonly Granted[] {
  return rows.map((row) => ({
    privilege: row['privilege'] ?? '', on: (row['granted_on'] ?? '').replaceAll(' ', '_'), name: row['name'] ?? '', withGrantOption: row['grant_option'] === 'true', bySystem: row['granted_by'] === '' || row['granted_by'] === null,
  }));
}

const words = /^[A-Z][A-Z_ ]*$/;

/** The statement that takes it away; none where its words are not what they should be, or where only a person can say who is to own it. */
export function takeAway({ privilege, on, name }: Granted, role: string): readonly string[] {
  const holder = `FROM ROLE ${quoted(role)}`;
  if (!words.test(privilege) || !words.test(on) || privilege === 'OWNERSHIP') return [];
  if (on === 'ACCOUNT') return [`REVOKE ${privilege} ON ACCOUNT ${holder}`];
  if (on === 'ROLE') return [`REVOKE ROLE ${requoted(name)} ${holder}`];
  if (on === 'DATABASE_ROLE') return [`REVOKE DATABASE ROLE ${databaseRole(name)} ${holder}`];
  if (on === 'FUNCTION' || on === 'PROCEDURE') return [`REVOKE ALL PRIVILEGES ON ALL ${on}S IN SCHEMA ${partsOf(name).slice(0, 2).map(quoted).join('.')} ${holder}`];
  return [`REVOKE ${privilege} ON ${on.replaceAll('_', ' ')} ${requoted(name)} ${holder}`];
}

/** Those of Snowflake's own database are shown without it. */
function databaseRole(name: string): string {
  const parts = partsOf(name);
  return (parts.length === 1 ? ['SNOWFLAKE', ...parts] : parts).map(quoted).join('.');
}
