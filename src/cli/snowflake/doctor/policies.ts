import { likeLiteral, literal, quoted } from '../../../adapters/snowflake/names.js';
import { hasScope, loginPolicies, networkPolicy, sessionPolicy, useLoginPolicy, useNetworkPolicy, useSessionPolicy } from '../sql.js';
import { found, unseen, type Found } from './finding.js';
import { isRefused, type Look } from './look.js';
import { valueOf } from './parameters.js';
import { isAgentic } from './tokens.js';

/** Network, session and authentication policy of each user. */
export async function checkPolicies(look: Look): Promise<readonly Found[]> {
  const { gateway, agents } = look.plan;
  return (await Promise.all([gateway.user, ...agents].map(async (user) => [...(await network(look, user)), ...(await attached(look, user))]))).flat();
}

async function network(look: Look, user: string): Promise<readonly Found[]> {
  const policy = await valueOf(look, 'NETWORK_POLICY', `USER ${quoted(user)}`);
  if (isRefused(policy)) return [unseen(user, ['NETWORK_POLICY_MISSING', 'NETWORK_POLICY_OPEN'], policy)];
  if (policy.value === '') return [found('NETWORK_POLICY_MISSING', user, 'no network policy holds for it, of its own or of the account', [...networkPolicy(look.plan).map(({ sql }) => sql), useNetworkPolicy(user)])];
  const open = await openTo(look, policy.value);
  if (isRefused(open)) return [unseen(user, ['NETWORK_POLICY_OPEN'], open)];
  return open.length === 0 ? [] : [found('NETWORK_POLICY_OPEN', user, `its network policy ${policy.value} allows ${open.join(', ')}`, [...networkPolicy(look.plan).map(({ sql }) => sql), useNetworkPolicy(user)])];
}

/** The whole internet, where a policy allows it. */
async function openTo(look: Look, policy: string): Promise<readonly string[] | { readonly refused: string }> {
  const rows = await look.ask(`DESC NETWORK POLICY ${quoted(policy)}`);
  if (isRefused(rows)) return rows;
  const listed = (name: string): readonly string[] => (rows.find((row) => row['name'] === name)?.['value'] ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '');
  const addresses = [...listed('ALLOWED_IP_LIST')];
  for (const rule of listed('ALLOWED_NETWORK_RULE_LIST')) {
    const told = await look.ask(`DESC NETWORK RULE ${rule.split('.').map((part) => (part.startsWith('"') ? part : quoted(part))).join('.')}`);
    if (isRefused(told)) return told;
    addresses.push(...told.flatMap((row) => (row['value_list'] ?? '').split(',')));
  }
  return addresses.map((each) => each.trim()).filter((each) => each.endsWith('/0'));
}

const kinds = ['SESSION_POLICY_MISSING', 'SESSION_POLICY_SECONDARY_ROLES', 'LOGIN_POLICY_MISSING', 'LOGIN_POLICY_OPEN'] as const;

async function attached(look: Look, user: string): Promise<readonly Found[]> {
  const { home } = look.plan;
  const answer = await look.ask(`SELECT POLICY_KIND, POLICY_DB, POLICY_SCHEMA, POLICY_NAME FROM TABLE(${quoted(home.database)}.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => ${literal(quoted(user))}, REF_ENTITY_DOMAIN => 'USER'))`);
  if (isRefused(answer)) return [unseen(user, kinds, answer)];
  const named = (kind: string): string | undefined => {
    const row = answer.find((each) => each['policy_kind'] === kind);
    return row === undefined ? undefined : [row['policy_db'], row['policy_schema'], row['policy_name']].map((part) => quoted(part ?? '')).join('.');
  };
  return [...(await session(look, user, named('SESSION_POLICY'))), ...(await login(look, user, named('AUTHENTICATION_POLICY')))];
}

