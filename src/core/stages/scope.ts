import { opening } from '../asks.js';
import { catalogueAnalysis } from '../describe.js';
import { decide, notPermitted, type Judge } from '../judge.js';
import type { Extensions } from '../extensions.js';
import type { Identified, Scope, Scoped } from '../model.js';
import { formatSchema } from '../names.js';
import { deny, type Denied, type Stop } from '../outcome.js';
import type { Connector, PolicyDecisionPoint } from '../ports.js';
import type { Session } from '../session.js';
import type { Sessions } from '../sessions.js';
import type { Suspensions } from '../suspensions.js';
import type { Trip } from '../trip.js';

type Added = Pick<Scoped, 'scope' | 'decision' | 'analysis' | 'rewrite'>;

/** What is asked -> the scope it lies in and the decision on it. */
export function createScopeStage(
  connections: ReadonlyMap<string, Connector>, policy: PolicyDecisionPoint, sessions: Sessions, judge: Judge, extensions: Extensions, suspensions: Suspensions,
) {
  const guarded = async (facts: Identified, added: Added, trip: Trip): Promise<Added | Stop> =>
    (await extensions.guard('scope', Object.freeze({ ...facts, ...added }), trip.signal)) ?? added;

  return {
    /** Whether this caller may open this schema. Unknown and forbidden look the same. */
    open: async (facts: Identified<'open'>, trip: Trip): Promise<Added | Stop> => {
      const { connection, schema, access, ttlMs, reason, breakGlass } = facts.asked;
      trip.seen.breakGlass = breakGlass;
      trip.seen.asked = { reason, ttlMs, access, schema: formatSchema(schema) };
      const question = { identity: facts.identity, connection, asks: opening(facts.asked), context: facts.context };
      const decision = await decide(policy, question, trip.seen, trip.signal);
      const connector = connections.get(connection);
      const known = connector?.schemas.some((each) => each.database === schema.database && each.schema === schema.schema) === true;
      if (!known || decision.effect === 'deny') return notPermitted('session', decision.effect === 'deny' ? decision : { ...decision, effect: 'deny', rules: [] });
      const scope: Scope = Object.freeze({ connection, ...schema, access });
      trip.seen.scope = scope;
      return (await suspensions.refusal(facts.identity, scope)) ?? guarded(facts, { scope, decision }, trip);
    },

    /** Whether this statement may run in this session. */
    run: async (facts: Identified<'run'>, trip: Trip): Promise<Added | Stop> => {
      const session = await findUsable(sessions, suspensions, facts, trip);
      if ('status' in session) return session;
      const judged = await judge(facts, session.grant, trip.seen, trip.signal);
      if ('status' in judged) return judged;
      return guarded(facts, { scope: session.grant.scope, ...judged }, trip);
    },

    /** The session itself is leave to look; which objects are shown is decided one by one, when they are known. */
    describe: async (facts: Identified<'run'>, trip: Trip): Promise<Added | Stop> => {
      const session = await findUsable(sessions, suspensions, facts, trip);
      if ('status' in session) return session;
      if (session.engine.describe === undefined) return deny('NOT_FOUND', 'this engine cannot describe its schema', { reason: 'describe.unavailable' });
      const { scope, rules } = session.grant;
      const decision = Object.freeze({ effect: 'permit' as const, rules, policyVersion: policy.version, obligations: [] });
      const analysis = await catalogueAnalysis(scope);
      Object.assign(trip.seen, { analysis, rules, policyVersion: decision.policyVersion });
      return guarded(facts, { scope, decision, analysis }, trip);
    },
  };
}

/** The caller's live session, or why it cannot be used. Unknown and foreign look the same. */
export function findSession(sessions: Sessions, facts: Identified<'run'>, trip: Trip): Session | Denied {
  const session = sessions.find(facts.asked.session, facts.identity);
  if (session === undefined) return deny('NOT_FOUND', undefined, { reason: 'session.unknown' });
  seeSession(session, trip);
  const refusal = session.refusal();
  return refusal === undefined ? session : deny(refusal, undefined, { hint: 'Open a new session.' });
}

/** The same, of an actor who may use it now: that it is suspended is said before that its session was revoked. */
export async function findUsable(sessions: Sessions, suspensions: Suspensions, facts: Identified<'run'>, trip: Trip): Promise<Session | Denied> {
  const session = findSession(sessions, facts, trip);
  const { scope } = trip.seen;
  if (scope === undefined) return session;
  return (await suspensions.refusal(facts.identity, scope)) ?? session;
}

/** Notes for the record which session a request is about. */
export function seeSession({ id, grant, connector }: Session, trip: Trip): void {
  Object.assign(trip.seen, { session: id, connection: grant.scope.connection, scope: grant.scope, engine: connector.engine, address: connector.address, breakGlass: grant.breakGlass });
}
