import { quoteName } from '../../../adapters/snowflake/names.js';
import type { AccessRole } from '../plan.js';
import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { parseGrants, createRevokeStatements, type GrantRow } from './grants.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';
import { splitName } from './object-names.js';

/** Each access role: one schema, one level, and the way there. */
export async function checkAccessRoles(look: AccountInspector): Promise<readonly CheckResult[]> {
  return (await Promise.all(look.plan.accessRoles.map((each) => checkRole(look, each)))).flat();
}

async function checkRole(look: AccountInspector, mine: AccessRole): Promise<readonly CheckResult[]> {
  const { role } = mine;
  const answer = await look.grantsTo(role);
  if (isNotVisible(answer))
    return [
      look.seesAll()
        ? createFinding('ACCESS_ROLE_MISSING', role, 'there is no such role', [
            `CREATE ROLE IF NOT EXISTS ${quoteName(role)}`,
          ])
        : createUnknownCheck(role, ['ACCESS_ROLE_MISSING', 'ACCESS_ROLE_WIDE', 'ACCESS_ROLE_LEVEL'], answer),
    ];
  return parseGrants(answer).flatMap((each) => {
    if (isTooWide(each, mine, look.plan.warehouse))
      return [
        createFinding('ACCESS_ROLE_WIDE', role, `it holds ${formatGrant(each)}`, createRevokeStatements(each, role)),
      ];
    return exceedsLevel(each, mine)
      ? [
          createFinding(
            'ACCESS_ROLE_LEVEL',
            role,
            `it is for ${mine.access === 'read' ? 'reading' : 'writing'}, and holds ${formatGrant(each)}`,
            createRevokeStatements(each, role),
          ),
        ]
      : [];
  });
}

function formatGrant({ privilege, on, name, withGrantOption }: GrantRow): string {
  return `${privilege} on ${on.replaceAll('_', ' ')} ${name}${withGrantOption ? ', and may grant it on' : ''}`;
}

/** Anything outside of its schema; of database and warehouse no more than their use. */
function isTooWide({ privilege, on, name }: GrantRow, { database, schema }: AccessRole, warehouse: string): boolean {
  const [first, second] = splitName(name);
  if (on === 'DATABASE') return first !== database || privilege !== 'USAGE';
  if (on === 'WAREHOUSE') return first !== warehouse || privilege !== 'USAGE';
  if (on === 'ACCOUNT' || on === 'ROLE' || on === 'DATABASE_ROLE' || second === undefined) return true;
  return first !== database || second !== schema;
}

const readPrivileges: ReadonlySet<string> = new Set(['USAGE', 'SELECT', 'REFERENCES', 'MONITOR']);
const writePrivileges: ReadonlySet<string> = new Set([...readPrivileges, 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']);

/** More than its level; nobody but an owner needs a stage, and a role that may grant on is no limit. */
function exceedsLevel({ privilege, on, withGrantOption }: GrantRow, { access }: AccessRole): boolean {
  if (withGrantOption || on === 'STAGE') return true;
  if (access === 'write' && on === 'SCHEMA' && privilege.startsWith('CREATE ')) return false;
  return !(access === 'read' ? readPrivileges : writePrivileges).has(privilege);
}
