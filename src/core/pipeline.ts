import type { Reviewer } from './approvals/reviewer-policy.js';
import type { Approvals } from './approvals/approvals.js';
import type { RateLimitBucket, CallerRateLimiter } from './request/caller-rate-limiter.js';
import { createRequestResult } from './plugins/observed-result.js';
import type { DenialCode } from './errors.js';
import type { Caller, Gateway } from './gateway.js';
import type { Queries } from './request/queries.js';
import type { Identified, RequestKind, Received } from './model.js';
import { observeOperation } from './plugins/observe-operation.js';
import type { IdempotentExecution } from './request/idempotent-execution.js';
import { deny, type Outcome, type Stop } from './outcome.js';
import type { Observer } from './plugin.js';
import { copyCredential } from './request/identity-cache.js';
import {
  receiveSuspension,
  receiveQuery,
  receiveOpen,
  receiveRecord,
  receiveRun,
  receiveCompleteReview,
  receiveTicket,
  receiveComment,
} from './request/receive.js';
import type { createApprovalStage } from './request/stages/approval.js';
import type { createExecuteStage } from './request/stages/execute.js';
import type { Admission, createIdentityStage } from './request/stages/identity.js';
import type { createScopeStage } from './request/stages/scope.js';
import type { InFlightRequests } from './request/in-flight-requests.js';
import { RequestContext, type GatewayContext } from './request/context.js';

/** The stages, and what the pipeline answers without them. */
export interface PipelineParts {
  readonly gatewayContext: GatewayContext;
  readonly inFlight: InFlightRequests;
  readonly observers: readonly Observer[];
  readonly callerLimiter: CallerRateLimiter;
  readonly identity: ReturnType<typeof createIdentityStage>;
  readonly scope: ReturnType<typeof createScopeStage>;
  readonly approval: ReturnType<typeof createApprovalStage>;
  readonly execute: ReturnType<typeof createExecuteStage>;
  readonly idempotency: IdempotentExecution;
  readonly queries: Queries;
  /** Absent where approvals are not configured. */
  readonly approvals: Approvals | undefined;
}

/** The five stages in one straight line; the audit is in the request context itself, around every effect. */
export function createPipeline(parts: PipelineParts): Omit<Gateway, 'recovered' | 'shutdown'> {
  const { identity, scope, approval, execute, idempotency: once, queries, approvals } = parts;
  const withApprovals =
    <Asked, T>(
      answer: (approvals: Approvals, by: Reviewer, context: RequestContext, request: Asked) => Promise<T | Stop>,
    ): QueryHandler<Asked, T> =>
    async (facts, context, request) =>
      approvals === undefined
        ? deny('NOT_FOUND', 'Approvals are not configured here.', { reason: 'approval.not_configured' })
        : answer(approvals, facts, context, request);
  return {
    open: (given, signal) =>
      handle(parts, 'open', given, signal, async (context, request) => {
        const received = await context.runStep('receive', request, receiveOpen);
        const identified = await context.runStage('identity', received, identity(request));
        const scoped = await context.runStage('scope', identified, scope.open);
        const approved = await context.runStage('approval', scoped, approval.open);
        return context.runStep('execute', approved, execute.open);
      }),

    run: (given, signal) =>
      handle(parts, 'run', given, signal, async (context, request) => {
        const received = await context.runStep('receive', request, receiveRun);
        const identified = await context.runStage('identity', received, identity(request));
        return context.runStep('scope', identified, () =>
          once.run(identified, context, async () => {
            const scoped = await context.runStage('scope', identified, scope.run);
            const approved = await context.runStage('approval', scoped, approval.run);
            return context.runStep('execute', approved, execute.run);
          }),
        );
      }),

    describe: (given, signal) =>
      handle(parts, 'run', given, signal, async (context, request) => {
        const received = await context.runStep('receive', request, receiveQuery);
        const identified = await context.runStage('identity', received, identity(request));
        const scoped = await context.runStage('scope', identified, scope.describe);
        const approved = await context.runStage('approval', scoped, approval.run);
        return context.runStep('execute', approved, execute.describe);
      }),

    identify: (request, signal) =>
      handleQuery(
        parts,
        request,
        signal,
        receiveQuery,
        queries.identify,
        request?.ending === true ? { unlimited: true } : { remember: true },
      ),
    explain: (request, signal) =>
      handleQuery(
        parts,
        request,
        signal,
        receiveRun,
        async (facts, context) => {
          const told = await queries.explain(facts, context);
          // What would be refused costs as much to find out as what is.
          if ('decision' in told && told.decision === 'deny')
            await parts.callerLimiter.countRefusal(facts.identity, 'asking');
          return told;
        },
        { plugins: true },
      ),
    connections: (request, signal) =>
      handleQuery(parts, request, signal, receiveQuery, queries.connections, { plugins: true }),
    session: (request, signal) => handleQuery(parts, request, signal, receiveQuery, queries.session),
    close: (request, signal) => handleQuery(parts, request, signal, receiveQuery, queries.close, { unlimited: true }),
    record: (request, signal) => handleQuery(parts, request, signal, receiveRecord, queries.record),

    approvals: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveQuery,
        withApprovals(({ decisions: reviewing }, by, context, request) =>
          reviewing.list(by.identity, request.state === 'decided' ? 'decided' : 'pending', context.signal),
        ),
        { bucket: 'reviewing' },
      ),
    approval: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveTicket,
        withApprovals(({ decisions: reviewing }, by, context, request) =>
          reviewing.get(by.identity, request.ticket, request.waitMs ?? 0, context.signal),
        ),
        { bucket: 'reviewing' },
      ),
    decide: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveTicket,
        withApprovals(({ decisions: reviewing }, by, context, request) =>
          reviewing.decide(by, request, context.signal),
        ),
        { bucket: 'reviewing' },
      ),
    sessions: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveQuery,
        withApprovals(({ oversight }, by, context) => oversight.listSessions(by.identity, context.signal)),
        { bucket: 'reviewing' },
      ),
    revoke: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveComment,
        withApprovals(({ oversight }, by, context, request) =>
          oversight.revoke(by, request.session, request.comment, context.signal),
        ),
        { unlimited: true },
      ),
    suspend: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveSuspension,
        withApprovals(({ suspensions: suspending }, by, context, request) =>
          suspending.suspend(by, request, context.signal),
        ),
        { unlimited: true },
      ),
    suspensions: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveQuery,
        withApprovals(({ suspensions: suspending }, by, context) => suspending.list(by.identity, context.signal)),
        { bucket: 'reviewing' },
      ),
    reinstate: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveSuspension,
        withApprovals(({ suspensions: suspending }, by, context, request) =>
          suspending.reinstate(by, request, context.signal),
        ),
        { bucket: 'reviewing' },
      ),
    reviews: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveQuery,
        withApprovals(({ breakGlass }, by, context) => breakGlass.list(by.identity, context.signal)),
        { bucket: 'reviewing' },
      ),
    sign: (given, signal) =>
      handleQuery(
        parts,
        given,
        signal,
        receiveCompleteReview,
        withApprovals(({ breakGlass }, by, context, request) =>
          breakGlass.completeReview(by, request.session, request.comment, context.signal),
        ),
        { bucket: 'reviewing' },
      ),
  };
}

