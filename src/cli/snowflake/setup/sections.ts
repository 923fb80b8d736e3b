import { quoteLiteral, quoteName, quoteSchema } from '../../../adapters/snowflake/names.js';
import type { AccessRole, AccountPlan } from '../plan.js';
import {
  createLoginPolicyStatements,
  objectNames,
  createMonitorStatements,
  createNetworkPolicyStatements,
  createSessionPolicyStatements,
  formatTextList,
  selectUserType,
  assignLoginPolicy,
  assignNetworkPolicy,
  assignSessionPolicy,
  type AccountStatement,
} from '../account-statements.js';
import type { ExternalIssuer } from './setup-options.js';

/** Statements that belong together. */
export interface SetupSection {
  readonly title: string;
  readonly statements: readonly AccountStatement[];
}

export function createPolicySchemaSection({ policySchema: home }: AccountPlan): SetupSection {
  return {
    title: 'Database and schema of the policies',
    statements: [
      {
        why: "Rules and policies live in a schema; nobody but the account's admins needs to see it.",
        sql: `CREATE DATABASE IF NOT EXISTS ${home.database}`,
      },
      { why: 'The schema itself.', sql: `CREATE SCHEMA IF NOT EXISTS ${home.database}.${home.schema}` },
    ],
  };
}

export function createWarehouseSection(plan: AccountPlan): SetupSection {
  const { warehouse, timeoutSeconds } = plan;
  return {
    title: 'The warehouse and what it may cost',
    statements: [
      {
        why: "A warehouse of the agents' own, so that they hold up nobody. One that is there already stays as it is.",
        sql: `CREATE WAREHOUSE IF NOT EXISTS ${quoteName(warehouse)} WITH WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE`,
      },
      ...createMonitorStatements(plan),
      {
        why: 'No statement runs longer, whoever sent it; each session sets what is left of its own time besides.',
        sql: `ALTER WAREHOUSE ${quoteName(warehouse)} SET STATEMENT_TIMEOUT_IN_SECONDS = ${timeoutSeconds} STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = ${timeoutSeconds}`,
      },
    ],
  };
}

export function createRolesSection(plan: AccountPlan): SetupSection {
  const { gateway, accessRoles } = plan;
  return {
    title: 'Roles: one for the gateway, one for each schema and level',
    statements: [
      { why: "The gateway's own role.", sql: `CREATE ROLE IF NOT EXISTS ${quoteName(gateway.role)}` },
      {
        why: 'All that it holds: it may make roles. No MANAGE GRANTS, which would let it give itself the account, and no future grants.',
        sql: `GRANT CREATE ROLE ON ACCOUNT TO ROLE ${quoteName(gateway.role)}`,
      },
      ...accessRoles.flatMap((each) => createAccessRoleStatements(each, plan)),
    ],
  };
}

function createAccessRoleStatements(
  { role, database, schema, access }: AccessRole,
  { warehouse, gateway }: AccountPlan,
): readonly AccountStatement[] {
  const [name, place] = [quoteName(role), quoteSchema({ database, schema })];
  const words = access === 'read' ? 'SELECT' : 'SELECT, INSERT, UPDATE, DELETE';
  return [
    {
      why: `May ${access === 'read' ? 'read' : 'read and change rows in'} ${place}, and nothing else.`,
      sql: `CREATE ROLE IF NOT EXISTS ${name}`,
    },
    { why: 'The way to the schema.', sql: `GRANT USAGE ON DATABASE ${quoteName(database)} TO ROLE ${name}` },
    { why: 'The schema.', sql: `GRANT USAGE ON SCHEMA ${place} TO ROLE ${name}` },
    {
      why: 'The warehouse that its statements run on.',
      sql: `GRANT USAGE ON WAREHOUSE ${quoteName(warehouse)} TO ROLE ${name}`,
    },
    {
      why: "The tables that are there now. Run this again when there are more: future grants would switch off the database's own for everybody, and bind the role.",
      sql: `GRANT ${words} ON ALL TABLES IN SCHEMA ${place} TO ROLE ${name}`,
    },
    {
      why: "The views that are there now. A view reads with its owner's rights: doctor lists them.",
      sql: `GRANT SELECT ON ALL VIEWS IN SCHEMA ${place} TO ROLE ${name}`,
    },
    {
      why: 'The gateway may give it to the role of a session, and needs no other right for that.',
      sql: `GRANT OWNERSHIP ON ROLE ${name} TO ROLE ${quoteName(gateway.role)} COPY CURRENT GRANTS`,
    },
  ];
}

export function createPoliciesSection(plan: AccountPlan): SetupSection {
  return {
    title: 'Policies: from where, how, and as what',
    statements: [
      ...createNetworkPolicyStatements(plan),
      ...createSessionPolicyStatements(plan),
      ...createLoginPolicyStatements(plan),
    ],
  };
}

