import type { SessionState, StatementResult } from '../gateway.js';
import type { Analysis, Approved } from '../model.js';
import type { Stop } from '../outcome.js';
import { openSession, type OpeningParts } from '../opening.js';
import type { Observer } from '../plugin.js';
import type { PolicyDecisionPoint } from '../ports.js';
import { RunningStatement } from '../statement.js';
import type { Trip } from '../trip.js';
import { findSession } from './scope.js';

/** Grant -> effect. Nothing comes here without one, and nothing has an effect anywhere else. */
export function createExecuteStage(parts: OpeningParts, observers: readonly Observer[], policy: Pick<PolicyDecisionPoint, 'version'>) {
  const { road, sessions, limits } = parts;
  return {
    open: (approved: Approved<'open'>, trip: Trip): Promise<SessionState | Stop> => openSession(parts, approved, trip),

    run: async (approved: Approved<'run'>, trip: Trip): Promise<StatementResult | Stop> => {
      const session = findSession(sessions, approved, trip);
      if ('status' in session) return session;
      const analysis = approved.analysis as Analysis;
      return new RunningStatement({ clock: road.clock, limits, observers, policyVersion: () => policy.version }, { ...approved, analysis }, session, trip).run();
    },
  };
}
