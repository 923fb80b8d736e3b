import { likeLiteral, quoted } from '../../../adapters/snowflake/names.js';
import type { Records } from '../../../adapters/snowflake/roles/clerk.js';
import { isFreshName } from '../../../adapters/snowflake/roles/stamp.js';
import type { Plan } from '../plan.js';
import { typeOf } from '../sql.js';
import { found, unseen, type Found } from './finding.js';
import { isRefused, type Look } from './look.js';

const visible = ['USER_TYPE', 'USER_SECONDARY_ROLES', 'USER_PASSWORD'] as const;

/** The gateway's user and the agents': of what type they are, and what they could do between sessions. */
export async function checkUsers(look: Look): Promise<readonly Found[]> {
  const { gateway, agents } = look.plan;
  return (await Promise.all([gateway.user, ...agents].map((user) => checkUser(look, user)))).flat();
}

async function checkUser(look: Look, user: string): Promise<readonly Found[]> {
  const answer = await look.ask(`SHOW USERS LIKE ${likeLiteral(user)}`);
  if (isRefused(answer)) return [unseen(user, ['USER_MISSING', ...visible], answer)];
  const row = answer.find((each) => each['name'] === user);
  if (row === undefined) return [found('USER_MISSING', user, 'there is no such user', [`CREATE USER ${quoted(user)} TYPE = ${typeOf(look.plan, user)} DEFAULT_SECONDARY_ROLES = ()`])];
  return [...(row['type'] === null ? [unseen(user, visible, 'the properties of users are shown to their owner and to roles with MANAGE GRANTS')] : propertiesOf(look.plan, user, row)), ...(await standing(look, user))];
}

function propertiesOf(plan: Plan, user: string, row: Records[number]): readonly Found[] {
  const { type, has_password: password, has_mfa: mfa, default_secondary_roles: secondary } = row;
  const name = quoted(user);
  const service = type === 'SERVICE' || type === 'SERVICE_AGENT';
  return [
    // A service user keeps a password that it had, out of sight: so the password goes first.
    ...(password === 'true' ? [found('USER_PASSWORD', user, mfa === 'true' ? 'it has a password' : 'it has a password, and no second factor', [`ALTER USER ${name} UNSET PASSWORD`])] : []),
    ...(service ? [] : [found('USER_TYPE', user, `it is of type ${type || 'PERSON'}`, [`ALTER USER ${name} SET TYPE = ${typeOf(plan, user)}`])]),
    ...(secondary?.replaceAll(/\s/g, '') === '[]' ? [] : [found('USER_SECONDARY_ROLES', user, `its default secondary roles are ${secondary || 'ALL'}`, [`ALTER USER ${name} SET DEFAULT_SECONDARY_ROLES = ()`])]),
  ];
}

/** Roles of live sessions are ours; the gateway's user has its one role. */
async function standing(look: Look, user: string): Promise<readonly Found[]> {
  const { gateway, prefix } = look.plan;
  const answer = await look.ask(`SHOW GRANTS TO USER ${quoted(user)}`);
  if (isRefused(answer)) return [unseen(user, ['USER_STANDING_ROLE'], answer)];
  const roles = answer.map((row) => row['role'] ?? '').filter((role) => !isFreshName(role, prefix) && !(user === gateway.user && role === gateway.role));
  return roles.map((role) => found('USER_STANDING_ROLE', user, `it holds the role ${role}, outside of any session`, [`REVOKE ROLE ${quoted(role)} FROM USER ${quoted(user)}`]));
}
