import type { Grant } from '../../core/index.js';
import { rowsOf, type Link } from './driver/link.js';
import { engineFailure, unavailable } from './failure.js';
import type { Place, SessionTexts } from './plan.js';
import { tagOf } from './tag.js';

/** Where a session stands, as it says itself. */
interface Standing {
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
 * Makes the session what was granted, then reads back that it is. The login gave the role: a session that began with a token refuses USE ROLE and
 * USE SECONDARY ROLES, even of what it has (error 003107), so neither is said without need. Resolves to the engine's session id; throws ENGINE_UNAVAILABLE with the step.
 */
export async function enter(link: Link, place: Place, texts: SessionTexts, signal: AbortSignal): Promise<string> {
  const { grant } = place;
  const say = async (step: string, sql: string): Promise<void> => {
    await link.run({ sql, parameters: tagged(grant) }, signal).catch((error: unknown) => {
      throw engineFailure(error, step);
    });
  };
  await say('warehouse', texts.warehouse);
  await say('schema', texts.schema);
  await say('parameters', texts.parameters);
  let standing = await standingOf(link, grant, texts.standing, signal);
  if (!isNone(standing.secondary)) {
    await say('secondary_roles', texts.noSecondaryRoles);
    standing = await standingOf(link, grant, texts.standing, signal);
  }
  const wrong = differenceOf(standing, place);
  if (wrong !== undefined) throw unavailable('verification', { differs: wrong });
  return standing.session;
}

/** Of each query: the session has its tag only once it was set, and whoever reconciles must know what came before for ours. */
function tagged(grant: Grant): { readonly QUERY_TAG: string } {
  return { QUERY_TAG: tagOf(grant) };
}

async function standingOf(link: Link, grant: Grant, sql: string, signal: AbortSignal): Promise<Standing> {
  try {
    const answered = await link.run({ sql, parameters: tagged(grant) }, signal);
    const [[session = null, role = null, user = null, secondary = null, database = null, schema = null, agent = null] = []] = await rowsOf(answered, signal);
    return { session: String(session), role, user, secondary, database, schema, agent };
  } catch (error) {
    throw engineFailure(error, 'verification');
  }
}

function differenceOf(standing: Standing, { grant, role, user, requireActiveAgent }: Place): string | undefined {
  if (standing.role !== role) return 'role';
  if (standing.user?.toUpperCase() !== user.toUpperCase()) return 'user';
  if (!isNone(standing.secondary)) return 'secondary_roles';
  if (requireActiveAgent && standing.agent !== 'TRUE') return 'agent';
  return standing.database === grant.scope.database && standing.schema === grant.scope.schema ? undefined : 'schema';
}

/** `{"roles":"","value":""}` where there are none (CURRENT_SECONDARY_ROLES in Snowflake's reference). */
function isNone(secondary: string | null): boolean {
  try {
    const { roles, value } = JSON.parse(secondary ?? '') as { readonly roles?: unknown; readonly value?: unknown };
    return roles === '' && (value === '' || value === 'NONE');
  } catch {
    return false;
  }
}
