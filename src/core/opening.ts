import { abortable, reasonOf } from './abort.js';
import type { Disposal } from './disposal.js';
import { AccessError } from './errors.js';
import type { EventCode } from './events.js';
import type { EndReason, GatewayLimits, SessionState } from './gateway.js';
import { timeLeft } from './grant.js';
import type { Approved, Grant, Identity } from './model.js';
import type { Denied, Stop } from './outcome.js';
import type { Connector, EngineSession } from './ports.js';
import { makeEvent, seenOf } from './seen.js';
import { Session } from './session.js';
import type { Sessions } from './sessions.js';
import { setupFact } from './setup.js';
import type { Road, Trip } from './trip.js';
import type { Suspensions } from './suspensions.js';
import { within } from './within.js';

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
  /** Who may do nothing at some places now. */
  readonly suspensions: Suspensions;
  /** Why the glass may not be broken; undefined where it may. */
  readonly glass: (identity: Identity) => Denied | undefined | Promise<Denied | undefined>;
  /** Told when the glass was broken, before anything opens. */
  readonly broken: (grant: Grant, reason: string) => void;
  /** Told when a session is over. */
  readonly over: (session: string, by: EndReason) => Promise<void>;
}

/** Grant -> session: a place is taken, the intent is durable, the engine's path is open and verified, and the record says so. */
export async function openSession(parts: OpeningParts, approved: Approved<'open'>, trip: Trip): Promise<SessionState | Stop> {
  const { grant } = approved;
  const watch = parts.suspensions.watch(grant.identity, grant.scope);
  try {
    return (await watch.refusal()) ?? (await opened(parts, approved, trip, watch.refusal));
  } finally {
    watch.end();
  }
}

async function opened(parts: OpeningParts, approved: Approved<'open'>, trip: Trip, suspended: () => Promise<Denied | undefined>): Promise<SessionState | Stop> {
  const { grant } = approved;
  const unbroken = grant.breakGlass === true ? await parts.glass(grant.identity) : undefined;
  if (unbroken !== undefined) return unbroken;
  const place = parts.sessions.reserve(grant.identity.actor.id);
  if (typeof place !== 'function') return place;
  const connector = parts.connections.get(grant.scope.connection) as Connector;
  Object.assign(trip.seen, { engine: connector.engine, address: connector.address });
  let session: Session | undefined;
  let path: Promise<unknown> = Promise.resolve();
  try {
    await trip.intend('session.requested', { grant: grant.id, expiresAt: grant.expiresAt, limits: { ...grant.limits }, ...(await setupFact(connector, grant)) });
    if (grant.breakGlass === true) {
      await trip.conclude('breakglass.activated', { grant: grant.id, reason: approved.asked.reason, expiresAt: grant.expiresAt });
      parts.broken(grant, approved.asked.reason);
    }
    const opening = connect(connector, grant, trip.signal);
    path = opening.settled;
    const engine = await inTime(parts, grant, trip, opening.engine);
    session = begin(parts, approved, connector, engine, place);
    await trip.answer('session.opened', { grant: grant.id, expiresAt: grant.expiresAt, engineSession: engine.id });
    if (trip.signal.aborted) throw reasonOf(trip.signal);
    const barred = await suspended();
    if (barred !== undefined) {
      await session.end('revoked', parts.suspensions.words(grant.identity, grant.scope));
      return barred;
    }
    const refusal = session.refusal();
    if (refusal !== undefined) throw new AccessError(refusal);
    trip.leave();
    return session.state();
  } catch (error) {
    // One that hangs is still there at the engine, and keeps its place until it is gone.
    if (session === undefined) void path.finally(place);
    else await session.end('fault').catch(() => undefined);
    throw error;
  }
}

interface Opening {
  readonly engine: Promise<EngineSession>;
  /** Resolves when nothing of it is left that nobody uses: refused, or come too late and closed again, or taken. */
  readonly settled: Promise<unknown>;
}

function connect(connector: Connector, grant: Grant, signal: AbortSignal): Opening {
  const open = async (): Promise<EngineSession> => connector.open(grant, signal);
  const opening = open();
  const settled = opening.then((engine) => (signal.aborted ? engine.close() : undefined)).catch(() => undefined);
  return { engine: abortable(opening, signal), settled };
}

/** Waits for the path until the deadline or the timeout. */
async function inTime({ road, limits }: OpeningParts, grant: Grant, trip: Trip, engine: Promise<EngineSession>): Promise<EngineSession> {
  const left = timeLeft(grant, road.clock);
  const late = left <= limits.openTimeoutMs ? new AccessError('SESSION_EXPIRED') : new AccessError('ENGINE_UNAVAILABLE', 'the engine did not open a session in time');
  const disarm = road.clock.after(Math.min(left, limits.openTimeoutMs), () => trip.abort(late));
  try {
    return await engine;
  } finally {
    disarm();
  }
}

function begin({ road, sessions, limits, home, over }: OpeningParts, approved: Approved<'open'>, connector: Connector, engine: EngineSession, place: () => void): Session {
  const { grant, asked } = approved;
  const { clock, instance, recorder } = road;
  const belongings = home(grant);
  belongings.own(() => engine.close());
  const session = new Session({
    grant, connector, engine, clock, reason: asked.reason, waiting: limits.waitingStatements, closeTimeoutMs: limits.closeTimeoutMs,
    dispose: () => belongings.dispose(),
    ended: async (ended, by, clean, said) => {
      sessions.retire(ended);
      place();
      // A store of tickets that fails, or hangs, keeps nobody from recording the end.
      await within(clock, limits.closeTimeoutMs, over(ended.id, by));
      await recorder.outcome(makeEvent(clock, instance, endCodes[by], seenOf(grant), { by, clean, grant: grant.id, ...said }));
    },
  });
  sessions.add(session);
  void engine.lost?.then(() => session.end('fault')).catch(() => undefined);
  return session;
}
