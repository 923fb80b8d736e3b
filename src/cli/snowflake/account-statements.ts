import { quoteLiteral, quoteName } from '../../adapters/snowflake/names.js';
import { isPlainIdentifier } from './identifiers.js';
import type { AccountPlan } from './plan.js';

/** One statement without its semicolon, and why it is there. */
export interface AccountStatement {
  readonly sql: string;
  readonly why: string;
}

/** What is made under names of ours; plain words, which need no quotes anywhere. */
export const objectNames = {
  monitor: 'SALLYPORT_CREDITS',
  rule: 'SALLYPORT_EGRESS',
  rule6: 'SALLYPORT_EGRESS_V6',
  network: 'SALLYPORT_NETWORK',
  sessions: 'SALLYPORT_SESSIONS',
  agentLogins: 'SALLYPORT_AGENT_LOGINS',
  gatewayLogins: 'SALLYPORT_GATEWAY_LOGINS',
  scope: 'SALLYPORT_SCOPE',
  integration: 'SALLYPORT_TOKENS',
} as const;

/** `DATABASE.SCHEMA.NAME` of something that lives at home. */
export function qualifyPolicyName({ policySchema: home }: AccountPlan, name: string): string {
  return `${home.database}.${home.schema}.${name}`;
}

/** `('a', 'b')`. */
export function formatTextList(items: readonly string[]): string {
  return `(${items.map(quoteLiteral).join(', ')})`;
}

/** The addresses that may come, as rules and a policy of them; none where no address is known. */
export function createNetworkPolicyStatements(plan: AccountPlan): readonly AccountStatement[] {
  const { egress } = plan;
  if (egress === undefined) return [];
  const rules = [
    [objectNames.rule, 'IPV4', egress.v4],
    [objectNames.rule6, 'IPV6', egress.v6],
  ] as const;
  const used = rules.filter(([, , addresses]) => addresses.length > 0);
  const list = formatTextList(used.map(([name]) => qualifyPolicyName(plan, name)));
  return [
    ...used.map(([name, type, addresses]) => ({
      why: `Where the gateway comes from (${type}).`,
      sql: `CREATE OR ALTER NETWORK RULE ${qualifyPolicyName(plan, name)} TYPE = ${type} VALUE_LIST = ${formatTextList(addresses)} MODE = INGRESS`,
    })),
    {
      why: 'A stolen key or token is of no use from anywhere else.',
      sql: `CREATE NETWORK POLICY IF NOT EXISTS ${objectNames.network} ALLOWED_NETWORK_RULE_LIST = ${list}`,
    },
    {
      why: 'The same again, for a policy that was there already: it cannot be replaced while it is in use.',
      sql: `ALTER NETWORK POLICY ${objectNames.network} SET ALLOWED_NETWORK_RULE_LIST = ${list}`,
    },
  ];
}

/** A restricted session scope names schemas as plain words; of other names the documentation shows no form. */
export function supportsSessionScope({ agentType, tokens, schemas }: AccountPlan): boolean {
  return (
    (agentType === 'SERVICE_AGENT' || tokens) &&
    schemas.every(({ database, schema }) => isPlainIdentifier(database) && isPlainIdentifier(schema))
  );
}

/** No secondary roles, an early end for what was left, and the ceiling that Snowflake sets to agents. */
export function createSessionPolicyStatements(plan: AccountPlan): readonly AccountStatement[] {
  const name = qualifyPolicyName(plan, objectNames.sessions);
  const { lifespanMinutes: life } = plan;
  const settings = `SESSION_IDLE_TIMEOUT_MINS = ${Math.min(60, life)} SESSION_MAX_LIFESPAN_MINS = ${life} ALLOWED_SECONDARY_ROLES = ()`;
  return [
    ...(supportsSessionScope(plan)
      ? [
          {
            why: 'A second ceiling, over and above roles, for every session in which Snowflake knows an agent to be active.',
            sql: createSessionScopeStatement(plan),
          },
        ]
      : []),
    {
      why: "No session has another role beside its own, and none outlives the longest grant: a second limit besides the gateway's own deadline.",
      sql: `CREATE SESSION POLICY IF NOT EXISTS ${name} ${settings}`,
    },
    {
      why: 'The same again, for a policy that was there already.',
      sql: `ALTER SESSION POLICY ${name} SET ${settings}${supportsSessionScope(plan) ? ` AGENT_RESTRICTED_SESSION_SCOPE = ${quoteLiteral(qualifyPolicyName(plan, objectNames.scope))}` : ''}`,
    },
  ];
}

