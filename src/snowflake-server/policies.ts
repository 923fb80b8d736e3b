import { failures } from './failure.js';
import { activeRoles, type Ground } from './ground.js';
import { textTable, type Answer } from './wire.js';

/** One form of the question, with these columns in this order; no other is understood. */
const form = /^SELECT POLICY_KIND, POLICY_DB, POLICY_SCHEMA, POLICY_NAME FROM TABLE\("(?:[^"]|"")+"\.INFORMATION_SCHEMA\.POLICY_REFERENCES\(REF_ENTITY_NAME => '"((?:[^"'\\]|""|''|\\.)+)"', REF_ENTITY_DOMAIN => 'USER'\)\)$/;

/** POLICY_REFERENCES of a user; undefined for any other statement. Whoever may see no policy is answered with none, as Snowflake does. */
export function policyReferences(sql: string, ground: Ground): Answer | undefined {
  const user = form.exec(sql)?.[1]?.replaceAll('""', '"').replaceAll("''", "'").replaceAll(/\\(.)/g, '$1');
  if (user === undefined) return undefined;
  const { catalog, session } = ground;
  if (session.warehouse === undefined) throw failures.warehouse();
  const policies = catalog.manages(activeRoles(ground)) ? Object.entries(catalog.user(user).policies ?? {}) : [];
  return textTable(['POLICY_KIND', 'POLICY_DB', 'POLICY_SCHEMA', 'POLICY_NAME'], policies.map(([kind, name]) => [`${kind}_POLICY`, ...(name ?? '').split('.')]));
}
