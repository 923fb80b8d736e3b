import { resolveApprovalSettings, type ApprovalSettings } from './approvals/options.js';
import { createApprovals, type Approvals } from './approvals/approvals.js';
import { CallerRateLimiter } from './request/caller-rate-limiter.js';
import { systemClock, type Clock } from './async/clock.js';
import { recordClockChanges } from './audit/clock-drift.js';
import { checkConnections, checkDialects, checkLimits, checkPart } from './config.js';
import { describeConfigChange, computeConfigFingerprint, readPreviousFingerprint } from './audit/config-fingerprint.js';
import {
  resolveParts,
  resolvePart,
  createRootContainer,
  createSessionDisposal,
  type Container,
  type Parts,
} from './container.js';
import { MemoryCounters } from './data/counters.js';
import { Disposal } from './async/disposal.js';
import { AccessError } from './errors.js';
import { loadPlugins, type PluginRegistry } from './plugins/plugin-registry.js';
import type { AuditEvent } from './events.js';
import type { Gateway, GatewayLimits } from './gateway.js';
import { newId } from './data/id.js';
import { createJudge } from './request/judge.js';
import { createQueries } from './request/queries.js';
import { IdempotentExecution } from './request/idempotent-execution.js';
import { MemoryIdempotencyStore } from './request/idempotency-store.js';
import {
  closeApprovals,
  listNamedParts,
  registerPartDisposal,
  readConfig,
  throwFailures,
  awaitParts,
  type Promisable,
} from './async/promised-parts.js';
import { createPipeline, type PipelineParts } from './pipeline.js';
import { watchPolicyVersion } from './request/policy-version.js';
import { deny } from './outcome.js';
import type { Approver, EngineEventRecorder } from './ports.js';
import { runningInstances, recover, restoreApprovals } from './audit/recovery.js';
import { createEvent, createGrantFacts, type EventData } from './audit/event-facts.js';
import { Sessions } from './session/sessions.js';
import { checkParts, resolveStartCheckTimeout } from './async/start-check.js';
import { createApprovalStage, noApprover } from './request/stages/approval.js';
import { createRecorder } from './audit/recorder.js';
import type { UnwrittenRefusals } from './audit/pending-events.js';
import { createExecuteStage } from './request/stages/execute.js';
import { createIdentityStage } from './request/stages/identity.js';
import { createScopeStage } from './request/stages/scope.js';
import { Suspensions } from './approvals/suspensions.js';
import { InFlightRequests } from './request/in-flight-requests.js';
import type { GatewayContext } from './request/context.js';
import { completesWithin } from './async/timeout.js';

/** How long closing may take where the gateway cannot start, milliseconds: who waits for the reason must hear it. */
const maxCloseMs = 10_000;

/** How long the parts of a gateway may take to close, milliseconds. */
const closeTimeouts = { eachMs: maxCloseMs, allMs: 20_000 };

/** Builds a gateway from its parts, and owns them from then on: where it cannot start, they are closed. */
export async function buildGateway(config: Promisable<Partial<Parts>>, container?: Container): Promise<Gateway> {
  const { parts, failures } = await awaitParts(await readConfig<Promisable<Partial<Parts>>>(config));
  // Nothing else may be under way: without this the process would end before a part that never answers is found out.
  const awake = setInterval(() => undefined, maxCloseMs);
  const closing = new Disposal('the gateway');
  try {
    const root = createRoot(parts, container, closing);
    const { approvals } = resolveParts(root);
    const release = closing.add(() => closeApprovals(approvals), 'approvals');
    throwFailures(failures);
    const ports = resolvePorts(root);
    if (ports.checkTimeoutMs !== undefined) await checkParts(listNamedParts(ports), ports.checkTimeoutMs, ports.clock);
    return await startGateway(ports, root, closing, release);
  } catch (error) {
    await completesWithin(systemClock, maxCloseMs, closing.dispose());
    throw error;
  } finally {
    clearInterval(awake);
  }
}

/** The container of the parts, which are closed by `closing` from now on, also where there can be no container. */
function createRoot(parts: Partial<Parts>, container: Container | undefined, closing: Disposal): Container {
  try {
    const root = createRootContainer(parts, container);
    registerPartDisposal(resolveParts(root), closing);
    return root;
  } catch (error) {
    registerPartDisposal(parts, closing);
    closing.add(() => closeApprovals(parts.approvals), 'approvals');
    throw error;
  }
}