/** Tokens that the gateway signs: one user, one role, the time of one grant. */
export function createTokensSection(
  { gateway }: AccountPlan,
  { issuer, keysUrl, audience }: ExternalIssuer,
): SetupSection {
  const settings = [
    'ENABLED = TRUE',
    `EXTERNAL_OAUTH_ISSUER = ${quoteLiteral(issuer)}`,
    `EXTERNAL_OAUTH_JWS_KEYS_URL = ${quoteLiteral(keysUrl)}`,
    ...(audience === undefined ? [] : [`EXTERNAL_OAUTH_AUDIENCE_LIST = ${formatTextList([audience])}`]),
    `EXTERNAL_OAUTH_BLOCKED_ROLES_LIST = ${formatTextList([gateway.role, 'ACCOUNTADMIN', 'ORGADMIN', 'GLOBALORGADMIN', 'SECURITYADMIN', 'SYSADMIN', 'USERADMIN'])}`,
    'EXTERNAL_OAUTH_ANY_ROLE_MODE = DISABLE',
    'IS_AGENTIC = TRUE',
    `NETWORK_POLICY = '${objectNames.network}'`,
  ].join(' ');
  const mapping =
    "EXTERNAL_OAUTH_TOKEN_USER_MAPPING_CLAIM = 'sub' EXTERNAL_OAUTH_SNOWFLAKE_USER_MAPPING_ATTRIBUTE = 'LOGIN_NAME'";
  return {
    title: 'Tokens that the gateway signs',
    statements: [
      {
        why: 'Whoever holds the signing key logs in as any user of this account whose login name a token may carry: the roles that rule are blocked, and so is every other address.',
        sql: `CREATE SECURITY INTEGRATION IF NOT EXISTS ${objectNames.integration} TYPE = EXTERNAL_OAUTH ENABLED = TRUE EXTERNAL_OAUTH_TYPE = CUSTOM ${mapping} ${settings.slice('ENABLED = TRUE '.length)}`,
      },
      {
        why: 'The same again, for an integration that was there already.',
        sql: `ALTER SECURITY INTEGRATION ${objectNames.integration} SET ${settings}`,
      },
    ],
  };
}

export function createUserSection(plan: AccountPlan, user: string, publicKey: string | undefined): SetupSection {
  const { gateway, timeoutSeconds } = plan;
  const mine = user === gateway.user;
  const name = quoteName(user);
  const type = selectUserType(plan, user);
  const settings = `TYPE = ${type} DEFAULT_SECONDARY_ROLES = ()`;
  return {
    title: mine ? "The gateway's user" : `An agent's user: ${name}`,
    statements: [
      {
        why: `${type}: no password, no browser${mine ? '' : '. One user for each agent: what one user has run, every session of that user can see'}.`,
        sql: `CREATE USER IF NOT EXISTS ${name} ${settings}`,
      },
      {
        why: 'The same again, for a user that was there already; and no statement of its own runs for ever, none moves data out of the account.',
        sql: `ALTER USER ${name} SET ${settings} STATEMENT_TIMEOUT_IN_SECONDS = ${timeoutSeconds} PREVENT_UNLOAD_TO_INLINE_URL = TRUE PREVENT_UNLOAD_TO_INTERNAL_STAGES = TRUE`,
      },
      { why: "From the gateway's addresses only.", sql: assignNetworkPolicy(user) },
      { why: 'No secondary roles.', sql: assignSessionPolicy(plan, user) },
      { why: 'One authentication method.', sql: assignLoginPolicy(plan, user) },
      ...(publicKey === undefined
        ? []
        : [{ why: 'Its public key.', sql: `ALTER USER ${name} SET RSA_PUBLIC_KEY = '${publicKey}'` }]),
      ...(mine ? [{ why: 'Its one role.', sql: `GRANT ROLE ${quoteName(gateway.role)} TO USER ${name}` }] : []),
    ],
  };
}

/** What concerns everybody in the account, not only the agents. */
export function createAccountSection(): SetupSection {
  return {
    title: 'THE WHOLE ACCOUNT: these concern everybody in it',
    statements: [
      {
        why: "No stage with keys of its own, to a bucket of somebody else's.",
        sql: 'ALTER ACCOUNT SET REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_CREATION = TRUE REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_OPERATION = TRUE',
      },
      {
        why: 'Every role has what PUBLIC has, and by default that is a language model for every row it can read, at your cost. Grant it to the roles that need it.',
        sql: 'REVOKE USE AI FUNCTIONS ON ACCOUNT FROM ROLE PUBLIC',
      },
      {
        why: 'The database role that gives the same privilege.',
        sql: 'REVOKE DATABASE ROLE SNOWFLAKE.CORTEX_USER FROM ROLE PUBLIC',
      },
      { why: 'And the one of Copilot.', sql: 'REVOKE DATABASE ROLE SNOWFLAKE.COPILOT_USER FROM ROLE PUBLIC' },
    ],
  };
}

/** Where a key must be put in by hand. */
export function formatKeyHint(user: string): string {
  return `-- Put its public key in (one line, without BEGIN and END), or give setup the file with --public-key:\n-- ALTER USER ${quoteName(user)} SET RSA_PUBLIC_KEY = '...';\n`;
}