type ReceiveRequest<Asked> = (request: Asked, context: RequestContext) => Promise<Received<'run'> | Stop>;
type QueryHandler<Asked, T> = (facts: Identified<'run'>, context: RequestContext, request: Asked) => Promise<T | Stop>;

/**
 * A request that runs nothing and opens nothing: who asks, then the answer. Plugins stand in the way of what leads to
 * more access only: ending,
 * revoking, reading what is one's own and reviewing must always be possible.
 */
function handleQuery<Asked extends Caller, T>(
  parts: PipelineParts,
  given: Asked,
  signal: AbortSignal | undefined,
  receive: ReceiveRequest<Asked>,
  answer: QueryHandler<Asked, T>,
  admission?: Admission,
): Promise<Outcome<T>> {
  return handle(
    parts,
    'look',
    given,
    signal,
    async (context, request) => {
      const received = await context.runStep('receive', request, receive);
      const identified = await context.runStage(
        'identity',
        received,
        parts.identity(request, { plugins: false, ...admission }),
      );
      return context.runStep('scope', identified, (facts) => answer(facts, context, request));
    },
    admission?.bucket,
  );
}

type HandleRequest<Asked, T> = (context: RequestContext, request: Asked) => Promise<T>;

/**
 * Refusals that count against nobody: to wait for one's turn, to be told to wait, and a credential that was no good,
 * whoever is named in it.
 */
const uncountedDenials: ReadonlySet<DenialCode> = new Set(['SESSION_BUSY', 'RATE_LIMITED', 'UNAUTHENTICATED']);

function handle<Asked extends Caller, T>(
  { gatewayContext, inFlight: traffic, observers, callerLimiter: limits }: PipelineParts,
  moment: RequestKind | 'look',
  given: Asked,
  signal: AbortSignal | undefined,
  line: HandleRequest<Asked, T>,
  budget: RateLimitBucket = 'asking',
): Promise<Outcome<T>> {
  const context = new RequestContext(moment, gatewayContext, signal);
  const work = async (): Promise<Outcome<T>> => {
    const outcome = await context.resolveOutcome(() => line(context, copyRequest(given)));
    if (outcome.status === 'denied' && context.eventFacts.identity !== undefined && !uncountedDenials.has(outcome.code))
      await limits.countRefusal(context.eventFacts.identity, budget);
    return outcome;
  };
  if (moment === 'look') return traffic.track(context, work);
  const watched = moment === 'open' ? { session: context.id } : { statement: context.id };
  return traffic.track(context, () =>
    observeOperation(observers, moment === 'open' ? 'session' : 'statement', watched, work, (end) =>
      createRequestResult(end, context.eventFacts),
    ),
  );
}

/** What the caller writes into its request after the call is no part of it. */
function copyRequest<Asked extends Caller>(given: Asked): Asked {
  return typeof given === 'object' && given !== null
    ? { ...given, credential: copyCredential(given.credential) }
    : given;
}
