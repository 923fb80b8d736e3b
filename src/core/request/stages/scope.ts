import { createOpenActions } from '../requested-actions.js';
import { createCatalogueAnalysis } from '../describe.js';
import { requestDecision, denyNotPermitted, type StatementJudge } from '../judge.js';
import type { PluginRegistry } from '../../plugins/plugin-registry.js';
import type { Identified, Scope, Scoped } from '../../model.js';
import { formatSchema } from '../../data/names.js';
import { deny, type Denied, type Stop } from '../../outcome.js';
import type { Connector, PolicyDecisionPoint } from '../../ports.js';
import type { Session } from '../../session/session.js';
import type { Sessions } from '../../session/sessions.js';
import type { Suspensions } from '../../approvals/suspensions.js';
import type { RequestContext } from '../context.js';

type Added = Pick<Scoped, 'scope' | 'decision' | 'analysis' | 'rewrite'>;

/** What is asked -> the scope it lies in and the decision on it. */
export function createScopeStage(
  connections: ReadonlyMap<string, Connector>,
  policy: PolicyDecisionPoint,
  sessions: Sessions,
  judge: StatementJudge,
  extensions: PluginRegistry,
  suspensions: Suspensions,
) {
  const guarded = async (facts: Identified, added: Added, context: RequestContext): Promise<Added | Stop> =>
    (await extensions.runGuards('scope', Object.freeze({ ...facts, ...added }), context.signal)) ?? added;

  return {
    /** Whether this caller may open this schema. Unknown and forbidden look the same. */
    open: async (facts: Identified<'open'>, context: RequestContext): Promise<Added | Stop> => {
      const { connection, schema, access, ttlMs, reason, breakGlass } = facts.asked;
      context.eventFacts.breakGlass = breakGlass;
      context.eventFacts.requestData = { reason, ttlMs, access, schema: formatSchema(schema) };
      const question = {
        identity: facts.identity,
        connection,
        asks: createOpenActions(facts.asked),
        context: facts.context,
      };
      const decision = await requestDecision(policy, question, context.eventFacts, context.signal);
      const connector = connections.get(connection);
      const known =
        connector?.schemas.some((each) => each.database === schema.database && each.schema === schema.schema) === true;
      if (!known || decision.effect === 'deny')
        return denyNotPermitted(
          'session',
          decision.effect === 'deny' ? decision : { ...decision, effect: 'deny', rules: [] },
        );
      const scope: Scope = Object.freeze({ connection, ...schema, access });
      context.eventFacts.scope = scope;
      return (await suspensions.getRefusal(facts.identity, scope)) ?? guarded(facts, { scope, decision }, context);
    },

    /** Whether this statement may run in this session. */
    run: async (facts: Identified<'run'>, context: RequestContext): Promise<Added | Stop> => {
      const session = await findUsableSession(sessions, suspensions, facts, context);
      if ('status' in session) return session;
      const judged = await judge(facts, session.grant, context.eventFacts, context.signal);
      if ('status' in judged) return judged;
      return guarded(facts, { scope: session.grant.scope, ...judged }, context);
    },

    /** The session itself is leave to look; which objects are shown is decided one by one, when they are known. */
    describe: async (facts: Identified<'run'>, context: RequestContext): Promise<Added | Stop> => {
      const session = await findUsableSession(sessions, suspensions, facts, context);
      if ('status' in session) return session;
      if (session.engine.describe === undefined)
        return deny('NOT_FOUND', 'this engine cannot describe its schema', { reason: 'describe.unavailable' });
      const { scope, rules } = session.grant;
      const decision = Object.freeze({
        effect: 'permit' as const,
        rules,
        policyVersion: policy.version,
        obligations: [],
      });
      const analysis = await createCatalogueAnalysis(scope);
      Object.assign(context.eventFacts, { analysis, rules, policyVersion: decision.policyVersion });
      return guarded(facts, { scope, decision, analysis }, context);
    },
  };
}

/** The caller's live session, or why it cannot be used. Unknown and foreign look the same. */
export function findSession(sessions: Sessions, facts: Identified<'run'>, context: RequestContext): Session | Denied {
  const session = sessions.find(facts.asked.session, facts.identity);
  if (session === undefined) return deny('NOT_FOUND', undefined, { reason: 'session.unknown' });
  setSessionFacts(session, context);
  const refusal = session.getRefusal();
  return refusal === undefined ? session : deny(refusal, undefined, { hint: 'Open a new session.' });
}

/** The same, of an actor who may use it now: that it is suspended is said before that its session was revoked. */
export async function findUsableSession(
  sessions: Sessions,
  suspensions: Suspensions,
  facts: Identified<'run'>,
  context: RequestContext,
): Promise<Session | Denied> {
  const session = findSession(sessions, facts, context);
  const { scope } = context.eventFacts;
  if (scope === undefined) return session;
  return (await suspensions.getRefusal(facts.identity, scope)) ?? session;
}

/** Notes for the record which session a request is about. */
export function setSessionFacts({ id, grant, connector }: Session, context: RequestContext): void {
  Object.assign(context.eventFacts, {
    session: id,
    connection: grant.scope.connection,
    scope: grant.scope,
    engine: connector.engine,
    address: connector.address,
    breakGlass: grant.breakGlass,
  });
}
