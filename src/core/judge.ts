import { heeding } from './abort.js';
import { checkAnalysis, checkDecision } from './answers.js';
import { running } from './asks.js';
import { AccessError } from './errors.js';
import type { Extensions } from './extensions.js';
import type { Analysis, Decision, Grant, Identified, ObjectRef, Permit, Scope, StatementKind } from './model.js';
import { formatName, formatObject, formatSchema } from './names.js';
import { deny, type Denied } from './outcome.js';
import type { Analyzer, Connector, PolicyDecisionPoint } from './ports.js';
import { coreObligations, recordLevel } from './obligations.js';
import type { Seen } from './seen.js';

/** Kinds a policy may permit. Any other never runs in a session, whoever approves. */
const decidable: ReadonlySet<StatementKind> = new Set(['read', 'write', 'ddl', 'metadata']);

/** A statement that may go on to approval. */
export interface Judged {
  readonly analysis: Analysis;
  readonly decision: Permit;
}

export type Judge = (facts: Identified<'run'>, grant: Grant, seen: Seen, signal: AbortSignal) => Promise<Judged | Denied>;

/** Reads a statement, holds it against the scope, asks policy, and applies what obligations rewrite. */
export function createJudge(analyzer: Analyzer, policy: PolicyDecisionPoint, extensions: Extensions, connections: ReadonlyMap<string, Connector>): Judge {
  const read = async (sql: string, grant: Grant, seen: Seen, signal: AbortSignal): Promise<Analysis | Denied> => {
    const analysis = checkAnalysis(await analyze(analyzer, sql, grant, connections.get(grant.scope.connection)?.dialect, signal));
    seen.analysis = analysis;
    return refusalOf(analysis, grant.scope) ?? analysis;
  };

  return async (identified, grant, seen, signal) => {
    const analysis = await read(identified.asked.statement.sql, grant, seen, signal);
    if ('status' in analysis) return analysis;
    const decision = await decide(policy, { identity: identified.identity, connection: grant.scope.connection, asks: running(analysis, grant), context: identified.context }, seen, signal);
    if (decision.effect === 'deny') return notPermitted(`no rule permits this ${analysis.kind}`, decision);
    const sql = rewrite(analysis, grant.scope, decision, extensions);
    if (typeof sql !== 'string') return sql;
    if (sql === analysis.canonical) return { analysis, decision };
    const rewritten = await read(sql, grant, seen, signal);
    if ('status' in rewritten) return deny('NOT_PERMITTED', 'an obligation rewrote the statement beyond the grant', { reason: 'obligation.widened' });
    const widened = rewritten.kind !== analysis.kind || !within(rewritten.reads, analysis.reads) || !within(rewritten.writes, analysis.writes);
    return widened ? deny('NOT_PERMITTED', 'an obligation rewrote the statement beyond the grant', { reason: 'obligation.widened' }) : { analysis: rewritten, decision };
  };
}

async function analyze(analyzer: Analyzer, sql: string, { scope }: Grant, dialect: string | undefined, signal: AbortSignal): Promise<Analysis> {
  try {
    return await heeding(() => analyzer.analyze(sql, { database: scope.database, schema: scope.schema }, signal, dialect), signal);
  } catch (error) {
    throw AccessError.from(error, 'ANALYSIS_UNAVAILABLE');
  }
}

function refusalOf(analysis: Analysis, scope: Scope): Denied | undefined {
  const { refusal } = analysis;
  if (refusal !== undefined) {
    return deny(refusal.code, refusal.message, { reason: refusal.reason, ...(refusal.hint === undefined ? {} : { hint: refusal.hint }) });
  }
  if (!decidable.has(analysis.kind)) return deny('STATEMENT_REFUSED', undefined, { reason: `kind.${analysis.kind}` });
  const outside = [...analysis.reads, ...analysis.writes].filter((each) => each.database !== scope.database || each.schema !== scope.schema);
  if (outside.length > 0) return outOfScope(outside, scope);
  if (scope.access === 'read' && (analysis.writes.length > 0 || analysis.kind === 'write' || analysis.kind === 'ddl')) {
    return deny('READ_ONLY_SESSION', undefined, { reason: 'scope.access', hint: 'Close this session and open one with access "write".' });
  }
  return undefined;
}

function outOfScope(outside: readonly ObjectRef[], scope: Scope): Denied {
  const names = [...new Set(outside.map(formatObject))];
  const schemas = [...new Set(outside.map(formatSchema))].join(', ');
  return deny('OUT_OF_SCOPE', `${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and others' : ''}: outside ${formatSchema(scope)}`, {
    reason: 'scope.object',
    hint: `This session may use ${formatSchema(scope)} only. Open another session on ${schemas} if you may.`,
  });
}

/** Asks the PDP. Anything but a well-formed permit for these asks is a deny or a fault. */
export async function decide(policy: PolicyDecisionPoint, question: Parameters<PolicyDecisionPoint['decide']>[0], seen: Seen, signal: AbortSignal): Promise<Decision> {
  let decision: Decision;
  try {
    decision = await heeding(() => policy.decide(question, signal), signal);
  } catch (error) {
    throw AccessError.from(error, 'POLICY_UNAVAILABLE');
  }
  const checked = checkDecision(decision);
  seen.rules = checked.rules;
  seen.policyVersion = checked.policyVersion;
  if (checked.effect === 'permit') seen.level = recordLevel(checked.obligations);
  return checked;
}

/** What was judged by rules that are in force no more is not done. */
export function policyChanged(meanwhile: string): Denied {
  return deny('NOT_PERMITTED', `the policy changed while ${meanwhile}`, { reason: 'policy.changed', hint: 'Ask again.' });
}

export function notPermitted(message: string, decision: Decision): Denied {
  return deny('NOT_PERMITTED', message, {
    reason: decision.rules.length > 0 ? 'policy.denied' : 'policy.silent',
    hint: 'Ask for less, or ask the people who keep the policy for a rule.',
  });
}

function rewrite(analysis: Analysis, scope: Scope, decision: Permit, extensions: Extensions): string | Denied {
  let sql = analysis.canonical;
  for (const obligation of decision.obligations) {
    if (coreObligations.has(obligation.type)) continue;
    const fulfil = extensions.fulfiller(obligation.type);
    if (fulfil === undefined) return deny('OBLIGATION_UNKNOWN', `nobody here fulfils ${formatName(obligation.type)}`, { reason: 'obligation.unknown' });
    try {
      sql = fulfil({ sql, analysis, scope }, obligation);
    } catch (error) {
      throw new AccessError('PLUGIN_FAILED', `the fulfiller of ${formatName(obligation.type)} failed`, { cause: error });
    }
    if (typeof sql !== 'string') throw new AccessError('PLUGIN_FAILED', `the fulfiller of ${formatName(obligation.type)} returned no statement`);
  }
  return sql;
}

function within(inner: readonly ObjectRef[], outer: readonly ObjectRef[]): boolean {
  const known = new Set(outer.map(formatObject));
  return inner.every((each) => known.has(formatObject(each)));
}
