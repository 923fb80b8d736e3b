import type { Reviewer } from './approvals/reviewers.js';
import type { Room } from './approvals/room.js';
import type { Budget, CallerLimits } from './caller-limits.js';
import { endOfRequest } from './ended.js';
import type { DenialCode } from './errors.js';
import type { Caller, Gateway } from './gateway.js';
import type { Looks } from './looks.js';
import type { Identified, Moment, Received } from './model.js';
import { watch } from './observe.js';
import type { Once } from './once.js';
import { deny, type Outcome, type Stop } from './outcome.js';
import type { Observer } from './plugin.js';
import { copyOf } from './remembered.js';
import { receiveActor, receiveLook, receiveOpen, receiveRecord, receiveRun, receiveSigned, receiveTicket, receiveWords } from './receive.js';
import type { createApprovalStage } from './stages/approval.js';
import type { createExecuteStage } from './stages/execute.js';
import type { Admission, createIdentityStage } from './stages/identity.js';
import type { createScopeStage } from './stages/scope.js';
import type { Traffic } from './traffic.js';
import { Trip, type Road } from './trip.js';

/** The stages, and what the pipeline answers without them. */
export interface PipelineParts {
  readonly road: Road;
  readonly traffic: Traffic;
  readonly observers: readonly Observer[];
  readonly limits: CallerLimits;
  readonly identity: ReturnType<typeof createIdentityStage>;
  readonly scope: ReturnType<typeof createScopeStage>;
  readonly approval: ReturnType<typeof createApprovalStage>;
  readonly execute: ReturnType<typeof createExecuteStage>;
  readonly once: Once;
  readonly looks: Looks;
  /** Absent where approvals are not configured. */
  readonly room: Room | undefined;
}

/** The five stages in one straight line; the audit is in the trip itself, around every effect. */
export function createPipeline(parts: PipelineParts): Omit<Gateway, 'recovered' | 'shutdown'> {
  const { identity, scope, approval, execute, once, looks, room } = parts;
  const inRoom = <Asked, T>(answer: (room: Room, by: Reviewer, trip: Trip, request: Asked) => Promise<T | Stop>): Answer<Asked, T> => async (facts, trip, request) =>
    room === undefined ? deny('NOT_FOUND', 'Approvals are not configured here.', { reason: 'approval.not_configured' }) : answer(room, facts, trip, request);
  return {
    open: (given, signal) => travel(parts, 'open', given, signal, async (trip, request) => {
      const received = await trip.step('receive', request, receiveOpen);
      const identified = await trip.stage('identity', received, identity(request));
      const scoped = await trip.stage('scope', identified, scope.open);
      const approved = await trip.stage('approval', scoped, approval.open);
      return trip.step('execute', approved, execute.open);
    }),

    run: (given, signal) => travel(parts, 'run', given, signal, async (trip, request) => {
      const received = await trip.step('receive', request, receiveRun);
      const identified = await trip.stage('identity', received, identity(request));
      return trip.step('scope', identified, () => once.run(identified, trip, async () => {
        const scoped = await trip.stage('scope', identified, scope.run);
        const approved = await trip.stage('approval', scoped, approval.run);
        return trip.step('execute', approved, execute.run);
      }));
    }),

    describe: (given, signal) => travel(parts, 'run', given, signal, async (trip, request) => {
      const received = await trip.step('receive', request, receiveLook);
      const identified = await trip.stage('identity', received, identity(request));
      const scoped = await trip.stage('scope', identified, scope.describe);
      const approved = await trip.stage('approval', scoped, approval.run);
      return trip.step('execute', approved, execute.describe);
    }),

    identify: (request, signal) => look(parts, request, signal, receiveLook, looks.identify, request?.ending === true ? { always: true } : { remember: true }),
    explain: (request, signal) => look(parts, request, signal, receiveRun, async (facts, trip) => {
      const told = await looks.explain(facts, trip);
      // What would be refused costs as much to find out as what is.
      if ('decision' in told && told.decision === 'deny') await parts.limits.refused(facts.identity, 'asking');
      return told;
    }, { plugins: true }),
    connections: (request, signal) => look(parts, request, signal, receiveLook, looks.connections, { plugins: true }),
    session: (request, signal) => look(parts, request, signal, receiveLook, looks.session),
    close: (request, signal) => look(parts, request, signal, receiveLook, looks.close, { always: true }),
    record: (request, signal) => look(parts, request, signal, receiveRecord, looks.record),

    approvals: (given, signal) => look(parts, given, signal, receiveLook, inRoom(({ reviewing }, by, trip, request) => reviewing.list(by.identity, request.state === 'decided' ? 'decided' : 'pending', trip.signal)), { budget: 'reviewing' }),
    approval: (given, signal) => look(parts, given, signal, receiveTicket, inRoom(({ reviewing }, by, trip, request) => reviewing.one(by.identity, request.ticket, request.waitMs ?? 0, trip.signal)), { budget: 'reviewing' }),
    decide: (given, signal) => look(parts, given, signal, receiveTicket, inRoom(({ reviewing }, by, trip, request) => reviewing.decide(by, request, trip.signal)), { budget: 'reviewing' }),
    sessions: (given, signal) => look(parts, given, signal, receiveLook, inRoom(({ oversight }, by, trip) => oversight.live(by.identity, trip.signal)), { budget: 'reviewing' }),
    revoke: (given, signal) => look(parts, given, signal, receiveWords, inRoom(({ oversight }, by, trip, request) => oversight.revoke(by, request.session, request.comment, trip.signal)), { always: true }),
    suspend: (given, signal) => look(parts, given, signal, receiveActor, inRoom(({ suspending }, by, trip, request) => suspending.suspend(by, request, trip.signal)), { always: true }),
    suspensions: (given, signal) => look(parts, given, signal, receiveLook, inRoom(({ suspending }, by, trip) => suspending.list(by.identity, trip.signal)), { budget: 'reviewing' }),
    reinstate: (given, signal) => look(parts, given, signal, receiveActor, inRoom(({ suspending }, by, trip, request) => suspending.reinstate(by, request, trip.signal)), { budget: 'reviewing' }),
    reviews: (given, signal) => look(parts, given, signal, receiveLook, inRoom(({ glass }, by, trip) => glass.list(by.identity, trip.signal)), { budget: 'reviewing' }),
    sign: (given, signal) => look(parts, given, signal, receiveSigned, inRoom(({ glass }, by, trip, request) => glass.sign(by, request.session, request.comment, trip.signal)), { budget: 'reviewing' }),
  };
}