/** `release` hands over what closes the approvals, once they are open. */
async function startGateway(ports: Ports, root: Container, closing: Disposal, release: () => void): Promise<Gateway> {
  const { audit, clock, limits, policy, connections } = ports;
  const extensions = await loadPlugins(ports.plugins, { clock, limits });
  closing.add(() => extensions.close(), 'plugins');
  const instance = newId(clock.now());
  const recorder = recordClockChanges(
    createRecorder(audit, clock, limits.auditTimeoutMs, extensions.observers, createGapEventFactory(clock, instance)),
    clock,
    instance,
  );
  const gatewayContext: GatewayContext = { instance, clock, recorder };
  const note = (
    code: 'gateway.started' | 'gateway.stopped' | 'policy.changed' | 'config.changed',
    data: EventData,
  ): Promise<void> => recorder.recordOutcome(createEvent(clock, instance, code, {}, data));
  runningInstances.add(instance);
  closing.add(() => void runningInstances.delete(instance));
  const left = await recover(audit, clock, instance);
  const recovered = Object.freeze({ statements: left.statements, sessions: left.sessions.length });
  const config = await computeConfigFingerprint(ports);
  await note('gateway.started', {
    policyVersion: policy.version,
    connections: [...connections.keys()],
    recovered,
    config,
  });
  // From here on the record says that it runs, so it must also say that it does no more.
  closing.add(() => note('gateway.stopped', { config }), 'the record of the end');
  const change = await describeConfigChange(await readPreviousFingerprint(audit), config);
  if (change !== undefined) await note('config.changed', change);
  for (const [name, connector] of connections)
    await connector.start?.(createEngineEventRecorder(name, gatewayContext), left.sessions);
  const sessions = new Sessions(limits.sessionsPerActor);
  const counters = new MemoryCounters(clock);
  const suspensions = new Suspensions(counters, clock);
  const traffic = new InFlightRequests();
  const told = watchPolicyVersion(policy, (before, after) => {
    void approvals?.approver.voidStale(new AbortController().signal).catch(() => undefined);
    return note('policy.changed', { before, after });
  });
  const approvals: Approvals | undefined =
    ports.approvals === undefined
      ? undefined
      : createApprovals(
          ports.approvals,
          { policy: told, connections, sessions, suspensions, counters },
          gatewayContext,
        );
  release();
  closing.add(() => approvals?.close(), 'approvals');
  if (approvals !== undefined) await restoreApprovals(audit, left.sessions, approvals);
  const callers = new CallerRateLimiter(limits, counters, gatewayContext);
  const pipeline = createPipeline(
    createPipelineParts(
      { ...ports, policy: told, room: approvals, callers, suspensions },
      gatewayContext,
      sessions,
      traffic,
      extensions,
      root,
    ),
  );
  closing.add(
    () => stopWork({ inFlight: traffic, sessions, approvals, callerLimiter: callers, limits }, gatewayContext),
    'requests and sessions',
    computeStopTimeout(limits),
  );
  let ending: Promise<readonly AccessError[]> | undefined;
  return Object.freeze({ ...pipeline, recovered, shutdown: () => (ending ??= shutDown(closing)) });
}

/** All that is under way ends: requests are let go of, then sessions are closed. What hangs holds up nothing else. */
async function stopWork(
  { inFlight: traffic, sessions, approvals, callerLimiter: callers, limits }: RunningWork,
  { clock, recorder }: GatewayContext,
): Promise<void> {
  await completesWithin(clock, 2 * limits.closeTimeoutMs + limits.auditTimeoutMs, traffic.stop());
  await Promise.allSettled(sessions.listLive().map((session) => session.end('shutdown')));
  if (approvals !== undefined) await completesWithin(clock, limits.closeTimeoutMs, approvals.approver.close());
  callers.close();
  await recorder.flush();
}

interface RunningWork {
  readonly inFlight: InFlightRequests;
  readonly sessions: Sessions;
  readonly approvals: Approvals | undefined;
  readonly callerLimiter: CallerRateLimiter;
  readonly limits: GatewayLimits;
}

/**
 * The most that the end of all work takes: requests, sessions (their statements, then the engine), people, and what the
 * record is owed.
 */
function computeStopTimeout({ closeTimeoutMs, auditTimeoutMs }: GatewayLimits): number {
  return 5 * closeTimeoutMs + 4 * auditTimeoutMs;
}

/** Never rejects, and holds the process until it is done. */
async function shutDown(closing: Disposal): Promise<readonly AccessError[]> {
  const awake = setInterval(() => undefined, maxCloseMs);
  try {
    const undone = await closing.disposeWithin(closeTimeouts);
    return undone.map(
      ({ name = 'a part', error }) =>
        new AccessError(AccessError.from(error, 'INTERNAL').code, `${name}: did not close cleanly`, { cause: error }),
    );
  } finally {
    clearInterval(awake);
  }
}

