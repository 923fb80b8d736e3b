import { quoteLikeLiteral, quoteLiteral, quoteName } from '../../../adapters/snowflake/names.js';
import {
  supportsSessionScope,
  createLoginPolicyStatements,
  createNetworkPolicyStatements,
  createSessionPolicyStatements,
  assignLoginPolicy,
  assignNetworkPolicy,
  assignSessionPolicy,
} from '../account-statements.js';
import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';
import { readParameter } from './parameters.js';
import { isAgenticIntegration } from './token-integration.js';

/** Network, session and authentication policy of each user. */
export async function checkPolicies(look: AccountInspector): Promise<readonly CheckResult[]> {
  const { gateway, agents } = look.plan;
  return (
    await Promise.all(
      [gateway.user, ...agents].map(async (user) => [
        ...(await checkNetworkPolicy(look, user)),
        ...(await checkAttachedPolicies(look, user)),
      ]),
    )
  ).flat();
}

async function checkNetworkPolicy(look: AccountInspector, user: string): Promise<readonly CheckResult[]> {
  const policy = await readParameter(look, 'NETWORK_POLICY', `USER ${quoteName(user)}`);
  if (isNotVisible(policy))
    return [createUnknownCheck(user, ['NETWORK_POLICY_MISSING', 'NETWORK_POLICY_OPEN'], policy)];
  if (policy.value === '')
    return [
      createFinding('NETWORK_POLICY_MISSING', user, 'no network policy holds for it, of its own or of the account', [
        ...createNetworkPolicyStatements(look.plan).map(({ sql }) => sql),
        assignNetworkPolicy(user),
      ]),
    ];
  const open = await listOpenRanges(look, policy.value);
  if (isNotVisible(open)) return [createUnknownCheck(user, ['NETWORK_POLICY_OPEN'], open)];
  return open.length === 0
    ? []
    : [
        createFinding('NETWORK_POLICY_OPEN', user, `its network policy ${policy.value} allows ${open.join(', ')}`, [
          ...createNetworkPolicyStatements(look.plan).map(({ sql }) => sql),
          assignNetworkPolicy(user),
        ]),
      ];
}

