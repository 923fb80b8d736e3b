import { quoteLikeLiteral, quoteName } from '../../../adapters/snowflake/names.js';
import type { RowRecords } from '../../../adapters/snowflake/roles/admin-connection.js';
import { isOwnRoleName } from '../../../adapters/snowflake/roles/role-comment.js';
import type { AccountPlan } from '../plan.js';
import { selectUserType } from '../account-statements.js';
import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';

const propertyCodes = ['USER_TYPE', 'USER_SECONDARY_ROLES', 'USER_PASSWORD'] as const;

/** The gateway's user and the agents': of what type they are, and what they could do between sessions. */
export async function checkUsers(look: AccountInspector): Promise<readonly CheckResult[]> {
  const { gateway, agents } = look.plan;
  return (await Promise.all([gateway.user, ...agents].map((user) => checkUser(look, user)))).flat();
}

async function checkUser(look: AccountInspector, user: string): Promise<readonly CheckResult[]> {
  const answer = await look.query(`SHOW USERS LIKE ${quoteLikeLiteral(user)}`);
  if (isNotVisible(answer)) return [createUnknownCheck(user, ['USER_MISSING', ...propertyCodes], answer)];
  const row = answer.find((each) => each['name'] === user);
  if (row === undefined)
    return [
      createFinding('USER_MISSING', user, 'there is no such user', [
        `CREATE USER ${quoteName(user)} TYPE = ${selectUserType(look.plan, user)} DEFAULT_SECONDARY_ROLES = ()`,
      ]),
    ];
  return [
    ...(row['type'] === null
      ? [
          createUnknownCheck(
            user,
            propertyCodes,
            'the properties of users are shown to their owner and to roles with MANAGE GRANTS',
          ),
        ]
      : checkProperties(look.plan, user, row)),
    ...(await checkStandingRoles(look, user)),
  ];
}

function checkProperties(plan: AccountPlan, user: string, row: RowRecords[number]): readonly CheckResult[] {
  const { type, has_password: password, has_mfa: mfa, default_secondary_roles: secondary } = row;
  const name = quoteName(user);
  const service = type === 'SERVICE' || type === 'SERVICE_AGENT';
  return [
    // A service user keeps a password that it had, out of sight: so the password goes first.
    ...(password === 'true'
      ? [
          createFinding(
            'USER_PASSWORD',
            user,
            mfa === 'true' ? 'it has a password' : 'it has a password, and no second factor',
            [`ALTER USER ${name} UNSET PASSWORD`],
          ),
        ]
      : []),
    ...(service
      ? []
      : [
          createFinding('USER_TYPE', user, `it is of type ${type || 'PERSON'}`, [
            `ALTER USER ${name} SET TYPE = ${selectUserType(plan, user)}`,
          ]),
        ]),
    ...(secondary?.replaceAll(/\s/g, '') === '[]'
      ? []
      : [
          createFinding('USER_SECONDARY_ROLES', user, `its default secondary roles are ${secondary || 'ALL'}`, [
            `ALTER USER ${name} SET DEFAULT_SECONDARY_ROLES = ()`,
          ]),
        ]),
  ];
}

/** Roles of live sessions are ours; the gateway's user has its one role. */
async function checkStandingRoles(look: AccountInspector, user: string): Promise<readonly CheckResult[]> {
  const { gateway, prefix } = look.plan;
  const answer = await look.query(`SHOW GRANTS TO USER ${quoteName(user)}`);
  if (isNotVisible(answer)) return [createUnknownCheck(user, ['USER_STANDING_ROLE'], answer)];
  const roles = answer
    .map((row) => row['role'] ?? '')
    .filter((role) => !isOwnRoleName(role, prefix) && !(user === gateway.user && role === gateway.role));
  return roles.map((role) =>
    createFinding('USER_STANDING_ROLE', user, `it holds the role ${role}, outside of any session`, [
      `REVOKE ROLE ${quoteName(role)} FROM USER ${quoteName(user)}`,
    ]),
  );
}
