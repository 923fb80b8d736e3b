import { literal, quoted } from '../../adapters/snowflake/names.js';
import { isPlain } from './identifiers.js';
import type { Plan } from './plan.js';

/** One statement without its semicolon, and why it is there. */
export interface Statement {
  readonly sql: string;
  readonly why: string;
}

/** What is made under names of ours; plain words, which need no quotes anywhere. */
export const made = {
  monitor: 'SALLYPORT_CREDITS', rule: 'SALLYPORT_EGRESS', rule6: 'SALLYPORT_EGRESS_V6', network: 'SALLYPORT_NETWORK', sessions: 'SALLYPORT_SESSIONS', agentLogins: 'SALLYPORT_AGENT_LOGINS', gatewayLogins: 'SALLYPORT_GATEWAY_LOGINS',
  scope: 'SALLYPORT_SCOPE', integration: 'SALLYPORT_TOKENS',
} as const;

/** `DATABASE.SCHEMA.NAME` of something that lives at home. */
export function atHome({ home }: Plan, name: string): string {
  return `${home.database}.${home.schema}.${name}`;
}

/** `('a', 'b')`. */
export function texts(items: readonly string[]): string {
  return `(${items.map(literal).join(', ')})`;
}

/** The addresses that may come, as rules and a policy of them; none where no address is known. */
export function networkPolicy(plan: Plan): readonly Statement[] {
  const { egress } = plan;
  if (egress === undefined) return [];
  const rules = [[made.rule, 'IPV4', egress.v4], [made.rule6, 'IPV6', egress.v6]] as const;
  const used = rules.filter(([, , addresses]) => addresses.length > 0);
  const list = texts(used.map(([name]) => atHome(plan, name)));
  return [
    ...used.map(([name, type, addresses]) => ({ why: `Where the gateway comes from (${type}).`, sql: `CREATE OR ALTER NETWORK RULE ${atHome(plan, name)} TYPE = ${type} VALUE_LIST = ${texts(addresses)} MODE = INGRESS` })),
    { why: 'A stolen key or token is of no use from anywhere else.', sql: `CREATE NETWORK POLICY IF NOT EXISTS ${made.network} ALLOWED_NETWORK_RULE_LIST = ${list}` },
    { why: 'The same again, for a policy that was there already: it cannot be replaced while it is in use.', sql: `ALTER NETWORK POLICY ${made.network} SET ALLOWED_NETWORK_RULE_LIST = ${list}` },
  ];
}

/** A restricted session scope names schemas as plain words; of other names the documentation shows no form. */
export function hasScope({ agentType, tokens, schemas }: Plan): boolean {
  return (agentType === 'SERVICE_AGENT' || tokens) && schemas.every(({ database, schema }) => isPlain(database) && isPlain(schema));
}

/** No secondary roles, an early end for what was left, and the ceiling that Snowflake sets to agents. */
export function sessionPolicy(plan: Plan): readonly Statement[] {
  const name = atHome(plan, made.sessions);
  const { lifespanMinutes: life } = plan;
  const settings = `SESSION_IDLE_TIMEOUT_MINS = ${Math.min(60, life)} SESSION_MAX_LIFESPAN_MINS = ${life} ALLOWED_SECONDARY_ROLES = ()`;
  return [
    ...(hasScope(plan) ? [{ why: 'A second ceiling, over and above roles, for every session in which Snowflake knows an agent to be active.', sql: scopeOf(plan) }] : []),
    { why: 'No session has another role beside its own, and none outlives the longest grant: a second wall behind the gateway\'s own deadline.', sql: `CREATE SESSION POLICY IF NOT EXISTS ${name} ${settings}` },
    { why: 'The same again, for a policy that was there already.', sql: `ALTER SESSION POLICY ${name} SET ${settings}${hasScope(plan) ? ` AGENT_RESTRICTED_SESSION_SCOPE = ${literal(atHome(plan, made.scope))}` : ''}` },
  ];
}

function scopeOf(plan: Plan): string {
  const schemas = plan.schemas.map(({ database, schema }) => `${database}.${schema}`).join(', ');
  return `CREATE OR ALTER RESTRICTED SESSION SCOPE ${atHome(plan, made.scope)} AS $$
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
export function loginPolicies(plan: Plan): readonly Statement[] {
  const agents = plan.tokens ? `('OAUTH') SECURITY_INTEGRATIONS = ('${made.integration}')` : "('KEYPAIR')";
  return [
    { why: 'Agents\' users come in by one way only, and never by password.', sql: `CREATE OR ALTER AUTHENTICATION POLICY ${atHome(plan, made.agentLogins)} AUTHENTICATION_METHODS = ${agents}` },
    { why: 'So does the gateway\'s own user: with its key.', sql: `CREATE OR ALTER AUTHENTICATION POLICY ${atHome(plan, made.gatewayLogins)} AUTHENTICATION_METHODS = ('KEYPAIR')` },
  ];
}

export function useSessionPolicy(plan: Plan, user: string): string {
  return `ALTER USER ${quoted(user)} SET SESSION POLICY ${atHome(plan, made.sessions)} FORCE`;
}

export function useLoginPolicy(plan: Plan, user: string): string {
  return `ALTER USER ${quoted(user)} SET AUTHENTICATION POLICY ${atHome(plan, user === plan.gateway.user ? made.gatewayLogins : made.agentLogins)} FORCE`;
}

export function useNetworkPolicy(user: string): string {
  return `ALTER USER ${quoted(user)} SET NETWORK_POLICY = ${made.network}`;
}

/** The type of a user of ours. */
export function typeOf({ gateway, agentType }: Plan, user: string): string {
  return user === gateway.user ? 'SERVICE' : agentType;
}

/** The monitor, as it is to be. */
export function monitor({ credits, warehouse }: Plan): readonly Statement[] {
  const triggers = 'TRIGGERS ON 80 PERCENT DO NOTIFY ON 100 PERCENT DO SUSPEND_IMMEDIATE';
  return [
    { why: 'An agent that loops costs no more than this in a month.', sql: `CREATE RESOURCE MONITOR IF NOT EXISTS ${made.monitor} WITH CREDIT_QUOTA = ${credits} FREQUENCY = MONTHLY START_TIMESTAMP = IMMEDIATELY ${triggers}` },
    { why: 'The same quota again, for a monitor that was there already.', sql: `ALTER RESOURCE MONITOR ${made.monitor} SET CREDIT_QUOTA = ${credits} ${triggers}` },
    { why: 'A monitor works where it is assigned.', sql: `ALTER WAREHOUSE ${quoted(warehouse)} SET RESOURCE_MONITOR = ${made.monitor}` },
  ];
}
