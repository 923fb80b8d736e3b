import type { Explanation } from './gateway.js';
import type { Extensions } from './extensions.js';
import type { Judge } from './judge.js';
import type { Identified, Permit } from './model.js';
import { formatObject } from './names.js';
import type { Denied, Stop } from './outcome.js';
import type { Seen } from './seen.js';
import type { Sessions } from './sessions.js';
import { findSession } from './stages/scope.js';
import type { Trip } from './trip.js';

/** The judgement of a statement, with nothing run and nobody asked. */
export async function explain(
  { sessions, judge, extensions }: { readonly sessions: Sessions; readonly judge: Judge; readonly extensions: Extensions }, facts: Identified<'run'>, trip: Trip,
): Promise<Explanation | Stop> {
  const session = findSession(sessions, facts, trip);
  if ('status' in session) return session;
  const judged = await judge(facts, session.grant, trip.seen, trip.signal);
  if ('status' in judged) return explained(trip.seen, judged, undefined);
  const scoped = Object.freeze({ ...facts, scope: session.grant.scope, ...judged });
  return explained(trip.seen, await extensions.guard('scope', scoped, trip.signal), judged.decision);
}

function explained(seen: Seen, denied: Denied | undefined, decision: Permit | undefined): Explanation {
  const { analysis, rules, policyVersion } = seen;
  const obligations = decision?.obligations ?? [];
  const held = obligations.some((each) => each.type === 'approval');
  return {
    decision: denied !== undefined ? 'deny' : held ? 'approval' : 'allow',
    kind: analysis?.kind ?? 'invalid',
    operation: analysis?.operation ?? '',
    canonical: analysis?.canonical ?? '',
    reads: analysis?.reads.map(formatObject) ?? [],
    writes: analysis?.writes.map(formatObject) ?? [],
    functions: analysis?.functions ?? [],
    rules: rules ?? [],
    ...(policyVersion === undefined ? {} : { policyVersion }),
    obligations,
    ...(denied === undefined ? {} : { denied }),
  };
}
