import { quoteName } from '../../../adapters/snowflake/names.js';
import { isOwnRoleName } from '../../../adapters/snowflake/roles/role-comment.js';
import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { parseGrants, createRevokeStatements, type GrantRow } from './grants.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';
import { splitName } from './object-names.js';

/** What the gateway's role holds, itself and by what was granted to it. */
export async function checkGatewayRole(look: AccountInspector): Promise<readonly CheckResult[]> {
  const { gateway, accessRoles, prefix } = look.plan;
  const { role } = gateway;
  const answer = await look.grantsTo(role);
  if (isNotVisible(answer))
    return [
      createUnknownCheck(role, ['MANAGE_GRANTS', 'GATEWAY_EXTRA', 'GATEWAY_CREATE_ROLE', 'ACCESS_ROLE_OWNER'], answer),
    ];
  const held = parseGrants(answer);
  const owned = new Set(
    held
      .filter(({ privilege, on }) => privilege === 'OWNERSHIP' && on === 'ROLE')
      .map(({ name }) => splitName(name)[0]),
  );
  const needed = (each: GrantRow): boolean =>
    (each.on === 'ACCOUNT' && each.privilege === 'CREATE ROLE') ||
    (each.on === 'ROLE' && each.privilege === 'OWNERSHIP' && ours(splitName(each.name)[0] ?? ''));
  const ours = (name: string): boolean => isOwnRoleName(name, prefix) || accessRoles.some((each) => each.role === name);
  return [
    ...held
      .filter(isManageGrants)
      .map((each) =>
        createFinding('MANAGE_GRANTS', role, 'it holds MANAGE GRANTS', createRevokeStatements(each, role)),
      ),
    ...(await checkInheritedRoles(look, role)),
    ...held
      .filter((each) => !needed(each) && !isManageGrants(each) && !isRoleGrant(each))
      .map((each) =>
        createFinding(
          'GATEWAY_EXTRA',
          role,
          `it holds ${each.privilege} on ${each.on} ${each.name}`,
          createRevokeStatements(each, role),
        ),
      ),
    ...(held.some((each) => each.on === 'ACCOUNT' && each.privilege === 'CREATE ROLE')
      ? []
      : [
          createFinding('GATEWAY_CREATE_ROLE', role, 'it does not hold CREATE ROLE', [
            `GRANT CREATE ROLE ON ACCOUNT TO ROLE ${quoteName(role)}`,
          ]),
        ]),
    ...accessRoles
      .filter((each) => !owned.has(each.role))
      .map((each) =>
        createFinding('ACCESS_ROLE_OWNER', each.role, `the role ${role} does not own it`, [
          `GRANT OWNERSHIP ON ROLE ${quoteName(each.role)} TO ROLE ${quoteName(role)} COPY CURRENT GRANTS`,
        ]),
      ),
  ];
}

function isManageGrants({ privilege, on }: GrantRow): boolean {
  return on === 'ACCOUNT' && privilege === 'MANAGE GRANTS';
}

function isRoleGrant({ privilege, on }: GrantRow): boolean {
  return on === 'ROLE' && privilege === 'USAGE';
}

/** Roles that were granted to it: none is needed, and one that leads to MANAGE GRANTS is worse. */
async function checkInheritedRoles(look: AccountInspector, role: string): Promise<readonly CheckResult[]> {
  const answer = await look.grantsTo(role);
  if (isNotVisible(answer)) return [];
  const all: CheckResult[] = [];
  for (const each of parseGrants(answer).filter(isRoleGrant)) {
    const name = splitName(each.name)[0] ?? '';
    const path = await findPathToManageGrants(look, name, new Set([role]));
    if (isHidden(path))
      all.push(
        createUnknownCheck(
          role,
          ['MANAGE_GRANTS'],
          `what the role ${path.hidden} holds, which it inherits, is not shown`,
        ),
      );
    all.push(
      Array.isArray(path)
        ? createFinding(
            'MANAGE_GRANTS',
            role,
            `it inherits MANAGE GRANTS by way of ${path.join(', ')}`,
            createRevokeStatements(each, role),
          )
        : createFinding('GATEWAY_EXTRA', role, `it inherits the role ${name}`, createRevokeStatements(each, role)),
    );
  }
  return all;
}

type RolePath = readonly string[] | undefined | { readonly hidden: string };

async function findPathToManageGrants(look: AccountInspector, role: string, seen: Set<string>): Promise<RolePath> {
  if (seen.has(role)) return undefined;
  seen.add(role);
  // Snowflake's own admins hold it whether or not a grant says so.
  if (role === 'ACCOUNTADMIN' || role === 'SECURITYADMIN') return [role];
  const answer = await look.grantsTo(role);
  if (isNotVisible(answer)) return { hidden: role };
  const held = parseGrants(answer);
  if (held.some(isManageGrants)) return [role];
  let hidden: RolePath;
  for (const each of held.filter(isRoleGrant)) {
    const path = await findPathToManageGrants(look, splitName(each.name)[0] ?? '', seen);
    if (Array.isArray(path)) return [role, ...path];
    hidden ??= path;
  }
  return hidden;
}

function isHidden(path: RolePath): path is { readonly hidden: string } {
  return path !== undefined && 'hidden' in path;
}
