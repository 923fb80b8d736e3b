import type { Room } from './approvals/room.js';
import { endOfRequest } from './ended.js';
import type { Caller, Gateway } from './gateway.js';
import type { Looks } from './looks.js';
import type { Identified, Identity, Moment, Received } from './model.js';
import { watch } from './observe.js';
import { deny, type Outcome, type Stop } from './outcome.js';
import type { Observer } from './plugin.js';
import { receiveLook, receiveOpen, receiveRun, receiveSigned, receiveTicket, receiveWords } from './receive.js';
import type { createApprovalStage } from './stages/approval.js';
import type { createExecuteStage } from './stages/execute.js';
import type { createIdentityStage } from './stages/identity.js';
import type { createScopeStage } from './stages/scope.js';
import type { Traffic } from './traffic.js';
import { Trip, type Road } from './trip.js';

/** The stages, and what the pipeline answers without them. */
export interface PipelineParts {
  readonly road: Road;
  readonly traffic: Traffic;
  readonly observers: readonly Observer[];
  readonly identity: ReturnType<typeof createIdentityStage>;
  readonly scope: ReturnType<typeof createScopeStage>;
  readonly approval: ReturnType<typeof createApprovalStage>;
  readonly execute: ReturnType<typeof createExecuteStage>;
  readonly looks: Looks;
  /** Absent where approvals are not configured. */
  readonly room: Room | undefined;
}

/** The five stages in one straight line; the audit is in the trip itself, around every effect. */
export function createPipeline(parts: PipelineParts): Omit<Gateway, 'recovered' | 'shutdown'> {
  const { identity, scope, approval, execute, looks, room } = parts;
  const inRoom = <T>(answer: (room: Room, who: Identity, trip: Trip) => Promise<T | Stop>): Answer<T> => async (facts, trip) =>
    room === undefined ? deny('NOT_FOUND', 'Approvals are not configured here.', { reason: 'approval.not_configured' }) : answer(room, facts.identity, trip);
  return {
    open: (request, signal) => travel(parts, 'open', signal, async (trip) => {
      const received = await trip.step('receive', request, receiveOpen);
      const identified = await trip.stage('identity', received, identity(request));
      const scoped = await trip.stage('scope', identified, scope.open);
      const approved = await trip.stage('approval', scoped, approval.open);
      return trip.step('execute', approved, execute.open);
    }),

    run: (request, signal) => travel(parts, 'run', signal, async (trip) => {
      const received = await trip.step('receive', request, receiveRun);
      const identified = await trip.stage('identity', received, identity(request));
      const scoped = await trip.stage('scope', identified, scope.run);
      const approved = await trip.stage('approval', scoped, approval.run);
      return trip.step('execute', approved, execute.run);
    }),

    describe: (request, signal) => travel(parts, 'run', signal, async (trip) => {
      const received = await trip.step('receive', request, receiveLook);
      const identified = await trip.stage('identity', received, identity(request));
      const scoped = await trip.stage('scope', identified, scope.describe);
      const approved = await trip.stage('approval', scoped, approval.run);
      return trip.step('execute', approved, execute.describe);
    }),

    identify: (request, signal) => look(parts, request, signal, receiveLook, looks.identify),
    explain: (request, signal) => look(parts, request, signal, receiveRun, looks.explain),
    connections: (request, signal) => look(parts, request, signal, receiveLook, looks.connections),
    session: (request, signal) => look(parts, request, signal, receiveLook, looks.session),
    close: (request, signal) => look(parts, request, signal, receiveLook, looks.close),
    record: (request, signal) => look(parts, request, signal, receiveLook, looks.record),

    approvals: (request, signal) => look(parts, request, signal, receiveLook, inRoom(({ reviewing }, who, trip) => reviewing.list(who, request.state === 'decided' ? 'decided' : 'pending', trip.signal))),
    approval: (request, signal) => look(parts, request, signal, receiveTicket, inRoom(({ reviewing }, who, trip) => reviewing.one(who, request.ticket, request.waitMs ?? 0, trip.signal))),
    decide: (request, signal) => look(parts, request, signal, receiveTicket, inRoom(({ reviewing }, who, trip) => reviewing.decide(who, request, trip.signal))),
    sessions: (request, signal) => look(parts, request, signal, receiveLook, inRoom(({ oversight }, who, trip) => oversight.live(who, trip.signal))),
    revoke: (request, signal) => look(parts, request, signal, receiveWords, inRoom(({ oversight }, who, trip) => oversight.revoke(who, request.session, request.comment, trip.signal))),
    reviews: (request, signal) => look(parts, request, signal, receiveLook, inRoom(({ glass }, who, trip) => glass.list(who, trip.signal))),
    sign: (request, signal) => look(parts, request, signal, receiveSigned, inRoom(({ glass }, who, trip) => glass.sign(who, request.session, request.comment, trip.signal))),
  };
}

type Receive<Asked> = (request: Asked, trip: Trip) => Promise<Received<'run'> | Stop>;
type Answer<T> = (facts: Identified<'run'>, trip: Trip) => Promise<T | Stop>;

/** A request that has no effect of its own to judge or record: who asks, then the answer. */
function look<Asked extends Caller, T>(parts: PipelineParts, request: Asked, signal: AbortSignal | undefined, receive: Receive<Asked>, answer: Answer<T>): Promise<Outcome<T>> {
  return travel(parts, 'look', signal, async (trip) => {
    const received = await trip.step('receive', request, receive);
    const identified = await trip.stage('identity', received, parts.identity(request));
    return trip.step('scope', identified, answer);
  });
}

function travel<T>({ road, traffic, observers }: PipelineParts, moment: Moment | 'look', signal: AbortSignal | undefined, line: (trip: Trip) => Promise<T>): Promise<Outcome<T>> {
  const trip = new Trip(moment, road, signal);
  const work = (): Promise<Outcome<T>> => trip.settle(line);
  if (moment === 'look') return traffic.pass(trip, work);
  const watched = moment === 'open' ? { session: trip.id } : { statement: trip.id };
  return traffic.pass(trip, () => watch(observers, moment === 'open' ? 'session' : 'statement', watched, work, (end) => endOfRequest(end, trip.seen)));
}
