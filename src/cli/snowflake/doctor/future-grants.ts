import { quoteName, quoteSchema } from '../../../adapters/snowflake/names.js';
import type { RowRecords } from '../../../adapters/snowflake/roles/admin-connection.js';
import { formatSchema } from '../../../core/index.js';
import { createFinding, createUnknownCheck, type DoctorFinding, type CheckResult } from './finding.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';
import { splitName } from './object-names.js';

/** Future grants to any role of ours: in the schemas, in their databases, and wherever else such a role has any. */
export async function checkFutureGrants(look: AccountInspector): Promise<readonly CheckResult[]> {
  const { schemas, accessRoles, gateway, prefix } = look.plan;
  const roles = [gateway.role, ...accessRoles.map(({ role }) => role)];
  const ours = (role: string): boolean => roles.includes(role) || role.startsWith(prefix);
  const places = [
    ...schemas.map((ref) => [`IN SCHEMA ${quoteSchema(ref)}`, formatSchema(ref)]),
    ...[...new Set(schemas.map(({ database }) => database))].map((name) => [`IN DATABASE ${quoteName(name)}`, name]),
    ...roles.map((role) => [`TO ROLE ${quoteName(role)}`, role]),
  ] as [string, string][];
  const answers = await Promise.all(
    places.map(async ([where, subject]) => ({ subject, answer: await look.query(`SHOW FUTURE GRANTS ${where}`) })),
  );
  const all = new Map<string, CheckResult>();
  for (const { subject, answer } of answers) {
    if (isNotVisible(answer)) all.set(subject, createUnknownCheck(subject, ['FUTURE_GRANT'], answer));
    else
      for (const row of answer.filter((each) => ours(each['grantee_name'] ?? '')))
        all.set(JSON.stringify(row), createFutureGrantFinding(row));
  }
  return [...all.values()];
}

/** `ACME.OPS.<TABLE>`, or `ACME.<TABLE>` where it was granted in the database. */
function createFutureGrantFinding(row: RowRecords[number]): DoctorFinding {
  const { privilege = '', grant_on: on = '', name = '', grantee_name: role = '' } = row;
  const place = splitName(name ?? '').filter((part) => !/^<.*>$/.test(part));
  const kind = (on ?? '').replaceAll('_', ' ');
  const known = /^[A-Z][A-Z ]*$/.test(privilege ?? '') && /^[A-Z][A-Z ]*$/.test(kind);
  return createFinding(
    'FUTURE_GRANT',
    role ?? '',
    `it is to get ${privilege} on every new ${kind.toLowerCase()} in ${place.join('.')}`,
    known
      ? [
          `REVOKE ${privilege} ON FUTURE ${kind}S IN ${place.length > 1 ? 'SCHEMA' : 'DATABASE'} ${place.map(quoteName).join('.')} FROM ROLE ${quoteName(role ?? '')}`,
        ]
      : [],
  );
}