/** The whole internet, where a policy allows it. */
async function listOpenRanges(
  look: AccountInspector,
  policy: string,
): Promise<readonly string[] | { readonly refused: string }> {
  const rows = await look.query(`DESC NETWORK POLICY ${quoteName(policy)}`);
  if (isNotVisible(rows)) return rows;
  const listed = (name: string): readonly string[] =>
    (rows.find((row) => row['name'] === name)?.['value'] ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  const addresses = [...listed('ALLOWED_IP_LIST')];
  for (const rule of listed('ALLOWED_NETWORK_RULE_LIST')) {
    const told = await look.query(
      `DESC NETWORK RULE ${rule
        .split('.')
        .map((part) => (part.startsWith('"') ? part : quoteName(part)))
        .join('.')}`,
    );
    if (isNotVisible(told)) return told;
    addresses.push(...told.flatMap((row) => (row['value_list'] ?? '').split(',')));
  }
  return addresses.map((each) => each.trim()).filter((each) => each.endsWith('/0'));
}

const policyCodes = [
  'SESSION_POLICY_MISSING',
  'SESSION_POLICY_SECONDARY_ROLES',
  'LOGIN_POLICY_MISSING',
  'LOGIN_POLICY_OPEN',
] as const;

async function checkAttachedPolicies(look: AccountInspector, user: string): Promise<readonly CheckResult[]> {
  const { policySchema: home } = look.plan;
  const answer = await look.query(
    `SELECT POLICY_KIND, POLICY_DB, POLICY_SCHEMA, POLICY_NAME FROM TABLE(${quoteName(home.database)}.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => ${quoteLiteral(quoteName(user))}, REF_ENTITY_DOMAIN => 'USER'))`,
  );
  if (isNotVisible(answer)) return [createUnknownCheck(user, policyCodes, answer)];
  const named = (kind: string): string | undefined => {
    const row = answer.find((each) => each['policy_kind'] === kind);
    return row === undefined
      ? undefined
      : [row['policy_db'], row['policy_schema'], row['policy_name']].map((part) => quoteName(part ?? '')).join('.');
  };
  return [
    ...(await checkSessionPolicy(look, user, named('SESSION_POLICY'))),
    ...(await checkLoginPolicy(look, user, named('AUTHENTICATION_POLICY'))),
  ];
}

async function checkSessionPolicy(
  look: AccountInspector,
  user: string,
  policy: string | undefined,
): Promise<readonly CheckResult[]> {
  const fix = [...createSessionPolicyStatements(look.plan).map(({ sql }) => sql), assignSessionPolicy(look.plan, user)];
  if (policy === undefined)
    return [
      look.seesAll()
        ? createFinding('SESSION_POLICY_MISSING', user, 'it has no session policy', fix)
        : createHiddenPolicyCheck(user, ['SESSION_POLICY_MISSING', 'SESSION_POLICY_SECONDARY_ROLES']),
    ];
  const answer = await look.query(`DESC SESSION POLICY ${policy}`);
  if (isNotVisible(answer))
    return [createUnknownCheck(user, ['SESSION_POLICY_SECONDARY_ROLES', 'SESSION_SCOPE_MISSING'], answer)];
  const {
    allowed_secondary_roles: roles = null,
    agent_restricted_session_scope: scope = null,
    session_max_lifespan_mins: life = null,
  } = answer[0] ?? {};
  return [
    ...(roles?.replaceAll(/\s/g, '') === '[]'
      ? []
      : [
          createFinding(
            'SESSION_POLICY_SECONDARY_ROLES',
            user,
            `its session policy allows ${roles || 'all'} as secondary roles`,
            fix,
          ),
        ]),
    ...(isLimited(life, look.plan.lifespanMinutes)
      ? []
      : [
          createFinding(
            'SESSION_LIFESPAN',
            user,
            `its session policy lets a session live ${Number(life) > 0 ? `${life} minutes` : 'without an end'}`,
            fix,
          ),
        ]),
    ...(scope && user !== look.plan.gateway.user ? await checkIdleScope(look, user, scope) : []),
    ...(scope || !supportsSessionScope(look.plan) || user === look.plan.gateway.user
      ? []
      : [createFinding('SESSION_SCOPE_MISSING', user, 'its session policy sets no restricted session scope', fix)]),
  ];
}

/** Zero is none. */
function isLimited(minutes: string | null, most: number): boolean {
  return Number(minutes) > 0 && Number(minutes) <= most;
}

/**
 * Snowflake counts the scope only while an agent is active: for users of type SERVICE_AGENT, and for who comes in by an
 * agentic integration.
 */
async function checkIdleScope(look: AccountInspector, user: string, scope: string): Promise<readonly CheckResult[]> {
  const users = await look.query(`SHOW USERS LIKE ${quoteLikeLiteral(user)}`);
  if (isNotVisible(users)) return [createUnknownCheck(user, ['SESSION_SCOPE_IDLE'], users)];
  const type = users.find((row) => row['name'] === user)?.['type'] ?? null;
  if (type === null)
    return [
      createUnknownCheck(
        user,
        ['SESSION_SCOPE_IDLE'],
        'the type of users is shown to their owner and to roles with MANAGE GRANTS',
      ),
    ];
  if (type === 'SERVICE_AGENT' || (await isAgenticIntegration(look))) return [];
  const what = `its session policy sets the restricted session scope ${scope}, and it is of type ${type || 'PERSON'}`;
  return [createFinding('SESSION_SCOPE_IDLE', user, what, [`ALTER USER ${quoteName(user)} SET TYPE = SERVICE_AGENT`])];
}

async function checkLoginPolicy(
  look: AccountInspector,
  user: string,
  policy: string | undefined,
): Promise<readonly CheckResult[]> {
  const fix = [...createLoginPolicyStatements(look.plan).map(({ sql }) => sql), assignLoginPolicy(look.plan, user)];
  if (policy === undefined)
    return [
      look.seesAll()
        ? createFinding('LOGIN_POLICY_MISSING', user, 'it has no authentication policy', fix)
        : createHiddenPolicyCheck(user, ['LOGIN_POLICY_MISSING', 'LOGIN_POLICY_OPEN']),
    ];
  const answer = await look.query(`DESC AUTHENTICATION POLICY ${policy}`);
  if (isNotVisible(answer)) return [createUnknownCheck(user, ['LOGIN_POLICY_OPEN'], answer)];
  const methods = answer.find((row) => row['property'] === 'AUTHENTICATION_METHODS')?.['value'] ?? '[ALL]';
  return /\b(?:ALL|PASSWORD|SAML|OIDC)\b/.test(methods)
    ? [createFinding('LOGIN_POLICY_OPEN', user, `its authentication policy allows ${methods}`, fix)]
    : [];
}

function createHiddenPolicyCheck(user: string, checks: readonly (typeof policyCodes)[number][]): CheckResult {
  return createUnknownCheck(
    user,
    checks,
    'no policy is shown, and a role that may not see policies is shown none: look as ACCOUNTADMIN',
  );
}
