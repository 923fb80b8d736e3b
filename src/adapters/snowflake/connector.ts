import type { JSONWebKeySet } from 'jose';
import { AccessError, formatSchema, type Connector, type EngineSession, type Grant } from '../../core/index.js';
import { checkAccount } from './check.js';
import { dial } from './dial.js';
import type { Link } from './driver/link.js';
import { enter } from './enter.js';
import { engineFailure, unavailable } from './failure.js';
import { settle, type Settled, type SnowflakeOptions } from './options.js';
import { Pending } from './pending.js';
import { setupOf, textsOf, type Plan } from './plan.js';
import { SnowflakeSession } from './session.js';

/** How long a log-out may take before the connection is cut, milliseconds. */
const goodbyeMs = 2_000;

/** The connector, and the public keys of the tokens it signs. */
export interface SnowflakeConnector extends Connector {
  /** To be served where the security integration's EXTERNAL_OAUTH_JWS_KEYS_URL points; no keys unless the credential is `externalOAuth`. */
  jwks(): Promise<JSONWebKeySet>;
}

/**
 * Snowflake, over the vendor's own driver: one connection for each session, under a role that holds one schema, gone with its grant. Throws
 * CONFIG_INVALID for options that cannot be used; nothing is connected, and the driver is not loaded, before `check` or the first session.
 */
export function snowflake(options: SnowflakeOptions): SnowflakeConnector {
  const settled = settle(options);
  const { account, schemas, roles, keeper } = settled;
  const open = new Set<EngineSession>();
  const pending = new Pending();
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
    check: (signal) => pending.opening(signal, (stop) => checkAccount(settled, stop)),
    start: (note, left) => roles.start?.(note, left),
    setup: (grant) => setupOf(planFor(grant)),
    async open(grant, signal) {
      if (shut) throw unavailable('closed');
      const { database, schema } = grant.scope;
      if (!schemas.some((each) => each.database === database && each.schema === schema)) throw unavailable('schema');
      const plan = planFor(grant);
      plans.delete(grant);
      return pending.opening(signal, (stop) => openOne(settled, plan, stop, pending, open));
    },
    jwks: async () => keeper.minter?.jwks() ?? { keys: [] },
    async close() {
      shut = true;
      await pending.end();
      await Promise.allSettled([...open].map((session) => session.close()));
      await roles.close?.();
    },
  };
}

function planOf({ roles, userOf, warehouse, requireActiveAgent }: Settled, grant: Grant): Plan {
  const user = userName(userOf, grant);
  const planned = roles.plan(grant, user);
  return { place: { grant, role: planned.role, user, warehouse, requireActiveAgent }, roles: planned, said: textsOf({ grant, warehouse, requireActiveAgent }) };
}

async function openOne({ account, keeper, roles }: Settled, { place, roles: planned, said }: Plan, signal: AbortSignal, pending: Pending, open: Set<EngineSession>): Promise<EngineSession> {
  const { grant, user, role } = place;
  const held = await roles.take(planned, grant, signal);
  let link: Link | undefined;
  try {
    link = await dial(account, keeper, { user, role, expiresAt: grant.expiresAt }, signal);
    const [path, id] = [link, await enter(link, place, said, signal)];
    const session: SnowflakeSession = new SnowflakeSession(id, path, place, async () => {
      open.delete(session);
      const clean = await path.end(goodbyeMs);
      await held.release();
      if (!clean) throw unavailable('goodbye');
    });
    open.add(session);
    return session;
  } catch (error) {
    // Nobody waits for the clearing up: the caller is free at once, the role is dropped all the same.
    pending.add(Promise.resolve(link?.end(goodbyeMs)).then(() => held.release()));
    throw error;
  }
}

function userName(userOf: Settled['userOf'], { identity, scope }: Grant): string {
  try {
    const user = userOf(identity.principal, identity.actor);
    if (typeof user === 'string' && user !== '') return user;
  } catch (error) {
    throw engineFailure(error, 'user');
  }
  throw new AccessError('ENGINE_UNAVAILABLE', `no Snowflake user stands for this actor on ${formatSchema(scope)}`, { detail: { step: 'user' } });
}
