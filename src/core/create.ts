import { settleApprovals, type ApprovalSettings } from './approvals/options.js';
import { openRoom, type Room } from './approvals/room.js';
import { CallerLimits } from './caller-limits.js';
import { systemClock, type Clock } from './clock.js';
import { tellingClock } from './clock-watch.js';
import { checkConnections, checkDialects, checkLimits, checkPart } from './config.js';
import { changeOf, configurationOf, earlierConfiguration } from './configuration.js';
import { heldParts, partOf, rootContainer, sessionHome, type Container, type Parts } from './container.js';
import { MemoryCounters } from './counters.js';
import { Disposal } from './disposal.js';
import { AccessError } from './errors.js';
import { loadPlugins, type Extensions } from './extensions.js';
import type { AuditEvent } from './events.js';
import type { Gateway, GatewayLimits } from './gateway.js';
import { newId } from './id.js';
import { createJudge } from './judge.js';
import { createLooks } from './looks.js';
import { Once } from './once.js';
import { MemoryOutcomeKeys } from './outcome-keys.js';
import { closeApprovals, namedParts, ownParts, readConfig, refuseFailures, settleParts, type Eventually } from './parts.js';
import { createPipeline, type PipelineParts } from './pipeline.js';
import { watched } from './policy-watch.js';
import { deny } from './outcome.js';
import type { Approver, EngineNote } from './ports.js';
import { living, recover, takeUp } from './recovery.js';
import { makeEvent, seenOf, type EventData } from './seen.js';
import { Sessions } from './sessions.js';
import { checkParts, startCheckTimeout } from './start-check.js';
import { createApprovalStage, noApprover } from './stages/approval.js';
import { createRecorder } from './stages/audit.js';
import type { Unwritten } from './stages/owed.js';
import { createExecuteStage } from './stages/execute.js';
import { createIdentityStage } from './stages/identity.js';
import { createScopeStage } from './stages/scope.js';
import { Suspensions } from './suspensions.js';
import { Traffic } from './traffic.js';
import type { Road } from './trip.js';
import { within } from './within.js';

/** How long closing may take where the gateway cannot start, milliseconds: who waits for the reason must hear it. */
const longestCloseMs = 10_000;

/** How long the parts of a gateway may take to close, milliseconds. */
const closingPatience = { eachMs: longestCloseMs, allMs: 20_000 };

/** Builds a gateway from its parts, and owns them from then on: where it cannot start, they are closed. */
export async function buildGateway(config: Eventually<Partial<Parts>>, container?: Container): Promise<Gateway> {
  const { parts, failures } = await settleParts(await readConfig<Eventually<Partial<Parts>>>(config));
  // Nothing else may be under way: without this the process would end before a part that never answers is found out.
  const awake = setInterval(() => undefined, longestCloseMs);
  const closing = new Disposal('the gateway');
  try {
    const root = openRoot(parts, container, closing);
    const { approvals } = heldParts(root);
    const release = closing.own(() => closeApprovals(approvals), 'approvals');
    refuseFailures(failures);
    const ports = portsOf(root);
    if (ports.checkTimeoutMs !== undefined) await checkParts(namedParts(ports), ports.checkTimeoutMs, ports.clock);
    return await start(ports, root, closing, release);
  } catch (error) {
    await within(systemClock, longestCloseMs, closing.dispose());
    throw error;
  } finally {
    clearInterval(awake);
  }
}

/** The container of the parts, which are closed by `closing` from now on, also where there can be no container. */
function openRoot(parts: Partial<Parts>, container: Container | undefined, closing: Disposal): Container {
  try {
    const root = rootContainer(parts, container);
    ownParts(heldParts(root), closing);
    return root;
  } catch (error) {
    ownParts(parts, closing);
    closing.own(() => closeApprovals(parts.approvals), 'approvals');
    throw error;
  }
}

