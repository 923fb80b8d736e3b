import { abortable, reasonOf } from './abort.js';
import type { Disposal } from './disposal.js';
import { AccessError } from './errors.js';
import type { EventCode } from './events.js';
import type { EndReason, GatewayLimits, SessionState } from './gateway.js';
import { timeLeft } from './grant.js';
import type { Approved, Grant } from './model.js';
import type { Stop } from './outcome.js';
import type { Connector, EngineSession } from './ports.js';
import { makeEvent, seenOf } from './seen.js';
import { Session } from './session.js';
import type { Sessions } from './sessions.js';
import type { Road, Trip } from './trip.js';

const endCodes: Readonly<Record<EndReason, EventCode>> = {
  agent: 'session.closed', deadline: 'session.expired', revoked: 'session.revoked', shutdown: 'session.closed', fault: 'session.closed',
};

/** What opening a session needs besides its facts. */
export interface OpeningParts {
  readonly road: Road;
  readonly connections: ReadonlyMap<string, Connector>;
  readonly sessions: Sessions;
  readonly limits: GatewayLimits;
  /** A fresh home for what the session owns. */
  readonly home: (grant: Grant) => Disposal;
}

/** Grant -> session: a place is taken, the intent is durable, the engine's path is open and verified, and the record says so. */
export async function openSession(parts: OpeningParts, approved: Approved<'open'>, trip: Trip): Promise<SessionState | Stop> {
  const { grant } = approved;
  const place = parts.sessions.reserve(grant.identity.actor.id);
  if (typeof place !== 'function') return place;
  const connector = parts.connections.get(grant.scope.connection) as Connector;
  Object.assign(trip.seen, { engine: connector.engine, address: connector.address });
  let session: Session | undefined;
  try {
    await trip.intend('session.requested', { grant: grant.id, expiresAt: grant.expiresAt, limits: { ...grant.limits } });
    const engine = await openPath(parts, connector, grant, trip);
    session = begin(parts, approved, connector, engine, place);
    await trip.answer('session.opened', { grant: grant.id, expiresAt: grant.expiresAt, engineSession: engine.id });
    if (trip.signal.aborted) throw reasonOf(trip.signal);
    const refusal = session.refusal();
    if (refusal !== undefined) throw new AccessError(refusal);
    trip.leave();
    return session.state();
  } catch (error) {
    if (session === undefined) place();
    else await session.end('fault').catch(() => undefined);
    throw error;
  }
}

/** Opens the engine's path before the deadline and the timeout; one that comes too late is closed again. */
async function openPath({ road, limits }: OpeningParts, connector: Connector, grant: Grant, trip: Trip): Promise<EngineSession> {
  const { clock } = road;
  const left = timeLeft(grant, clock);
  const late = left <= limits.openTimeoutMs ? new AccessError('SESSION_EXPIRED') : new AccessError('ENGINE_UNAVAILABLE', 'the engine did not open a session in time');
  const disarm = clock.after(Math.min(left, limits.openTimeoutMs), () => trip.abort(late));
  const open = async (): Promise<EngineSession> => connector.open(grant, trip.signal);
  try {
    return await abortable(open(), trip.signal, (engine) => void engine.close().catch(() => undefined));
  } finally {
    disarm();
  }
}

function begin({ road, sessions, limits, home }: OpeningParts, approved: Approved<'open'>, connector: Connector, engine: EngineSession, place: () => void): Session {
  const { grant, asked } = approved;
  const { clock, instance, recorder } = road;
  const belongings = home(grant);
  belongings.own(() => engine.close());
  const session = new Session({
    grant, connector, engine, clock, reason: asked.reason, waiting: limits.waitingStatements, closeTimeoutMs: limits.closeTimeoutMs,
    dispose: () => belongings.dispose(),
    ended: async (ended, by, clean) => {
      sessions.retire(ended);
      place();
      await recorder.outcome(makeEvent(clock, instance, endCodes[by], seenOf(grant), { by, clean, grant: grant.id }));
    },
  });
  sessions.add(session);
  return session;
}
