import type { ExplainedText, Explanation } from './gateway.js';
import type { Extensions } from './extensions.js';
import type { Judge } from './judge.js';
import type { Analysis, Identified, Permit } from './model.js';
import { formatObject } from './names.js';
import type { Denied, Stop } from './outcome.js';
import { analysisShown, type Seen } from './seen.js';
import type { Sessions } from './sessions.js';
import { findUsable } from './stages/scope.js';
import type { Suspensions } from './suspensions.js';
import type { Trip } from './trip.js';

/** The judgement of a statement, with nothing run and nobody asked. */
export async function explain(
  { sessions, suspensions, judge, extensions }: { readonly sessions: Sessions; readonly suspensions: Suspensions; readonly judge: Judge; readonly extensions: Extensions },
  facts: Identified<'run'>, trip: Trip,
): Promise<Explanation | Stop> {
  const session = await findUsable(sessions, suspensions, facts, trip);
  if ('status' in session) return session;
  const judged = await judge(facts, session.grant, trip.seen, trip.signal, 'unknown');
  if ('status' in judged) return explained(trip.seen, judged, undefined);
  const scoped = Object.freeze({ ...facts, scope: session.grant.scope, ...judged });
  return explained(trip.seen, await extensions.guard('scope', scoped, trip.signal), judged.decision);
}

/** Where it is denied, the caller's own text is told; else the text that would run. The other stands beside it. */
function explained(seen: Seen, denied: Denied | undefined, decision: Permit | undefined): Explanation {
  const { rules, policyVersion, rewrite } = seen;
  const analysis = analysisShown(seen, denied !== undefined);
  const obligations = decision?.obligations ?? [];
  const held = obligations.some((each) => each.type === 'approval');
  return {
    decision: denied !== undefined ? 'deny' : held ? 'approval' : 'allow',
    ...textOf(analysis),
    functions: analysis?.functions ?? [],
    ...(rewrite === undefined ? {} : rewrittenOf(rewrite, analysis)),
    rules: rules ?? [],
    ...(policyVersion === undefined ? {} : { policyVersion }),
    obligations,
    ...(denied === undefined ? {} : { denied }),
  };
}

function rewrittenOf({ asked, by, made }: NonNullable<Seen['rewrite']>, shown: Analysis | undefined): Pick<Explanation, 'rewrites' | 'asked' | 'rewritten'> {
  if (shown !== asked) return { rewrites: by, asked: textOf(asked) };
  return { rewrites: by, ...(made === undefined ? {} : { rewritten: textOf(made) }) };
}

function textOf(analysis: Analysis | undefined): ExplainedText {
  return {
    kind: analysis?.kind ?? 'invalid',
    operation: analysis?.operation ?? '',
    canonical: analysis?.canonical ?? '',
    reads: analysis?.reads.map(formatObject) ?? [],
    writes: analysis?.writes.map(formatObject) ?? [],
  };
}
