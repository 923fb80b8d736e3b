import { settleApprovals, type ApprovalSettings } from './approvals/options.js';
import { openRoom, type Room } from './approvals/room.js';
import { systemClock } from './clock.js';
import { checkConnections, checkLimits, checkPart } from './config.js';
import { changeOf, configurationOf, earlierConfiguration } from './configuration.js';
import { partOf, rootContainer, sessionHome, type Container, type Parts } from './container.js';
import { Disposal } from './disposal.js';
import { AccessError } from './errors.js';
import { loadPlugins, type Extensions } from './extensions.js';
import type { Gateway } from './gateway.js';
import { newId } from './id.js';
import { createJudge } from './judge.js';
import { createLooks } from './looks.js';
import { createPipeline, type PipelineParts } from './pipeline.js';
import { watched } from './policy-watch.js';
import { deny } from './outcome.js';
import type { Approver, EngineNote } from './ports.js';
import { recover } from './recovery.js';
import { makeEvent, seenOf, type EventData } from './seen.js';
import { Sessions } from './sessions.js';
import { createApprovalStage, noApprover } from './stages/approval.js';
import { createRecorder } from './stages/audit.js';
import { createExecuteStage } from './stages/execute.js';
import { createIdentityStage } from './stages/identity.js';
import { createScopeStage } from './stages/scope.js';
import { Traffic } from './traffic.js';
import type { Road } from './trip.js';
import { within } from './within.js';

/** Builds a gateway from its parts, and owns them from then on: where it cannot start, they are closed. */
export async function buildGateway(given: Partial<Parts>, container?: Container): Promise<Gateway> {
  const root = rootContainer(given, container);
  const ports = portsOf(root);
  const closing = new Disposal('the gateway');
  const { audit, identity, policy, analyzer, approver, connections } = ports;
  for (const part of [audit, ...connections.values(), approver, analyzer, policy, identity]) closing.own(() => part.close?.());
  try {
    return await start(ports, root, closing);
  } catch (error) {
    await closing.dispose().catch(() => undefined);
    throw error;
  }
}

async function start(ports: Ports, root: Container, closing: Disposal): Promise<Gateway> {
  const { audit, clock, limits, policy, connections } = ports;
  const extensions = await loadPlugins(ports.plugins);
  closing.own(() => extensions.close());
  const instance = newId(clock.now());
  const recorder = createRecorder(audit, clock, limits.auditTimeoutMs, extensions.observers);
  const road: Road = { instance, clock, recorder };
  const note = (code: 'gateway.started' | 'gateway.stopped' | 'policy.changed' | 'config.changed', data: EventData): Promise<void> => recorder.outcome(makeEvent(clock, instance, code, {}, data));
  const left = await recover(audit, clock, instance);
  const recovered = Object.freeze({ statements: left.statements, sessions: left.sessions.length });
  const config = await configurationOf(ports);
  await note('gateway.started', { policyVersion: policy.version, connections: [...connections.keys()], recovered, config });
  const change = await changeOf(await earlierConfiguration(audit), config);
  if (change !== undefined) await note('config.changed', change);
  for (const [name, connector] of connections) await connector.start?.(noteOf(name, road), left.sessions);
  const sessions = new Sessions(limits.sessionsPerActor);
  const traffic = new Traffic();
  const told = watched(policy, (before, after) => {
    void room?.desk.policyChanged(new AbortController().signal).catch(() => undefined);
    return note('policy.changed', { before, after });
  });
  const room: Room | undefined = ports.approvals === undefined ? undefined : openRoom(ports.approvals, told, sessions, road);
  const pipeline = createPipeline(stagesOf({ ...ports, policy: told, room }, road, sessions, traffic, extensions, root));
  closing.own(() => room?.close());
  closing.own(() => note('gateway.stopped', { config }));
  closing.own(async () => {
    await traffic.stop();
    await Promise.allSettled(sessions.live().map((session) => session.end('shutdown')));
    if (room !== undefined) await within(clock, limits.closeTimeoutMs, room.desk.close());
    await recorder.settle();
  });
  return Object.freeze({ ...pipeline, recovered, shutdown: () => closing.dispose() });
}

/** How the connection of this name tells the record what it did. */
function noteOf(connection: string, { recorder, clock, instance }: Road): EngineNote {
  return (code, data, about = {}) => recorder.outcome(makeEvent(clock, instance, code, { ...('identity' in about ? seenOf(about) : about), connection }, data));
}

const unwatched = deny('APPROVAL_REQUIRED', 'breaking the glass needs people to look at it afterwards, and approvals are not configured', { reason: 'breakglass.not_configured' });

type Ports = ReturnType<typeof portsOf>;

function portsOf(root: Container) {
  return {
    connections: checkConnections(partOf(root, 'connections')),
    identity: checkPart('identity', partOf(root, 'identity')),
    policy: checkPart('policy', partOf(root, 'policy')),
    analyzer: checkPart('analyzer', partOf(root, 'analyzer')),
    audit: checkPart('audit', partOf(root, 'audit')),
    ...approvingOf(root),
    clock: checkPart('clock', partOf(root, 'clock') ?? systemClock),
    limits: checkLimits(partOf(root, 'limits')),
    plugins: partOf(root, 'plugins') ?? [],
  };
}

/** Who agrees: an approver of the application's own, the one that is built in, or nobody. */
function approvingOf(root: Container): { readonly approver: Approver; readonly approvals: ApprovalSettings | undefined } {
  const [approver, approvals] = [partOf(root, 'approver'), partOf(root, 'approvals')];
  if (approver !== undefined && approvals !== undefined) throw new AccessError('CONFIG_INVALID', 'approver and approvals are two ways to agree: set one');
  return { approver: checkPart('approver', approver ?? noApprover), approvals: approvals === undefined ? undefined : settleApprovals(approvals) };
}

function stagesOf(ports: Ports & { readonly room: Room | undefined }, road: Road, sessions: Sessions, traffic: Traffic, extensions: Extensions, root: Container): PipelineParts {
  const { connections, identity, policy, analyzer, approver, audit, limits, clock, room } = ports;
  const { recorder } = road;
  const judge = createJudge(analyzer, policy, extensions);
  return {
    road, traffic, observers: extensions.observers,
    identity: createIdentityStage(identity, extensions, clock),
    scope: createScopeStage(connections, policy, sessions, judge),
    approval: createApprovalStage(room?.desk ?? approver, sessions, extensions, limits, clock),
    execute: createExecuteStage({
      road, connections, sessions, limits, home: (grant) => sessionHome(root, grant),
      glass: (who) => (room === undefined ? unwatched : room.glass.refusal(who)), broken: (grant, reason) => room?.glass.broken(grant, reason), over: async (session, by) => room?.desk.sessionEnded(session, by),
    }, extensions.observers, policy),
    looks: createLooks({ connections, policy, sessions, judge, extensions, audit, recorder, reviewing: room }),
    room,
  };
}
