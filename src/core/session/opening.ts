import { raceSignal, getAbortError } from '../async/abort-signal.js';
import type { Disposal } from '../async/disposal.js';
import { AccessError } from '../errors.js';
import type { EventCode } from '../events.js';
import type { EndReason, GatewayLimits, SessionState } from '../gateway.js';
import { getTimeLeft } from './grant.js';
import type { Approved, Grant, Identity } from '../model.js';
import type { Denied, Stop } from '../outcome.js';
import type { Connector, EngineSession } from '../ports.js';
import { createEvent, createGrantFacts } from '../audit/event-facts.js';
import { Session } from './session.js';
import type { Sessions } from './sessions.js';
import { setupFact } from '../setup.js';
import type { GatewayContext, RequestContext } from '../request/context.js';
import type { Suspensions } from '../approvals/suspensions.js';
import { completesWithin } from '../async/timeout.js';

const endEventCodes: Readonly<Record<EndReason, EventCode>> = {
  agent: 'session.closed',
  deadline: 'session.expired',
  revoked: 'session.revoked',
  shutdown: 'session.closed',
  fault: 'session.closed',
};

/** What opening a session needs besides its facts. */
export interface OpeningParts {
  readonly gatewayContext: GatewayContext;
  readonly connections: ReadonlyMap<string, Connector>;
  readonly sessions: Sessions;
  readonly limits: GatewayLimits;
  /** A fresh home for what the session owns. */
  readonly createDisposal: (grant: Grant) => Disposal;
  /** Who may do nothing at some places now. */
  readonly suspensions: Suspensions;
  /** Why break-glass access is denied; undefined where it may. */
  readonly checkBreakGlass: (identity: Identity) => Denied | undefined | Promise<Denied | undefined>;
  /** Told when break-glass access was used, before anything opens. */
  readonly recordActivation: (grant: Grant, reason: string) => void;
  /** Told when a session is over. */
  readonly onSessionEnd: (session: string, by: EndReason) => Promise<void>;
}

/**
 * Grant -> session: a place is taken, the intent is durable, the engine's path is open and verified, and the record
 * says so.
 */
export async function openSession(
  parts: OpeningParts,
  approved: Approved<'open'>,
  context: RequestContext,
): Promise<SessionState | Stop> {
  const { grant } = approved;
  const watch = parts.suspensions.watchOpening(grant.identity, grant.scope);
  try {
    return (await watch.refusal()) ?? (await openReserved(parts, approved, context, watch.refusal));
  } finally {
    watch.end();
  }
}

async function openReserved(
  parts: OpeningParts,
  approved: Approved<'open'>,
  context: RequestContext,
  suspended: () => Promise<Denied | undefined>,
): Promise<SessionState | Stop> {
  const { grant } = approved;
  const breakGlassDenied = grant.breakGlass === true ? await parts.checkBreakGlass(grant.identity) : undefined;
  if (breakGlassDenied !== undefined) return breakGlassDenied;
  const place = parts.sessions.reserve(grant.identity.actor.id);
  if (typeof place !== 'function') return place;
  const connector = parts.connections.get(grant.scope.connection) as Connector;
  Object.assign(context.eventFacts, { engine: connector.engine, address: connector.address });
  let session: Session | undefined;
  let path: Promise<unknown> = Promise.resolve();
  try {
    await context.recordIntent('session.requested', {
      grant: grant.id,
      expiresAt: grant.expiresAt,
      limits: { ...grant.limits },
      ...(await setupFact(connector, grant)),
    });
    if (grant.breakGlass === true) {
      await context.recordEvent('breakglass.activated', {
        grant: grant.id,
        reason: approved.asked.reason,
        expiresAt: grant.expiresAt,
      });
      parts.recordActivation(grant, approved.asked.reason);
    }
    const opening = connectEngine(connector, grant, context.signal);
    path = opening.settled;
    const engine = await waitForEngine(parts, grant, context, opening.engine);
    session = createSession(parts, approved, connector, engine, place);
    await context.recordOutcome('session.opened', {
      grant: grant.id,
      expiresAt: grant.expiresAt,
      engineSession: engine.id,
    });
    if (context.signal.aborted) throw getAbortError(context.signal);
    const barred = await suspended();
    if (barred !== undefined) {
      await session.end('revoked', parts.suspensions.describeRevocation(grant.identity, grant.scope));
      return barred;
    }
    const refusal = session.getRefusal();
    if (refusal !== undefined) throw new AccessError(refusal);
    context.detachSignal();
    return session.getState();
  } catch (error) {
    // One that hangs is still there at the engine, and keeps its place until it is gone.
    if (session === undefined) void path.finally(place);
    else await session.end('fault').catch(() => undefined);
    throw error;
  }
}

interface EngineOpening {
  readonly engine: Promise<EngineSession>;
  /** Resolves when nothing of it is left that nobody uses: refused, or come too late and closed again, or taken. */
  readonly settled: Promise<unknown>;
}

function connectEngine(connector: Connector, grant: Grant, signal: AbortSignal): EngineOpening {
  const open = async (): Promise<EngineSession> => connector.open(grant, signal);
  const opening = open();
  const settled = opening.then((engine) => (signal.aborted ? engine.close() : undefined)).catch(() => undefined);
  return { engine: raceSignal(opening, signal), settled };
}

/** Waits for the path until the deadline or the timeout. */
async function waitForEngine(
  { gatewayContext, limits }: OpeningParts,
  grant: Grant,
  context: RequestContext,
  engine: Promise<EngineSession>,
): Promise<EngineSession> {
  const left = getTimeLeft(grant, gatewayContext.clock);
  const late =
    left <= limits.openTimeoutMs
      ? new AccessError('SESSION_EXPIRED')
      : new AccessError('ENGINE_UNAVAILABLE', 'the engine did not open a session in time');
  const disarm = gatewayContext.clock.after(Math.min(left, limits.openTimeoutMs), () => context.abort(late));
  try {
    return await engine;
  } finally {
    disarm();
  }
}

function createSession(
  { gatewayContext, sessions, limits, createDisposal: home, onSessionEnd: over }: OpeningParts,
  approved: Approved<'open'>,
  connector: Connector,
  engine: EngineSession,
  place: () => void,
): Session {
  const { grant, asked } = approved;
  const { clock, instance, recorder } = gatewayContext;
  const belongings = home(grant);
  belongings.add(() => engine.close());
  const session = new Session({
    grant,
    connector,
    engine,
    clock,
    reason: asked.reason,
    waiting: limits.waitingStatements,
    closeTimeoutMs: limits.closeTimeoutMs,
    dispose: () => belongings.dispose(),
    ended: async (ended, by, clean, said) => {
      sessions.retire(ended);
      place();
      // A store of tickets that fails, or hangs, keeps nobody from recording the end.
      await completesWithin(clock, limits.closeTimeoutMs, over(ended.id, by));
      await recorder.recordOutcome(
        createEvent(clock, instance, endEventCodes[by], createGrantFacts(grant), {
          by,
          clean,
          grant: grant.id,
          ...said,
        }),
      );
    },
  });
  sessions.add(session);
  void engine.lost?.then(() => session.end('fault')).catch(() => undefined);
  return session;
}