async function session(look: Look, user: string, policy: string | undefined): Promise<readonly Found[]> {
  const fix = [...sessionPolicy(look.plan).map(({ sql }) => sql), useSessionPolicy(look.plan, user)];
  if (policy === undefined) return [look.seesAll() ? found('SESSION_POLICY_MISSING', user, 'it has no session policy', fix) : hidden(user, ['SESSION_POLICY_MISSING', 'SESSION_POLICY_SECONDARY_ROLES'])];
  const answer = await look.ask(`DESC SESSION POLICY ${policy}`);
  if (isRefused(answer)) return [unseen(user, ['SESSION_POLICY_SECONDARY_ROLES', 'SESSION_SCOPE_MISSING'], answer)];
  const { allowed_secondary_roles: roles = null, agent_restricted_session_scope: scope = null, session_max_lifespan_mins: life = null } = answer[0] ?? {};
  return [
    ...(roles?.replaceAll(/\s/g, '') === '[]' ? [] : [found('SESSION_POLICY_SECONDARY_ROLES', user, `its session policy allows ${roles || 'all'} as secondary roles`, fix)]),
    ...(isLimited(life, look.plan.lifespanMinutes) ? [] : [found('SESSION_LIFESPAN', user, `its session policy lets a session live ${Number(life) > 0 ? `${life} minutes` : 'without an end'}`, fix)]),
    ...(scope && user !== look.plan.gateway.user ? await idle(look, user, scope) : []),
    ...(scope || !hasScope(look.plan) || user === look.plan.gateway.user ? [] : [found('SESSION_SCOPE_MISSING', user, 'its session policy sets no restricted session scope', fix)]),
  ];
}

/** Zero is none. */
function isLimited(minutes: string | null, most: number): boolean {
  return Number(minutes) > 0 && Number(minutes) <= most;
}

/** Snowflake counts the scope only while an agent is active: for users of type SERVICE_AGENT, and for who comes in by an agentic integration. */
async function idle(look: Look, user: string, scope: string): Promise<readonly Found[]> {
  const users = await look.ask(`SHOW USERS LIKE ${likeLiteral(user)}`);
  if (isRefused(users)) return [unseen(user, ['SESSION_SCOPE_IDLE'], users)];
  const type = users.find((row) => row['name'] === user)?.['type'] ?? null;
  if (type === null) return [unseen(user, ['SESSION_SCOPE_IDLE'], 'the type of users is shown to their owner and to roles with MANAGE GRANTS')];
  if (type === 'SERVICE_AGENT' || (await isAgentic(look))) return [];
  const what = `its session policy sets the restricted session scope ${scope}, and it is of type ${type || 'PERSON'}`;
  return [found('SESSION_SCOPE_IDLE', user, what, [`ALTER USER ${quoted(user)} SET TYPE = SERVICE_AGENT`])];
}

async function login(look: Look, user: string, policy: string | undefined): Promise<readonly Found[]> {
  const fix = [...loginPolicies(look.plan).map(({ sql }) => sql), useLoginPolicy(look.plan, user)];
  if (policy === undefined) return [look.seesAll() ? found('LOGIN_POLICY_MISSING', user, 'it has no authentication policy', fix) : hidden(user, ['LOGIN_POLICY_MISSING', 'LOGIN_POLICY_OPEN'])];
  const answer = await look.ask(`DESC AUTHENTICATION POLICY ${policy}`);
  if (isRefused(answer)) return [unseen(user, ['LOGIN_POLICY_OPEN'], answer)];
  const methods = answer.find((row) => row['property'] === 'AUTHENTICATION_METHODS')?.['value'] ?? '[ALL]';
  return /\b(?:ALL|PASSWORD|SAML|OIDC)\b/.test(methods) ? [found('LOGIN_POLICY_OPEN', user, `its authentication policy allows ${methods}`, fix)] : [];
}

function hidden(user: string, checks: readonly (typeof kinds)[number][]): Found {
  return unseen(user, checks, 'no policy is shown, and a role that may not see policies is shown none: look as ACCOUNTADMIN');
}
