import { quoted, quotedSchema } from '../../../adapters/snowflake/names.js';
import type { Records } from '../../../adapters/snowflake/roles/clerk.js';
import { formatSchema } from '../../../core/index.js';
import { found, unseen, type Finding, type Found } from './finding.js';
import { isRefused, type Look } from './look.js';
import { partsOf } from './names.js';

/** Future grants to any role of ours: in the schemas, in their databases, and wherever else such a role has any. */
export async function checkFutureGrants(look: Look): Promise<readonly Found[]> {
  const { schemas, accessRoles, gateway, prefix } = look.plan;
  const roles = [gateway.role, ...accessRoles.map(({ role }) => role)];
  const ours = (role: string): boolean => roles.includes(role) || role.startsWith(prefix);
  const places = [...schemas.map((ref) => [`IN SCHEMA ${quotedSchema(ref)}`, formatSchema(ref)]), ...[...new Set(schemas.map(({ database }) => database))].map((name) => [`IN DATABASE ${quoted(name)}`, name]), ...roles.map((role) => [`TO ROLE ${quoted(role)}`, role])] as [string, string][];
  const answers = await Promise.all(places.map(async ([where, subject]) => ({ subject, answer: await look.ask(`SHOW FUTURE GRANTS ${where}`) })));
  const all = new Map<string, Found>();
  for (const { subject, answer } of answers) {
    if (isRefused(answer)) all.set(subject, unseen(subject, ['FUTURE_GRANT'], answer));
    else for (const row of answer.filter((each) => ours(each['grantee_name'] ?? ''))) all.set(JSON.stringify(row), futureGrant(row));
  }
  return [...all.values()];
}

/** `ACME.OPS.<TABLE>`, or `ACME.<TABLE>` where it was granted in the database. */
function futureGrant(row: Records[number]): Finding {
  const { privilege = '', grant_on: on = '', name = '', grantee_name: role = '' } = row;
  const place = partsOf(name ?? '').filter((part) => !/^<.*>$/.test(part));
  const kind = (on ?? '').replaceAll('_', ' ');
  const known = /^[A-Z][A-Z ]*$/.test(privilege ?? '') && /^[A-Z][A-Z ]*$/.test(kind);
  return found('FUTURE_GRANT', role ?? '', `it is to get ${privilege} on every new ${kind.toLowerCase()} in ${place.join('.')}`, known ? [`REVOKE ${privilege} ON FUTURE ${kind}S IN ${place.length > 1 ? 'SCHEMA' : 'DATABASE'} ${place.map(quoted).join('.')} FROM ROLE ${quoted(role ?? '')}`] : []);
}
