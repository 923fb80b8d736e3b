import { callWithSignal } from '../async/abort-signal.js';
import { checkAnalysis, checkDecision } from './validate-adapter-output.js';
import { createStatementActions } from './requested-actions.js';
import { checkBinds, namedBind } from './binds.js';
import { AccessError } from '../errors.js';
import type { PluginRegistry } from '../plugins/plugin-registry.js';
import type {
  Analysis,
  Decision,
  Grant,
  Identified,
  ObjectRef,
  Permit,
  Rewrite,
  Rewriter,
  Scope,
  StatementKind,
} from '../model.js';
import { formatName, formatObject, formatSchema } from '../data/names.js';
import { deny, type Denied } from '../outcome.js';
import type { Analyzer, Connector, PolicyDecisionPoint } from '../ports.js';
import { coreObligations, resolveRecordLevel } from './obligations.js';
import type { EventFacts } from '../audit/event-facts.js';

/** The dialect of an engine that names none. */
const portableDialect = 'portable';

/** Kinds a policy may permit. Any other never runs in a session, whoever approves. */
const permittableKinds: ReadonlySet<StatementKind> = new Set(['read', 'write', 'ddl', 'metadata']);

/** A statement that may go on to approval. */
export interface JudgedStatement {
  readonly analysis: Analysis;
  readonly decision: Permit;
  /** Present where plugins rewrote the statement: `analysis` is then that of their text. */
  readonly rewrite?: Rewrite;
}

interface RewrittenText {
  readonly sql: string;
  readonly by: readonly Rewriter[];
}

/** `explain` asks without binds: then they are not counted. */
export type StatementJudge = (
  facts: Identified<'run'>,
  grant: Grant,
  seen: EventFacts,
  signal: AbortSignal,
  binds?: 'counted' | 'unknown',
) => Promise<JudgedStatement | Denied>;

/** Reads a statement, holds it against the scope, asks policy, and applies what obligations rewrite. */
export function createJudge(
  analyzer: Analyzer,
  policy: PolicyDecisionPoint,
  extensions: PluginRegistry,
  connections: ReadonlyMap<string, Connector>,
): StatementJudge {
  const analyzed = async (sql: string, grant: Grant, signal: AbortSignal): Promise<Analysis> =>
    checkAnalysis(
      await analyzeStatement(
        analyzer,
        sql,
        grant,
        connections.get(grant.scope.connection)?.dialect ?? portableDialect,
        signal,
      ),
    );

  const rejudge = async (
    judged: JudgedStatement,
    sql: string,
    by: readonly Rewriter[],
    values: number | undefined,
    grant: Grant,
    seen: EventFacts,
    signal: AbortSignal,
  ): Promise<JudgedStatement | Denied> => {
    const { analysis: asked, decision } = judged;
    seen.rewrite = { asked, by };
    const made = await analyzed(sql, grant, signal);
    if (made.canonical === asked.canonical) {
      delete seen.rewrite;
      return judged;
    }
    seen.rewrite = { asked, by, made };
    if (findRefusal(made, grant.scope, values) !== undefined || widensAccess(made, asked)) {
      return deny('NOT_PERMITTED', `plugin ${formatPluginNames(by)} rewrote the statement beyond the grant`, {
        reason: 'obligation.widened',
      });
    }
    seen.analysis = made;
    return { analysis: made, decision, rewrite: { asked, by } };
  };

  return async (identified, grant, seen, signal, binds = 'counted') => {
    const { asked, identity, context } = identified;
    const values = binds === 'counted' ? asked.statement.binds.length : undefined;
    const analysis = await analyzed(asked.statement.sql, grant, signal);
    seen.analysis = analysis;
    const refusal = findRefusal(analysis, grant.scope, values);
    if (refusal !== undefined) return refusal;
    const question = {
      identity,
      connection: grant.scope.connection,
      asks: createStatementActions(analysis, grant),
      context,
    };
    const decision = await requestDecision(policy, question, seen, signal);
    if (decision.effect === 'deny') return denyNotPermitted(analysis.kind, decision);
    const made = applyObligations(analysis, grant.scope, decision, extensions);
    if ('status' in made) return made;
    const judged = { analysis, decision };
    return made.by.length === 0 ? judged : rejudge(judged, made.sql, made.by, values, grant, seen, signal);
  };
}

/** Whether a rewritten statement does anything that was not decided on. */
function widensAccess(made: Analysis, asked: Analysis): boolean {
  const shows = made.kind === 'metadata' && made.operation !== asked.operation;
  return (
    shows || made.kind !== asked.kind || !isSubset(made.reads, asked.reads) || !isSubset(made.writes, asked.writes)
  );
}

function formatPluginNames(by: readonly Rewriter[]): string {
  return [...new Set(by.map(({ plugin }) => plugin))].join(' and ');
}

