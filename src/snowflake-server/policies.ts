import { serverErrors } from './server-error.js';
import { listActiveRoles, type CommandContext } from './command-context.js';
import { createTextTable, type ResultTable } from './wire-format.js';

/** One form of the question, with these columns in this order; no other is understood. */
const queryPattern =
  /^SELECT POLICY_KIND, POLICY_DB, POLICY_SCHEMA, POLICY_NAME FROM TABLE\("(?:[^"]|"")+"\.INFORMATION_SCHEMA\.POLICY_REFERENCES\(REF_ENTITY_NAME => '"((?:[^"'\\]|""|''|\\.)+)"', REF_ENTITY_DOMAIN => 'USER'\)\)$/;

/**
 * POLICY_REFERENCES of a user; undefined for any other statement. Whoever may see no policy is answered with none, as
 * Snowflake does.
 */
export function queryPolicyReferences(sql: string, ground: CommandContext): ResultTable | undefined {
  const user = queryPattern.exec(sql)?.[1]?.replaceAll('""', '"').replaceAll("''", "'").replaceAll(/\\(.)/g, '$1');
  if (user === undefined) return undefined;
  const { catalog, session } = ground;
  if (session.warehouse === undefined) throw serverErrors.warehouse();
  const policies = catalog.manages(listActiveRoles(ground)) ? Object.entries(catalog.user(user).policies ?? {}) : [];
  return createTextTable(
    ['POLICY_KIND', 'POLICY_DB', 'POLICY_SCHEMA', 'POLICY_NAME'],
    policies.map(([kind, name]) => [`${kind}_POLICY`, ...(name ?? '').split('.')]),
  );
}
