import type { JSONWebKeySet } from 'jose';
import { AccessError, formatSchema, type Connector, type EngineSession, type Grant } from '../../core/index.js';
import { checkAccount } from './check-account.js';
import { connect } from './connect.js';
import type { SnowflakeConnection } from './driver/snowflake-connection.js';
import { prepareSession } from './prepare-session.js';
import { createEngineError, createUnavailableError } from './errors.js';
import { resolveSettings, type SnowflakeSettings, type SnowflakeOptions } from './options.js';
import { BackgroundWork } from './background-work.js';
import { setupOf, textsOf, type Plan } from './plan.js';
import { SnowflakeSession } from './session.js';

/** How long a log-out may take before the connection is cut, milliseconds. */
const logoutMs = 2_000;

/** The connector, and the public keys of the tokens it signs. */
export interface SnowflakeConnector extends Connector {
  /**
   * To be served where the security integration's EXTERNAL_OAUTH_JWS_KEYS_URL points; no keys unless the credential is
   * `externalOAuth`.
   */
  jwks(): Promise<JSONWebKeySet>;
}

/**
 * Snowflake, over the vendor's own driver: one connection for each session, under a role that holds one schema, gone
 * with its grant. Throws
 * CONFIG_INVALID for options that cannot be used; nothing is connected, and the driver is not loaded, before `check` or
 * the first session.
 */
export function snowflake(options: SnowflakeOptions): SnowflakeConnector {
  const settled = resolveSettings(options);
  const { account, schemas, roles, credentials } = settled;
  const open = new Set<EngineSession>();
  const pending = new BackgroundWork();
  let shut = false;
  // What was written down is what is sent.
  const plans = new WeakMap<Grant, Plan>();
  const planFor = (grant: Grant): Plan => {
    const plan = plans.get(grant) ?? planOf(settled, grant);
    plans.set(grant, plan);
    return plan;
  };
  return {
    engine: 'snowflake',
    dialect: 'snowflake',
    schemas,
    address: account.url.host,
    check: (signal) => pending.trackOpening(signal, (stop) => checkAccount(settled, stop)),
    start: (note, left) => roles.start?.(note, left),
    setup: (grant) => setupOf(planFor(grant)),
    async open(grant, signal) {
      if (shut) throw createUnavailableError('closed');
      const { database, schema } = grant.scope;
      if (!schemas.some((each) => each.database === database && each.schema === schema))
        throw createUnavailableError('schema');
      const plan = planFor(grant);
      plans.delete(grant);
      return pending.trackOpening(signal, (stop) => openSession(settled, plan, stop, pending, open));
    },
    jwks: async () => credentials.tokenIssuer?.jwks() ?? { keys: [] },
    async close() {
      shut = true;
      await pending.end();
      await Promise.allSettled([...open].map((session) => session.close()));
      await roles.close?.();
    },
  };
}

function planOf({ roles, resolveUser: userOf, warehouse, requireActiveAgent }: SnowflakeSettings, grant: Grant): Plan {
  const user = resolveUserName(userOf, grant);
  const planned = roles.plan(grant, user);
  return {
    place: { grant, role: planned.role, user, warehouse, requireActiveAgent },
    roles: planned,
    said: textsOf({ grant, warehouse, requireActiveAgent }),
  };
}

async function openSession(
  { account, credentials, roles }: SnowflakeSettings,
  { place, roles: planned, said }: Plan,
  signal: AbortSignal,
  pending: BackgroundWork,
  open: Set<EngineSession>,
): Promise<EngineSession> {
  const { grant, user, role } = place;
  const held = await roles.acquire(planned, grant, signal);
  let link: SnowflakeConnection | undefined;
  try {
    link = await connect(account, credentials, { user, role, expiresAt: grant.expiresAt }, signal);
    const [path, id] = [link, await prepareSession(link, place, said, signal)];
    const session: SnowflakeSession = new SnowflakeSession(id, path, place, async () => {
      open.delete(session);
      const clean = await path.end(logoutMs);
      await held.release();
      if (!clean) throw createUnavailableError('goodbye');
    });
    open.add(session);
    return session;
  } catch (error) {
    // Nobody waits for the clearing up: the caller is free at once, the role is dropped all the same.
    pending.add(Promise.resolve(link?.end(logoutMs)).then(() => held.release()));
    throw error;
  }
}

function resolveUserName(userOf: SnowflakeSettings['resolveUser'], { identity, scope }: Grant): string {
  try {
    const user = userOf(identity.principal, identity.actor);
    if (typeof user === 'string' && user !== '') return user;
  } catch (error) {
    throw createEngineError(error, 'user');
  }
  throw new AccessError('ENGINE_UNAVAILABLE', `no Snowflake user is mapped to this actor on ${formatSchema(scope)}`, {
    detail: { step: 'user' },
  });
}