/** `release` hands over what closes the approvals, once they are open. */
async function start(ports: Ports, root: Container, closing: Disposal, release: () => void): Promise<Gateway> {
  const { audit, clock, limits, policy, connections } = ports;
  const extensions = await loadPlugins(ports.plugins, { clock, limits });
  closing.own(() => extensions.close(), 'plugins');
  const instance = newId(clock.now());
  const recorder = tellingClock(createRecorder(audit, clock, limits.auditTimeoutMs, extensions.observers, gapOf(clock, instance)), clock, instance);
  const road: Road = { instance, clock, recorder };
  const note = (code: 'gateway.started' | 'gateway.stopped' | 'policy.changed' | 'config.changed', data: EventData): Promise<void> => recorder.outcome(makeEvent(clock, instance, code, {}, data));
  living.add(instance);
  closing.own(() => void living.delete(instance));
  const left = await recover(audit, clock, instance);
  const recovered = Object.freeze({ statements: left.statements, sessions: left.sessions.length });
  const config = await configurationOf(ports);
  await note('gateway.started', { policyVersion: policy.version, connections: [...connections.keys()], recovered, config });
  // From here on the record says that it runs, so it must also say that it does no more.
  closing.own(() => note('gateway.stopped', { config }), 'the record of the end');
  const change = await changeOf(await earlierConfiguration(audit), config);
  if (change !== undefined) await note('config.changed', change);
  for (const [name, connector] of connections) await connector.start?.(noteOf(name, road), left.sessions);
  const sessions = new Sessions(limits.sessionsPerActor);
  const counters = new MemoryCounters(clock);
  const suspensions = new Suspensions(counters, clock);
  const traffic = new Traffic();
  const told = watched(policy, (before, after) => {
    void room?.desk.policyChanged(new AbortController().signal).catch(() => undefined);
    return note('policy.changed', { before, after });
  });
  const room: Room | undefined = ports.approvals === undefined ? undefined : openRoom(ports.approvals, { policy: told, connections, sessions, suspensions, counters }, road);
  release();
  closing.own(() => room?.close(), 'approvals');
  if (room !== undefined) await takeUp(audit, left.sessions, room);
  const callers = new CallerLimits(limits, counters, road);
  const pipeline = createPipeline(stagesOf({ ...ports, policy: told, room, callers, suspensions }, road, sessions, traffic, extensions, root));
  closing.own(() => endWork({ traffic, sessions, room, callers, limits }, road), 'requests and sessions', endingMs(limits));
  let ending: Promise<readonly AccessError[]> | undefined;
  return Object.freeze({ ...pipeline, recovered, shutdown: () => (ending ??= shutDown(closing)) });
}

/** All that is under way ends: requests are let go of, then sessions are closed. What hangs holds up nothing else. */
async function endWork({ traffic, sessions, room, callers, limits }: Working, { clock, recorder }: Road): Promise<void> {
  await within(clock, 2 * limits.closeTimeoutMs + limits.auditTimeoutMs, traffic.stop());
  await Promise.allSettled(sessions.live().map((session) => session.end('shutdown')));
  if (room !== undefined) await within(clock, limits.closeTimeoutMs, room.desk.close());
  callers.close();
  await recorder.settle();
}

interface Working {
  readonly traffic: Traffic;
  readonly sessions: Sessions;
  readonly room: Room | undefined;
  readonly callers: CallerLimits;
  readonly limits: GatewayLimits;
}

/** The most that the end of all work takes: requests, sessions (their statements, then the engine), people, and what the record is owed. */
function endingMs({ closeTimeoutMs, auditTimeoutMs }: GatewayLimits): number {
  return 5 * closeTimeoutMs + 4 * auditTimeoutMs;
}

