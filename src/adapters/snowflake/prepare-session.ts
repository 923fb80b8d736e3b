import type { Grant } from '../../core/index.js';
import { readAllRows, type SnowflakeConnection } from './driver/snowflake-connection.js';
import { createEngineError, createUnavailableError } from './errors.js';
import type { Place, SessionTexts } from './plan.js';
import { formatQueryTag } from './query-tag.js';

/** Where a session stands, as it says itself. */
interface SessionState {
  readonly session: string;
  readonly role: string | null;
  readonly user: string | null;
  readonly secondary: string | null;
  readonly database: string | null;
  readonly schema: string | null;
  /** `TRUE` where an agent is active; null where it was not asked. */
  readonly agent: string | null;
}

/**
 * Makes the session what was granted, then reads back that it is. The login gave the role: a session that began with a
 * token refuses USE ROLE and
 * USE SECONDARY ROLES, even of what it has (error 003107), so neither is said without need. Resolves to the engine's
 * session id; throws ENGINE_UNAVAILABLE with the step.
 */
export async function prepareSession(
  link: SnowflakeConnection,
  place: Place,
  texts: SessionTexts,
  signal: AbortSignal,
): Promise<string> {
  const { grant } = place;
  const say = async (step: string, sql: string): Promise<void> => {
    await link.run({ sql, parameters: createTagParameter(grant) }, signal).catch((error: unknown) => {
      throw createEngineError(error, step);
    });
  };
  await say('warehouse', texts.warehouse);
  await say('schema', texts.schema);
  await say('parameters', texts.parameters);
  let standing = await readSessionState(link, grant, texts.standing, signal);
  if (!hasNoSecondaryRoles(standing.secondary)) {
    await say('secondary_roles', texts.noSecondaryRoles);
    standing = await readSessionState(link, grant, texts.standing, signal);
  }
  const wrong = findDifference(standing, place);
  if (wrong !== undefined) throw createUnavailableError('verification', { differs: wrong });
  return standing.session;
}

/**
 * Of each query: the session has its tag only once it was set, and whoever reconciles must know what came before for
 * ours.
 */
function createTagParameter(grant: Grant): { readonly QUERY_TAG: string } {
  return { QUERY_TAG: formatQueryTag(grant) };
}

async function readSessionState(
  link: SnowflakeConnection,
  grant: Grant,
  sql: string,
  signal: AbortSignal,
): Promise<SessionState> {
  try {
    const answered = await link.run({ sql, parameters: createTagParameter(grant) }, signal);
    const [
      [session = null, role = null, user = null, secondary = null, database = null, schema = null, agent = null] = [],
    ] = await readAllRows(answered, signal);
    return { session: String(session), role, user, secondary, database, schema, agent };
  } catch (error) {
    throw createEngineError(error, 'verification');
  }
}

function findDifference(standing: SessionState, { grant, role, user, requireActiveAgent }: Place): string | undefined {
  if (standing.role !== role) return 'role';
  if (standing.user?.toUpperCase() !== user.toUpperCase()) return 'user';
  if (!hasNoSecondaryRoles(standing.secondary)) return 'secondary_roles';
  if (requireActiveAgent && standing.agent !== 'TRUE') return 'agent';
  return standing.database === grant.scope.database && standing.schema === grant.scope.schema ? undefined : 'schema';
}

/** `{"roles":"","value":""}` where there are none (CURRENT_SECONDARY_ROLES in Snowflake's reference). */
function hasNoSecondaryRoles(secondary: string | null): boolean {
  try {
    const { roles, value } = JSON.parse(secondary ?? '') as { readonly roles?: unknown; readonly value?: unknown };
    return roles === '' && (value === '' || value === 'NONE');
  } catch {
    return false;
  }
}