async function analyzeStatement(
  analyzer: Analyzer,
  sql: string,
  { scope }: Grant,
  dialect: string | undefined,
  signal: AbortSignal,
): Promise<Analysis> {
  try {
    return await callWithSignal(
      () => analyzer.analyze(sql, { database: scope.database, schema: scope.schema }, signal, dialect),
      signal,
    );
  } catch (error) {
    throw AccessError.from(error, 'ANALYSIS_UNAVAILABLE');
  }
}

/** `values` is the number of binds; undefined where they are not known. */
function findRefusal(analysis: Analysis, scope: Scope, values: number | undefined): Denied | undefined {
  const { refusal } = analysis;
  if (refusal !== undefined) {
    // No engine gets a bind with a name, so what this one has no words for is not what is wrong with it.
    const named =
      refusal.reason === 'sql.dialect' && values !== undefined ? namedBind(analysis.placeholders ?? []) : undefined;
    if (named !== undefined) return named;
    return deny(refusal.code, refusal.message, {
      reason: refusal.reason,
      ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
    });
  }
  if (!permittableKinds.has(analysis.kind))
    return deny('STATEMENT_REFUSED', undefined, { reason: `kind.${analysis.kind}` });
  const outside = [...analysis.reads, ...analysis.writes].filter(
    (each) => each.database !== scope.database || each.schema !== scope.schema,
  );
  if (outside.length > 0) return denyOutOfScope(outside, scope);
  if (scope.access === 'read' && (analysis.writes.length > 0 || analysis.kind === 'write' || analysis.kind === 'ddl')) {
    return deny('READ_ONLY_SESSION', undefined, {
      reason: 'scope.access',
      hint: 'Close this session and open one with access "write".',
    });
  }
  return values === undefined || analysis.placeholders === undefined
    ? undefined
    : checkBinds(analysis.placeholders, values);
}

function denyOutOfScope(outside: readonly ObjectRef[], scope: Scope): Denied {
  const names = [...new Set(outside.map(formatObject))];
  const schemas = [...new Set(outside.map(formatSchema))].join(', ');
  return deny(
    'OUT_OF_SCOPE',
    `${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and others' : ''}: outside ${formatSchema(scope)}`,
    {
      reason: 'scope.object',
      hint: `This session may use ${formatSchema(scope)} only. Open another session on ${schemas} if you may.`,
    },
  );
}

/** Asks the PDP. Anything but a well-formed permit for these asks is a deny or a fault. */
export async function requestDecision(
  policy: PolicyDecisionPoint,
  question: Parameters<PolicyDecisionPoint['decide']>[0],
  seen: EventFacts,
  signal: AbortSignal,
): Promise<Decision> {
  let decision: Decision;
  try {
    decision = await callWithSignal(() => policy.decide(question, signal), signal);
  } catch (error) {
    throw AccessError.from(error, 'POLICY_UNAVAILABLE');
  }
  const checked = checkDecision(decision);
  seen.rules = checked.rules;
  seen.policyVersion = checked.policyVersion;
  if (checked.effect === 'permit') seen.recordLevel = resolveRecordLevel(checked.obligations);
  return checked;
}

/** What was judged by rules that are in force no more is not done. */
export function denyPolicyChanged(meanwhile: string): Denied {
  return deny('NOT_PERMITTED', `the policy changed while ${meanwhile}`, {
    reason: 'policy.changed',
    hint: 'Ask again.',
  });
}

export function denyNotPermitted(what: string, decision: Decision): Denied {
  const denied = decision.rules.length > 0;
  return deny('NOT_PERMITTED', `${denied ? 'a rule denies' : 'no rule permits'} this ${what}`, {
    reason: denied ? 'policy.denied' : 'policy.silent',
    hint: 'Ask for less, or ask the people who keep the policy for a rule.',
  });
}

/** The text that obeys all obligations, and who changed it on the way. */
function applyObligations(
  analysis: Analysis,
  scope: Scope,
  decision: Permit,
  extensions: PluginRegistry,
): RewrittenText | Denied {
  let sql = analysis.canonical;
  const by: Rewriter[] = [];
  for (const obligation of decision.obligations) {
    const { type, rule } = obligation;
    if (coreObligations.has(type)) continue;
    const fulfiller = extensions.findFulfiller(type);
    if (fulfiller === undefined)
      return deny('OBLIGATION_UNKNOWN', `nobody here fulfils ${formatName(type)}`, { reason: 'obligation.unknown' });
    const made = fulfiller.fulfil({ sql, analysis, scope }, obligation);
    if (made !== sql) by.push({ plugin: fulfiller.plugin, obligation: type, ...(rule === undefined ? {} : { rule }) });
    sql = made;
  }
  return { sql, by: sql === analysis.canonical ? [] : by };
}

function isSubset(inner: readonly ObjectRef[], outer: readonly ObjectRef[]): boolean {
  const known = new Set(outer.map(formatObject));
  return inner.every((each) => known.has(formatObject(each)));
}