/** Never rejects, and holds the process until it is done. */
async function shutDown(closing: Disposal): Promise<readonly AccessError[]> {
  const awake = setInterval(() => undefined, longestCloseMs);
  try {
    const undone = await closing.finish(closingPatience);
    return undone.map(({ name = 'a part', error }) => new AccessError(AccessError.from(error, 'INTERNAL').code, `${name}: did not close cleanly`, { cause: error }));
  } finally {
    clearInterval(awake);
  }
}

/** What tells the record of refusals that were only counted while it was away. */
function gapOf(clock: Clock, instance: string): (facts: Unwritten) => AuditEvent {
  return ({ count, codes, since }) => makeEvent(clock, instance, 'audit.gap', {}, { cause: 'unwritten', count, codes: { ...codes }, since });
}

/** How the connection of this name tells the record what it did. */
function noteOf(connection: string, { recorder, clock, instance }: Road): EngineNote {
  return (code, data, about = {}) => recorder.outcome(makeEvent(clock, instance, code, { ...('identity' in about ? seenOf(about) : about), connection }, data));
}

const unwatched = deny('APPROVAL_REQUIRED', 'breaking the glass needs people to look at it afterwards, and approvals are not configured', { reason: 'breakglass.not_configured' });

type Ports = ReturnType<typeof portsOf>;

function portsOf(root: Container) {
  const [connections, analyzer] = [checkConnections(partOf(root, 'connections')), checkPart('analyzer', partOf(root, 'analyzer'))];
  checkDialects(connections, analyzer);
  return {
    connections, analyzer,
    identity: checkPart('identity', partOf(root, 'identity')),
    policy: checkPart('policy', partOf(root, 'policy')),
    audit: checkPart('audit', partOf(root, 'audit')),
    ...approvingOf(root),
    clock: checkPart('clock', partOf(root, 'clock') ?? systemClock),
    limits: checkLimits(partOf(root, 'limits')),
    checkTimeoutMs: startCheckTimeout(partOf(root, 'startCheck')),
    plugins: partOf(root, 'plugins') ?? [],
  };
}

/** Who agrees: an approver of the application's own, the one that is built in, or nobody. */
function approvingOf(root: Container): { readonly approver: Approver; readonly approvals: ApprovalSettings | undefined } {
  const [approver, approvals] = [partOf(root, 'approver'), partOf(root, 'approvals')];
  if (approver !== undefined && approvals !== undefined) throw new AccessError('CONFIG_INVALID', 'approver and approvals are two ways to agree: set one');
  return { approver: checkPart('approver', approver ?? noApprover), approvals: approvals === undefined ? undefined : settleApprovals(approvals) };
}

function stagesOf(ports: Ports & { readonly room: Room | undefined; readonly callers: CallerLimits; readonly suspensions: Suspensions }, road: Road, sessions: Sessions, traffic: Traffic, extensions: Extensions, root: Container): PipelineParts {
  const { connections, identity, policy, analyzer, approver, audit, limits, clock, room, callers, suspensions } = ports;
  const { recorder } = road;
  const once = new Once({ keys: new MemoryOutcomeKeys(), sessions, clock });
  const judge = createJudge(analyzer, policy, extensions, connections);
  return {
    road, traffic, once, observers: extensions.observers, limits: callers,
    identity: createIdentityStage(identity, extensions, clock, callers),
    scope: createScopeStage(connections, policy, sessions, judge, extensions, suspensions),
    approval: createApprovalStage(room?.desk ?? approver, sessions, extensions, limits, clock),
    execute: createExecuteStage({
      road, connections, sessions, suspensions, limits, home: (grant) => sessionHome(root, grant),
      glass: (who) => (room === undefined ? unwatched : room.glass.refusal(who)), broken: (grant, reason) => room?.glass.broken(grant, reason), over: async (session, by) => {
        await once.over(session);
        await room?.desk.sessionEnded(session, by);
      },
    }, extensions.observers, policy),
    looks: createLooks({ connections, policy, sessions, suspensions, judge, extensions, audit, recorder, reviewing: room }),
    room,
  };
}