function createSessionScopeStatement(plan: AccountPlan): string {
  const schemas = plan.schemas.map(({ database, schema }) => `${database}.${schema}`).join(', ');
  return `CREATE OR ALTER RESTRICTED SESSION SCOPE ${qualifyPolicyName(plan, objectNames.scope)} AS $$
privilege_scopes:
  allowed_privileges:
    - privileges: [data read, data write, object discovery]
      schemas: [${schemas}]
role_scopes:
  blocked_roles: [ACCOUNTADMIN, ORGADMIN, SECURITYADMIN, USERADMIN, SYSADMIN]
  allow_role_switching: false
$$`;
}

/** The one way in for each kind of user. */
export function createLoginPolicyStatements(plan: AccountPlan): readonly AccountStatement[] {
  const agents = plan.tokens ? `('OAUTH') SECURITY_INTEGRATIONS = ('${objectNames.integration}')` : "('KEYPAIR')";
  return [
    {
      why: "Agents' users come in by one way only, and never by password.",
      sql: `CREATE OR ALTER AUTHENTICATION POLICY ${qualifyPolicyName(plan, objectNames.agentLogins)} AUTHENTICATION_METHODS = ${agents}`,
    },
    {
      why: "So does the gateway's own user: with its key.",
      sql: `CREATE OR ALTER AUTHENTICATION POLICY ${qualifyPolicyName(plan, objectNames.gatewayLogins)} AUTHENTICATION_METHODS = ('KEYPAIR')`,
    },
  ];
}

export function assignSessionPolicy(plan: AccountPlan, user: string): string {
  return `ALTER USER ${quoteName(user)} SET SESSION POLICY ${qualifyPolicyName(plan, objectNames.sessions)} FORCE`;
}

export function assignLoginPolicy(plan: AccountPlan, user: string): string {
  return `ALTER USER ${quoteName(user)} SET AUTHENTICATION POLICY ${qualifyPolicyName(plan, user === plan.gateway.user ? objectNames.gatewayLogins : objectNames.agentLogins)} FORCE`;
}

export function assignNetworkPolicy(user: string): string {
  return `ALTER USER ${quoteName(user)} SET NETWORK_POLICY = ${objectNames.network}`;
}

/** The type of a user of ours. */
export function selectUserType({ gateway, agentType }: AccountPlan, user: string): string {
  return user === gateway.user ? 'SERVICE' : agentType;
}

/** The monitor, as it is to be. */
export function createMonitorStatements({ credits, warehouse }: AccountPlan): readonly AccountStatement[] {
  const triggers = 'TRIGGERS ON 80 PERCENT DO NOTIFY ON 100 PERCENT DO SUSPEND_IMMEDIATE';
  return [
    {
      why: 'An agent that loops costs no more than this in a month.',
      sql: `CREATE RESOURCE MONITOR IF NOT EXISTS ${objectNames.monitor} WITH CREDIT_QUOTA = ${credits} FREQUENCY = MONTHLY START_TIMESTAMP = IMMEDIATELY ${triggers}`,
    },
    {
      why: 'The same quota again, for a monitor that was there already.',
      sql: `ALTER RESOURCE MONITOR ${objectNames.monitor} SET CREDIT_QUOTA = ${credits} ${triggers}`,
    },
    {
      why: 'A monitor works where it is assigned.',
      sql: `ALTER WAREHOUSE ${quoteName(warehouse)} SET RESOURCE_MONITOR = ${objectNames.monitor}`,
    },
  ];
}
