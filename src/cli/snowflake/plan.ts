import { formatSchema, parseSchema, type Access, type SchemaRef } from '../../core/index.js';
import { UsageError } from '../exit-codes.js';
import { parseEgress, type EgressAddresses } from './egress.js';
import { parseIdentifier, isPlainIdentifier } from './identifiers.js';

/** A role that holds one schema at one level; the gateway owns it and gives it on. */
export interface AccessRole extends SchemaRef {
  readonly role: string;
  readonly access: Access;
}

/** What the account is to be: `setup` prints it, `doctor` compares. */
export interface AccountPlan {
  readonly schemas: readonly SchemaRef[];
  readonly accessRoles: readonly AccessRole[];
  readonly gateway: { readonly user: string; readonly role: string };
  readonly agents: readonly string[];
  readonly agentType: 'SERVICE_AGENT' | 'SERVICE';
  readonly warehouse: string;
  /** What the names of roles for sessions begin with. */
  readonly prefix: string;
  /** The schema of the policies; two plain words. */
  readonly policySchema: SchemaRef;
  /** Undefined where no address was given. */
  readonly egress: EgressAddresses | undefined;
  /** Agents come with tokens that the gateway signs. */
  readonly tokens: boolean;
  readonly timeoutSeconds: number;
  /** Longest life of an agent's session, minutes. */
  readonly lifespanMinutes: number;
  readonly credits: number;
}

export const planOptions = {
  schema: { type: 'string', multiple: true },
  agent: { type: 'string', multiple: true },
  warehouse: { type: 'string' },
  'access-role': { type: 'string' },
  'gateway-user': { type: 'string' },
  'gateway-role': { type: 'string' },
  'user-type': { type: 'string' },
  prefix: { type: 'string' },
  home: { type: 'string' },
  egress: { type: 'string', multiple: true },
  'external-oauth': { type: 'string' },
  'statement-timeout': { type: 'string' },
  'session-lifespan': { type: 'string' },
  credits: { type: 'string' },
} as const;

export const planHelp = `  --schema DB.SCHEMA          a schema that may be asked for; repeat it for each
  --agent USER                the Snowflake user of one agent; repeat it for each
  --warehouse NAME            the warehouse of every session (SNOWFLAKE_WAREHOUSE)
  --access-role TEMPLATE      how access roles are called, from {database}, {schema} and {access}; default {schema}_{access}
  --gateway-user USER         who makes roles for sessions; default SALLYPORT
  --gateway-role ROLE         the role of that user; default SALLYPORT
  --user-type TYPE            of the agents' users, SERVICE_AGENT (the default) or SERVICE
  --prefix PREFIX             what the names of roles for sessions begin with; default SALLYPORT_
  --home DB.SCHEMA            where the policies live; default SALLYPORT.POLICIES
  --egress ADDRESS            an address or CIDR range that the gateway comes from; repeat it for each
  --external-oauth ISSUER     agents log in with tokens that the gateway signs under this issuer
  --statement-timeout SECONDS the longest that a statement may run; default 3600
  --session-lifespan MINUTES  the longest that a session may live: limits.maxTtlMs of the gateway; default 60
  --credits N                 what the warehouse may use in a month; default 100
Names are read as Snowflake reads them: upper case, unless in double quotes.`;

export interface PlanOptionValues {
  readonly [name: string]: string | boolean | readonly (string | boolean)[] | undefined;
}

