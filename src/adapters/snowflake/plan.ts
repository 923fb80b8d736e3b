import type { EngineSetup, Grant } from '../../core/index.js';
import { quoteLiteral, quoteName, quoteSchema } from './names.js';
import type { RolePlan } from './roles/roles.js';
import { formatQueryTag } from './query-tag.js';

/** What a session is to run as. */
export interface Place {
  readonly grant: Grant;
  readonly role: string;
  readonly user: string;
  readonly warehouse: string;
  /** Whether Snowflake must say that an agent is active. */
  readonly requireActiveAgent: boolean;
}

/**
 * All that is said of its own for one session: written down before any of it is sent, and sent as it was written down.
 */
export interface Plan {
  readonly place: Place;
  readonly roles: RolePlan;
  readonly said: SessionTexts;
}

/** What is said in the session's own connection. */
export interface SessionTexts {
  readonly warehouse: string;
  readonly schema: string;
  readonly parameters: string;
  /** Reads back where the session stands. */
  readonly standing: string;
  /** Only where there are any; then it is read back again. */
  readonly noSecondaryRoles: string;
}

export function textsOf({ grant, warehouse, requireActiveAgent }: Omit<Place, 'role' | 'user'>): SessionTexts {
  return {
    warehouse: `USE WAREHOUSE ${quoteName(warehouse)}`,
    schema: `USE SCHEMA ${quoteSchema(grant.scope)}`,
    parameters: `ALTER SESSION SET ${parametersOf(grant)}`,
    standing: requireActiveAgent ? `${whereItStands}, ${andAsWhat}` : whereItStands,
    noSecondaryRoles: 'USE SECONDARY ROLES NONE',
  };
}

export function setupOf({
  roles: { making, removing },
  said: { warehouse, schema, parameters, standing, noSecondaryRoles },
}: Plan): EngineSetup {
  return { session: [warehouse, schema, parameters, standing, noSecondaryRoles, standing], making, removing };
}

/** What keeps names, numbers and times from being read in two ways, and the session from outliving its grant. */
function parametersOf(grant: Grant): string {
  const seconds = Math.max(1, Math.ceil((grant.expiresAt - Date.now()) / 1_000));
  const parameters = {
    QUERY_TAG: quoteLiteral(formatQueryTag(grant)),
    STATEMENT_TIMEOUT_IN_SECONDS: seconds,
    STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: seconds,
    SEARCH_PATH: quoteLiteral('$current'),
    QUOTED_IDENTIFIERS_IGNORE_CASE: 'FALSE',
    MULTI_STATEMENT_COUNT: 1,
    ABORT_DETACHED_QUERY: 'TRUE',
    TIMEZONE: quoteLiteral('UTC'),
    STRICT_JSON_OUTPUT: 'TRUE',
    JSON_INDENT: 0,
    ROWS_PER_RESULTSET: Math.min(grant.limits.maxRows + 1, Number.MAX_SAFE_INTEGER),
  };
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${value}`)
    .join(' ');
}

const whereItStands =
  'SELECT CURRENT_SESSION(), CURRENT_ROLE(), CURRENT_USER(), CURRENT_SECONDARY_ROLES(), CURRENT_DATABASE(), CURRENT_SCHEMA()';
const andAsWhat = "SYS_CONTEXT('SNOWFLAKE$CURRENT', 'IS_AGENT_ACTIVATED')";
