import { describeSchema, readCatalogue } from '../describe.js';
import type { Description, SessionState, StatementResult } from '../../gateway.js';
import { denyPolicyChanged } from '../judge.js';
import type { Analysis, Approved } from '../../model.js';
import type { Stop } from '../../outcome.js';
import { openSession, type OpeningParts } from '../../session/opening.js';
import type { Observer } from '../../plugin.js';
import type { PolicyDecisionPoint } from '../../ports.js';
import { RunningStatement, type StatementParts } from '../../session/statement.js';
import type { RequestContext } from '../context.js';
import { findSession } from './scope.js';

/** Grant -> effect. Nothing comes here without one, and nothing has an effect anywhere else. */
export function createExecuteStage(parts: OpeningParts, observers: readonly Observer[], policy: PolicyDecisionPoint) {
  const { gatewayContext, sessions, limits } = parts;
  const statement = async (
    approved: Approved<'run'>,
    context: RequestContext,
    call: StatementParts['call'],
  ): Promise<StatementResult | Stop> => {
    const session = findSession(sessions, approved, context);
    if ('status' in session) return session;
    const analysis = approved.analysis as Analysis;
    return new RunningStatement(
      { clock: gatewayContext.clock, limits, observers, call, policyVersion: () => policy.version },
      { ...approved, analysis },
      session,
      context,
    ).run();
  };

  return {
    open: async (approved: Approved<'open'>, context: RequestContext): Promise<SessionState | Stop> =>
      policy.version === approved.decision.policyVersion
        ? openSession(parts, approved, context)
        : denyPolicyChanged('people were asked'),

    run: (approved: Approved<'run'>, context: RequestContext): Promise<StatementResult | Stop> =>
      statement(approved, context, (engine, asked, signal) => engine.run(asked, signal)),

    describe: async (approved: Approved<'run'>, context: RequestContext): Promise<Description | Stop> => {
      const told = await statement(approved, context, readCatalogue);
      return 'status' in told ? told : describeSchema(policy, approved, told, context.signal);
    },
  };
}