/** Throws UsageError for what is missing or cannot be used. */
export function createAccountPlan(
  values: PlanOptionValues,
  env: Readonly<Record<string, string | undefined>>,
): AccountPlan {
  const schemas = requireOptions(values, 'schema').map(parseSchemaOption);
  const prefix = getOption(values, 'prefix') ?? 'SALLYPORT_';
  const home = parseSchemaOption(getOption(values, 'home') ?? 'SALLYPORT.POLICIES');
  const agentType = getOption(values, 'user-type') ?? 'SERVICE_AGENT';
  if (!/^[A-Z][A-Z0-9_]{0,63}_$/.test(prefix))
    throw new UsageError('--prefix takes upper-case letters, digits and _, and ends with _');
  if (!isPlainIdentifier(home.database) || !isPlainIdentifier(home.schema))
    throw new UsageError('--home takes two plain words');
  if (agentType !== 'SERVICE_AGENT' && agentType !== 'SERVICE')
    throw new UsageError('--user-type takes SERVICE_AGENT or SERVICE');
  const gateway = {
    user: parseIdentifier(getOption(values, 'gateway-user') ?? 'SALLYPORT', '--gateway-user'),
    role: parseIdentifier(getOption(values, 'gateway-role') ?? 'SALLYPORT', '--gateway-role'),
  };
  const agents = requireOptions(values, 'agent').map((name) => parseIdentifier(name, '--agent'));
  if (new Set([gateway.user, ...agents]).size !== agents.length + 1)
    throw new UsageError(
      '--agent and --gateway-user name each user once: what one user has run, every session of that user can see',
    );
  const warehouse = getOption(values, 'warehouse') ?? env['SNOWFLAKE_WAREHOUSE'];
  if (warehouse === undefined || warehouse === '') throw new UsageError('--warehouse is missing');
  return {
    schemas,
    accessRoles: createAccessRoles(schemas, getOption(values, 'access-role') ?? '{schema}_{access}', gateway.role),
    gateway,
    agents,
    agentType,
    prefix,
    policySchema: home,
    warehouse: parseIdentifier(warehouse, '--warehouse'),
    egress: parseEgress(values['egress'] === undefined ? [] : requireOptions(values, 'egress')),
    tokens: getOption(values, 'external-oauth') !== undefined,
    timeoutSeconds: parseNumberOption(values, 'statement-timeout', 3_600, 86_400),
    lifespanMinutes: parseNumberOption(values, 'session-lifespan', 60, 1_440),
    credits: parseNumberOption(values, 'credits', 100, 1_000_000),
  };
}

export function getOption(values: PlanOptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function requireOptions(values: PlanOptionValues, name: string): readonly string[] {
  const found = [values[name] ?? []].flat().map(String);
  if (found.length === 0) throw new UsageError(`--${name} is missing`);
  return found;
}

function parseSchemaOption(text: string): SchemaRef {
  try {
    const ref = parseSchema(text);
    if (!/\p{C}/u.test(formatSchema(ref))) return ref;
  } catch {
    // Said below.
  }
  throw new UsageError(`${JSON.stringify(text)}: a schema is written DATABASE.SCHEMA`);
}

function createAccessRoles(
  schemas: readonly SchemaRef[],
  template: string,
  gatewayRole: string,
): readonly AccessRole[] {
  const roles = schemas.flatMap((ref) =>
    (['read', 'write'] as const).map((access): AccessRole => {
      const role = template
        .replaceAll('{database}', () => ref.database)
        .replaceAll('{schema}', () => ref.schema)
        .replaceAll('{access}', access.toUpperCase());
      return { ...ref, access, role };
    }),
  );
  if (new Set([gatewayRole, ...roles.map(({ role }) => role)]).size !== roles.length + 1)
    throw new UsageError(
      '--access-role gives one name to two roles, and each must hold one schema and one level: use {database}, {schema} and {access}',
    );
  if (roles.some(({ role }) => /[{}\p{C}]/u.test(role)))
    throw new UsageError('--access-role knows {database}, {schema} and {access}');
  return roles;
}

function parseNumberOption(values: PlanOptionValues, name: string, usual: number, most: number): number {
  const text = getOption(values, name);
  const value = text === undefined ? usual : /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= 1 && value <= most)) throw new UsageError(`--${name} takes a whole number from 1 to ${most}`);
  return value;
}
