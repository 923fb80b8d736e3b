import { described, readCatalogue } from '../describe.js';
import type { Description, SessionState, StatementResult } from '../gateway.js';
import { policyChanged } from '../judge.js';
import type { Analysis, Approved } from '../model.js';
import type { Stop } from '../outcome.js';
import { openSession, type OpeningParts } from '../opening.js';
import type { Observer } from '../plugin.js';
import type { PolicyDecisionPoint } from '../ports.js';
import { RunningStatement, type StatementParts } from '../statement.js';
import type { Trip } from '../trip.js';
import { findSession } from './scope.js';

/** Grant -> effect. Nothing comes here without one, and nothing has an effect anywhere else. */
export function createExecuteStage(parts: OpeningParts, observers: readonly Observer[], policy: PolicyDecisionPoint) {
  const { road, sessions, limits } = parts;
  const statement = async (approved: Approved<'run'>, trip: Trip, call: StatementParts['call']): Promise<StatementResult | Stop> => {
    const session = findSession(sessions, approved, trip);
    if ('status' in session) return session;
    const analysis = approved.analysis as Analysis;
    return new RunningStatement({ clock: road.clock, limits, observers, call, policyVersion: () => policy.version }, { ...approved, analysis }, session, trip).run();
  };

  return {
    open: async (approved: Approved<'open'>, trip: Trip): Promise<SessionState | Stop> =>
      policy.version === approved.decision.policyVersion ? openSession(parts, approved, trip) : policyChanged('people were asked'),

    run: (approved: Approved<'run'>, trip: Trip): Promise<StatementResult | Stop> => statement(approved, trip, (engine, asked, signal) => engine.run(asked, signal)),

    describe: async (approved: Approved<'run'>, trip: Trip): Promise<Description | Stop> => {
      const told = await statement(approved, trip, readCatalogue);
      return 'status' in told ? told : described(policy, approved, told, trip.signal);
    },
  };
}