type Receive<Asked> = (request: Asked, trip: Trip) => Promise<Received<'run'> | Stop>;
type Answer<Asked, T> = (facts: Identified<'run'>, trip: Trip, request: Asked) => Promise<T | Stop>;

/**
 * A request that runs nothing and opens nothing: who asks, then the answer. Plugins stand in the way of what leads to more access only: ending,
 * revoking, reading what is one's own and reviewing must always be possible.
 */
function look<Asked extends Caller, T>(
  parts: PipelineParts, given: Asked, signal: AbortSignal | undefined, receive: Receive<Asked>, answer: Answer<Asked, T>, admission?: Admission,
): Promise<Outcome<T>> {
  return travel(parts, 'look', given, signal, async (trip, request) => {
    const received = await trip.step('receive', request, receive);
    const identified = await trip.stage('identity', received, parts.identity(request, { plugins: false, ...admission }));
    return trip.step('scope', identified, (facts) => answer(facts, trip, request));
  }, admission?.budget);
}

type Line<Asked, T> = (trip: Trip, request: Asked) => Promise<T>;

/** Refusals that count against nobody: to wait for one's turn, to be told to wait, and a credential that was no good, whoever is named in it. */
const unblamed: ReadonlySet<DenialCode> = new Set(['SESSION_BUSY', 'RATE_LIMITED', 'UNAUTHENTICATED']);

function travel<Asked extends Caller, T>({ road, traffic, observers, limits }: PipelineParts, moment: Moment | 'look', given: Asked, signal: AbortSignal | undefined, line: Line<Asked, T>, budget: Budget = 'asking'): Promise<Outcome<T>> {
  const trip = new Trip(moment, road, signal);
  const work = async (): Promise<Outcome<T>> => {
    const outcome = await trip.settle(() => line(trip, ownCopy(given)));
    if (outcome.status === 'denied' && trip.seen.identity !== undefined && !unblamed.has(outcome.code)) await limits.refused(trip.seen.identity, budget);
    return outcome;
  };
  if (moment === 'look') return traffic.pass(trip, work);
  const watched = moment === 'open' ? { session: trip.id } : { statement: trip.id };
  return traffic.pass(trip, () => watch(observers, moment === 'open' ? 'session' : 'statement', watched, work, (end) => endOfRequest(end, trip.seen)));
}

/** What the caller writes into its request after the call is no part of it. */
function ownCopy<Asked extends Caller>(given: Asked): Asked {
  return typeof given === 'object' && given !== null ? { ...given, credential: copyOf(given.credential) } : given;
}
