import { quoted } from '../../../adapters/snowflake/names.js';
import { isFreshName } from '../../../adapters/snowflake/roles/stamp.js';
import { found, unseen, type Found } from './finding.js';
import { grantsOf, takeAway, type Granted } from './grants.js';
import { isRefused, type Look } from './look.js';
import { partsOf } from './names.js';

/** What the gateway's role holds, itself and by what was granted to it. */
export async function checkGateway(look: Look): Promise<readonly Found[]> {
  const { gateway, accessRoles, prefix } = look.plan;
  const { role } = gateway;
  const answer = await look.grantsTo(role);
  if (isRefused(answer)) return [unseen(role, ['MANAGE_GRANTS', 'GATEWAY_EXTRA', 'GATEWAY_CREATE_ROLE', 'ACCESS_ROLE_OWNER'], answer)];
  const held = grantsOf(answer);
  const owned = new Set(held.filter(({ privilege, on }) => privilege === 'OWNERSHIP' && on === 'ROLE').map(({ name }) => partsOf(name)[0]));
  const needed = (each: Granted): boolean => (each.on === 'ACCOUNT' && each.privilege === 'CREATE ROLE') || (each.on === 'ROLE' && each.privilege === 'OWNERSHIP' && ours(partsOf(each.name)[0] ?? ''));
  const ours = (name: string): boolean => isFreshName(name, prefix) || accessRoles.some((each) => each.role === name);
  return [
    ...held.filter(dangerous).map((each) => found('MANAGE_GRANTS', role, 'it holds MANAGE GRANTS', takeAway(each, role))),
    ...(await inherited(look, role)),
    ...held.filter((each) => !needed(each) && !dangerous(each) && !isRole(each)).map((each) => found('GATEWAY_EXTRA', role, `it holds ${each.privilege} on ${each.on} ${each.name}`, takeAway(each, role))),
    ...(held.some((each) => each.on === 'ACCOUNT' && each.privilege === 'CREATE ROLE') ? [] : [found('GATEWAY_CREATE_ROLE', role, 'it does not hold CREATE ROLE', [`GRANT CREATE ROLE ON ACCOUNT TO ROLE ${quoted(role)}`])]),
    ...accessRoles.filter((each) => !owned.has(each.role)).map((each) => found('ACCESS_ROLE_OWNER', each.role, `the role ${role} does not own it`, [`GRANT OWNERSHIP ON ROLE ${quoted(each.role)} TO ROLE ${quoted(role)} COPY CURRENT GRANTS`])),
  ];
}

function dangerous({ privilege, on }: Granted): boolean {
  return on === 'ACCOUNT' && privilege === 'MANAGE GRANTS';
}

function isRole({ privilege, on }: Granted): boolean {
  return on === 'ROLE' && privilege === 'USAGE';
}

/** Roles that were granted to it: none is needed, and one that leads to MANAGE GRANTS is worse. */
async function inherited(look: Look, role: string): Promise<readonly Found[]> {
  const answer = await look.grantsTo(role);
  if (isRefused(answer)) return [];
  const all: Found[] = [];
  for (const each of grantsOf(answer).filter(isRole)) {
    const name = partsOf(each.name)[0] ?? '';
    const path = await pathToManageGrants(look, name, new Set([role]));
    if (isHidden(path)) all.push(unseen(role, ['MANAGE_GRANTS'], `what the role ${path.hidden} holds, which it inherits, is not shown`));
    all.push(Array.isArray(path) ? found('MANAGE_GRANTS', role, `it inherits MANAGE GRANTS by way of ${path.join(', ')}`, takeAway(each, role)) : found('GATEWAY_EXTRA', role, `it inherits the role ${name}`, takeAway(each, role)));
  }
  return all;
}

type Path = readonly string[] | undefined | { readonly hidden: string };

async function pathToManageGrants(look: Look, role: string, seen: Set<string>): Promise<Path> {
  if (seen.has(role)) return undefined;
  seen.add(role);
  // Snowflake's own admins hold it whether or not a grant says so.
  if (role === 'ACCOUNTADMIN' || role === 'SECURITYADMIN') return [role];
  const answer = await look.grantsTo(role);
  if (isRefused(answer)) return { hidden: role };
  const held = grantsOf(answer);
  if (held.some(dangerous)) return [role];
  let hidden: Path;
  for (const each of held.filter(isRole)) {
    const path = await pathToManageGrants(look, partsOf(each.name)[0] ?? '', seen);
    if (Array.isArray(path)) return [role, ...path];
    hidden ??= path;
  }
  return hidden;
}

function isHidden(path: Path): path is { readonly hidden: string } {
  return path !== undefined && 'hidden' in path;
}
