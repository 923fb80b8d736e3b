import { quoteLikeLiteral, quoteName } from '../../../adapters/snowflake/names.js';
import { isOwnRoleName, parseRoleComment } from '../../../adapters/snowflake/roles/role-comment.js';
import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';

/** How long after its time a role may still be there, milliseconds: the reaper's round and its grace. */
const graceMs = 5 * 60_000;

/** Roles of sessions that are over. */
export async function checkLeftoverRoles(look: AccountInspector): Promise<readonly CheckResult[]> {
  const { prefix, gateway } = look.plan;
  const answer = await look.query(`SHOW ROLES LIKE ${quoteLikeLiteral(prefix).slice(0, -1)}%'`);
  if (isNotVisible(answer)) return [createUnknownCheck(prefix, ['ROLE_LEFT'], answer)];
  return answer.flatMap((row) => {
    const name = row['name'] ?? '';
    const stamp = parseRoleComment(row['comment'] ?? '');
    if (
      !isOwnRoleName(name, prefix) ||
      row['owner'] !== gateway.role ||
      stamp === undefined ||
      stamp.until + graceMs > Date.now()
    )
      return [];
    return [
      createFinding(
        'ROLE_LEFT',
        name,
        `the time of its session ${stamp.session} was over at ${new Date(stamp.until).toISOString()}`,
        [
          `GRANT OWNERSHIP ON ROLE ${quoteName(name)} TO ROLE ${quoteName(look.role)} COPY CURRENT GRANTS`,
          `DROP ROLE IF EXISTS ${quoteName(name)}`,
        ],
      ),
    ];
  });
}
