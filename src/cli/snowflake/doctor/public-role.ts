import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { parseGrants, createRevokeStatements, type GrantRow } from './grants.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';
import { splitName } from './object-names.js';

/** What PUBLIC has, and with it every session. */
export async function checkPublicRole(look: AccountInspector): Promise<readonly CheckResult[]> {
  const [role, application] = await Promise.all([
    look.query('SHOW GRANTS TO ROLE "PUBLIC"'),
    look.query('SHOW GRANTS TO APPLICATION ROLE SNOWFLAKE.PUBLIC'),
  ]);
  return [
    ...(isNotVisible(role)
      ? [createUnknownCheck('PUBLIC', ['PUBLIC_AI', 'PUBLIC_GRANT'], role)]
      : parseGrants(role)
          .filter(({ bySystem }) => !bySystem)
          .map(createPublicFinding)),
    // Not every account has it; where it is, it is shown to the account's admin.
    ...(isNotVisible(application)
      ? look.seesAll()
        ? []
        : [createUnknownCheck('SNOWFLAKE.PUBLIC', ['PUBLIC_AI'], application)]
      : parseGrants(application).filter(isAiPrivilege).map(createApplicationFinding)),
  ];
}

function isAiPrivilege({ privilege, on, name }: GrantRow): boolean {
  if (on === 'ACCOUNT') return /^USE AI FUNCTIONS?\b/.test(privilege);
  return (
    /^(?:DATABASE|APPLICATION)_ROLE$/.test(on) &&
    /^(?:CORTEX|COPILOT|AI_FUNCTIONS)\w*_USER$/.test(splitName(name).at(-1) ?? '')
  );
}

function createPublicFinding(each: GrantRow): CheckResult {
  return createFinding(
    isAiPrivilege(each) ? 'PUBLIC_AI' : 'PUBLIC_GRANT',
    'PUBLIC',
    `it holds ${each.privilege} on ${each.on.replaceAll('_', ' ')} ${each.name}`,
    createRevokeStatements(each, 'PUBLIC'),
  );
}

/**
 * What Snowflake's own application gives to everybody is taken by a procedure of its own
 * (REVOKE_FROM_PUBLIC_APPLICATION_ROLE in Snowflake's reference).
 */
function createApplicationFinding({ privilege, on, name }: GrantRow): CheckResult {
  const [kind, what] =
    on === 'ACCOUNT'
      ? ['PRIVILEGE', privilege.replaceAll(' ', '_')]
      : [on === 'DATABASE_ROLE' ? 'DB_ROLE' : 'APP_ROLE', splitName(name).at(-1) ?? ''];
  const fix = /^[\w-]+$/.test(what)
    ? [`CALL SNOWFLAKE.LOCAL.REVOKE_FROM_PUBLIC_APPLICATION_ROLE('${kind}', '${what}')`]
    : [];
  return createFinding(
    'PUBLIC_AI',
    'SNOWFLAKE.PUBLIC',
    `the application role holds ${on === 'ACCOUNT' ? privilege : name}`,
    fix,
  );
}