/** What tells the record of refusals that were only counted while it was away. */
function createGapEventFactory(clock: Clock, instance: string): (facts: UnwrittenRefusals) => AuditEvent {
  return ({ count, codes, since }) =>
    createEvent(clock, instance, 'audit.gap', {}, { cause: 'unwritten', count, codes: { ...codes }, since });
}

/** How the connection of this name tells the record what it did. */
function createEngineEventRecorder(
  connection: string,
  { recorder, clock, instance }: GatewayContext,
): EngineEventRecorder {
  return (code, data, about = {}) =>
    recorder.recordOutcome(
      createEvent(
        clock,
        instance,
        code,
        { ...('identity' in about ? createGrantFacts(about) : about), connection },
        data,
      ),
    );
}

const breakGlassNotConfigured = deny(
  'APPROVAL_REQUIRED',
  'break-glass access needs a review afterwards, and approvals are not configured',
  { reason: 'breakglass.not_configured' },
);

type Ports = ReturnType<typeof resolvePorts>;

function resolvePorts(root: Container) {
  const [connections, analyzer] = [
    checkConnections(resolvePart(root, 'connections')),
    checkPart('analyzer', resolvePart(root, 'analyzer')),
  ];
  checkDialects(connections, analyzer);
  return {
    connections,
    analyzer,
    identity: checkPart('identity', resolvePart(root, 'identity')),
    policy: checkPart('policy', resolvePart(root, 'policy')),
    audit: checkPart('audit', resolvePart(root, 'audit')),
    ...resolveApprovals(root),
    clock: checkPart('clock', resolvePart(root, 'clock') ?? systemClock),
    limits: checkLimits(resolvePart(root, 'limits')),
    checkTimeoutMs: resolveStartCheckTimeout(resolvePart(root, 'startCheck')),
    plugins: resolvePart(root, 'plugins') ?? [],
  };
}

/** Who agrees: an approver of the application's own, the one that is built in, or nobody. */
function resolveApprovals(root: Container): {
  readonly approver: Approver;
  readonly approvals: ApprovalSettings | undefined;
} {
  const [approver, approvals] = [resolvePart(root, 'approver'), resolvePart(root, 'approvals')];
  if (approver !== undefined && approvals !== undefined)
    throw new AccessError('CONFIG_INVALID', 'approver and approvals are two ways to agree: set one');
  return {
    approver: checkPart('approver', approver ?? noApprover),
    approvals: approvals === undefined ? undefined : resolveApprovalSettings(approvals),
  };
}

function createPipelineParts(
  ports: Ports & {
    readonly room: Approvals | undefined;
    readonly callers: CallerRateLimiter;
    readonly suspensions: Suspensions;
  },
  gatewayContext: GatewayContext,
  sessions: Sessions,
  traffic: InFlightRequests,
  extensions: PluginRegistry,
  root: Container,
): PipelineParts {
  const {
    connections,
    identity,
    policy,
    analyzer,
    approver,
    audit,
    limits,
    clock,
    room: approvals,
    callers,
    suspensions,
  } = ports;
  const { recorder } = gatewayContext;
  const once = new IdempotentExecution({ keys: new MemoryIdempotencyStore(), sessions, clock });
  const judge = createJudge(analyzer, policy, extensions, connections);
  return {
    gatewayContext,
    inFlight: traffic,
    idempotency: once,
    observers: extensions.observers,
    callerLimiter: callers,
    identity: createIdentityStage(identity, extensions, clock, callers),
    scope: createScopeStage(connections, policy, sessions, judge, extensions, suspensions),
    approval: createApprovalStage(approvals?.approver ?? approver, sessions, extensions, limits, clock),
    execute: createExecuteStage(
      {
        gatewayContext,
        connections,
        sessions,
        suspensions,
        limits,
        createDisposal: (grant) => createSessionDisposal(root, grant),
        checkBreakGlass: (who) =>
          approvals === undefined ? breakGlassNotConfigured : approvals.breakGlass.checkActivation(who),
        recordActivation: (grant, reason) => approvals?.breakGlass.recordActivation(grant, reason),
        onSessionEnd: async (session, by) => {
          await once.releaseSession(session);
          await approvals?.approver.voidForSession(session, by);
        },
      },
      extensions.observers,
      policy,
    ),
    queries: createQueries({
      connections,
      policy,
      sessions,
      suspensions,
      judge,
      extensions,
      audit,
      recorder,
      approvals: approvals,
    }),
    approvals,
  };
}
