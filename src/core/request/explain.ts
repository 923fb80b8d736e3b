import type { ExplainedText, Explanation } from '../gateway.js';
import type { PluginRegistry } from '../plugins/plugin-registry.js';
import type { StatementJudge } from './judge.js';
import type { Analysis, Identified, Permit } from '../model.js';
import { formatObject } from '../data/names.js';
import type { Denied, Stop } from '../outcome.js';
import { selectAnalysis, type EventFacts } from '../audit/event-facts.js';
import type { Sessions } from '../session/sessions.js';
import { findUsableSession } from './stages/scope.js';
import type { Suspensions } from '../approvals/suspensions.js';
import type { RequestContext } from './context.js';

/** The judgement of a statement, with nothing run and nobody asked. */
export async function explainStatement(
  {
    sessions,
    suspensions,
    judge,
    extensions,
  }: {
    readonly sessions: Sessions;
    readonly suspensions: Suspensions;
    readonly judge: StatementJudge;
    readonly extensions: PluginRegistry;
  },
  facts: Identified<'run'>,
  context: RequestContext,
): Promise<Explanation | Stop> {
  const session = await findUsableSession(sessions, suspensions, facts, context);
  if ('status' in session) return session;
  const judged = await judge(facts, session.grant, context.eventFacts, context.signal, 'unknown');
  if ('status' in judged) return createExplanation(context.eventFacts, judged, undefined);
  const scoped = Object.freeze({ ...facts, scope: session.grant.scope, ...judged });
  return createExplanation(
    context.eventFacts,
    await extensions.runGuards('scope', scoped, context.signal),
    judged.decision,
  );
}

/** Where it is denied, the caller's own text is told; else the text that would run. The other stands beside it. */
function createExplanation(seen: EventFacts, denied: Denied | undefined, decision: Permit | undefined): Explanation {
  const { rules, policyVersion, rewrite } = seen;
  const analysis = selectAnalysis(seen, denied !== undefined);
  const obligations = decision?.obligations ?? [];
  const held = obligations.some((each) => each.type === 'approval');
  return {
    decision: denied !== undefined ? 'deny' : held ? 'approval' : 'allow',
    ...describeStatement(analysis),
    functions: analysis?.functions ?? [],
    ...(rewrite === undefined ? {} : describeRewrite(rewrite, analysis)),
    rules: rules ?? [],
    ...(policyVersion === undefined ? {} : { policyVersion }),
    obligations,
    ...(denied === undefined ? {} : { denied }),
  };
}

function describeRewrite(
  { asked, by, made }: NonNullable<EventFacts['rewrite']>,
  shown: Analysis | undefined,
): Pick<Explanation, 'rewrites' | 'asked' | 'rewritten'> {
  if (shown !== asked) return { rewrites: by, asked: describeStatement(asked) };
  return { rewrites: by, ...(made === undefined ? {} : { rewritten: describeStatement(made) }) };
}

function describeStatement(analysis: Analysis | undefined): ExplainedText {
  return {
    kind: analysis?.kind ?? 'invalid',
    operation: analysis?.operation ?? '',
    canonical: analysis?.canonical ?? '',
    reads: analysis?.reads.map(formatObject) ?? [],
    writes: analysis?.writes.map(formatObject) ?? [],
  };
}
