import { followSignal, getAbortError } from '../async/abort-signal.js';
import type { Clock } from '../async/clock.js';
import { omitUndefined } from '../data/omit-undefined.js';
import { AccessError, type FaultCode } from '../errors.js';
import type { AuditEvent, EventCode } from '../events.js';
import { newId } from '../data/id.js';
import type { RequestKind, StageName } from '../model.js';
import { isStop, type Denied, type Outcome, type Pending, type Stop } from '../outcome.js';
import { createEventData, createEvent, type EventData, type EventFacts } from '../audit/event-facts.js';
import type { Recorder } from '../audit/recorder.js';

/** Ends a request at a stage. Thrown inside the pipeline only, and caught there. */
class StageStop {
  readonly stop: Stop;
  constructor(stop: Stop) {
    this.stop = stop;
  }
}

/** Whether what was thrown ended a request with this answer. */
export function isStopped(thrown: unknown, status: Stop['status']): boolean {
  return thrown instanceof StageStop && thrown.stop.status === status;
}

const stageFaults: Readonly<Record<StageName, FaultCode>> = {
  receive: 'INTERNAL',
  identity: 'IDENTITY_UNAVAILABLE',
  scope: 'POLICY_UNAVAILABLE',
  approval: 'APPROVAL_UNAVAILABLE',
  execute: 'ENGINE_UNAVAILABLE',
  audit: 'AUDIT_UNAVAILABLE',
};

const eventSubjects: Readonly<Record<RequestKind, 'session' | 'statement'>> = { open: 'session', run: 'statement' };

/** What every request needs. */
export interface GatewayContext {
  readonly instance: string;
  readonly clock: Clock;
  readonly recorder: Recorder;
}

/** One request on its way through the stages. A `look` changes nothing and leaves no event. */
export class RequestContext {
  readonly requestKind: RequestKind | 'look';
  readonly id: string;
  readonly at: number;
  readonly eventFacts: EventFacts = {};
  stageName: StageName = 'receive';
  readonly #gatewayContext: GatewayContext;
  readonly #cancel = new AbortController();
  readonly #unfollow: () => void;
  #answered = false;
  #begunAt: number | undefined;
  readonly #onFinish: (() => void)[] = [];

  constructor(moment: RequestKind | 'look', gatewayContext: GatewayContext, signal?: AbortSignal) {
    this.requestKind = moment;
    this.#gatewayContext = gatewayContext;
    this.at = gatewayContext.clock.now();
    this.id = newId(this.at);
    if (moment === 'open') this.eventFacts.session = this.id;
    if (moment === 'run') this.eventFacts.statement = this.id;
    this.#unfollow = followSignal(signal, this.#cancel);
  }

  /** Aborts when the caller leaves or the session ends. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  abort(reason: AccessError): void {
    this.#cancel.abort(reason);
  }

  /** Runs one stage: a stop ends the request; additions are merged, and can never replace what was known before. */
  async runStage<In extends object, Add extends object>(
    name: StageName,
    facts: In,
    work: (facts: In, context: RequestContext) => Promise<Add | Stop>,
  ): Promise<In & Add> {
    const added = await this.runStep(name, facts, work);
    return Object.freeze(Object.assign({}, added, facts));
  }

  /** The same for a first or last step, whose result stands for itself. */
  async runStep<In, Out>(
    name: StageName,
    given: In,
    work: (given: In, context: RequestContext) => Promise<Out | Stop>,
  ): Promise<Out> {
    this.stageName = name;
    if (this.signal.aborted) throw getAbortError(this.signal);
    const result = await work(given, this);
    if (isStop(result)) throw new StageStop(result);
    return result;
  }

  createEvent(code: EventCode, data: EventData = {}): AuditEvent {
    return createEvent(
      this.#gatewayContext.clock,
      this.#gatewayContext.instance,
      code,
      this.eventFacts,
      createEventData(this.eventFacts, data, code.endsWith('.denied')),
    );
  }

  /** Makes the intent durable, or throws AUDIT_UNAVAILABLE. */
  async recordIntent(code: EventCode, data: EventData = {}): Promise<void> {
    this.stageName = 'audit';
    const withdrawn = (): AuditEvent =>
      this.createEvent(this.requestKind === 'open' ? 'session.failed' : 'statement.failed', {
        code: 'AUDIT_UNAVAILABLE',
        at: 'audit',
      });
    await this.#gatewayContext.recorder.recordIntent(this.createEvent(code, data), withdrawn);
    this.#begunAt = this.#gatewayContext.clock.monotonic();
    this.stageName = 'execute';
  }

  /** Writes the one outcome of this request, or throws AUDIT_UNAVAILABLE and owes it. */
  async recordOutcome(code: EventCode, data: EventData = {}): Promise<void> {
    if (this.#answered) return;
    this.#answered = true;
    await this.#gatewayContext.recorder.recordOutcome(this.createEvent(code, { ...data, ...this.#measureDuration() }));
  }

  /** Writes what belongs to this request and is not its outcome, without repeating what the outcome says. */
  async recordEvent(code: EventCode, data: EventData): Promise<void> {
    const { clock, instance, recorder } = this.#gatewayContext;
    await recorder.recordOutcome(
      createEvent(clock, instance, code, this.eventFacts, { ...data, ...this.#measureDuration() }),
    );
  }

  /** How long the effect has been under way: nothing where none was begun. */
  #measureDuration(): EventData {
    return this.#begunAt === undefined
      ? {}
      : { durationMs: Math.max(0, Math.round(this.#gatewayContext.clock.monotonic() - this.#begunAt)) };
  }

  /** Calls this when the outcome is known. */
  onFinish(work: () => void): void {
    this.#onFinish.push(work);
  }

  /** Turns whatever happens in `line` into one outcome, recorded. Never rejects. */
  async resolveOutcome<T>(line: () => Promise<T>): Promise<Outcome<T>> {
    try {
      return { status: 'completed', value: await line(), at: this.stageName, id: this.id };
    } catch (thrown) {
      this.detachSignal();
      return await (thrown instanceof StageStop
        ? this.#recordStop(thrown.stop)
        : this.#recordFailure(AccessError.from(thrown, stageFaults[this.stageName])));
    } finally {
      for (const work of this.#onFinish) work();
    }
  }

  /** Stops following the caller's signal: the work is over. */
  detachSignal(): void {
    this.#unfollow();
  }

  async #recordStop(stop: Stop): Promise<Outcome<never>> {
    const at = this.stageName;
    if (isAggregated(stop, at)) return { ...stop, at, id: this.id };
    // Of a refusal `reason` says why it was refused: what the caller said it was for has a name of its own there.
    if (stop.status === 'denied' && this.eventFacts.requestData !== undefined)
      this.eventFacts.requestData = renameReason(this.eventFacts.requestData);
    const written = await this.#write(
      stop.status === 'pending' ? 'approval_requested' : 'denied',
      stop.status === 'pending' ? createPendingData(stop) : createDeniedData(stop, at),
    );
    return written ?? { ...stop, at, id: this.id };
  }

  async #recordFailure(error: AccessError): Promise<Outcome<never>> {
    const at = this.stageName;
    // What differs is told once, in an event of its own; the recorder owes it where it cannot be written now.
    const disagrees = [error.code, error.detail['after']].includes('ENGINE_DISAGREES');
    const { after, effect, ...detail } = error.detail;
    if (disagrees) await this.recordEvent('engine.disagrees', detail).catch(() => undefined);
    // An intent that could not be written has had no effect: there is nothing to answer for.
    const nothingRan = at === 'audit' && error.code === 'AUDIT_UNAVAILABLE';
    const written = nothingRan
      ? undefined
      : await this.#write(error.code === 'OUTCOME_UNKNOWN' ? 'unresolved' : 'failed', {
          code: error.code,
          at,
          ...(disagrees ? omitUndefined<EventData>({ after, effect }) : error.detail),
        });
    return written ?? { status: 'failed', error, at, id: this.id };
  }

  async #write(
    end: 'denied' | 'failed' | 'unresolved' | 'approval_requested',
    data: EventData,
  ): Promise<Outcome<never> | undefined> {
    if (this.requestKind === 'look') return undefined;
    try {
      await this.recordOutcome(
        end === 'unresolved' ? 'statement.unresolved' : `${eventSubjects[this.requestKind]}.${end}`,
        data,
      );
      return undefined;
    } catch (error) {
      return { status: 'failed', error: AccessError.from(error, 'AUDIT_UNAVAILABLE'), at: 'audit', id: this.id };
    }
  }
}

/** What is told in the record with others of its kind, and not one by one. */
function isAggregated(stop: Stop, at: StageName): boolean {
  return (
    at === 'identity' && stop.status === 'denied' && (stop.code === 'RATE_LIMITED' || stop.code === 'UNAUTHENTICATED')
  );
}

function renameReason({ reason: purpose, ...asked }: EventData): EventData {
  return purpose === undefined ? asked : { ...asked, purpose };
}

function createDeniedData(stop: Denied, at: StageName): EventData {
  return { code: stop.code, at, ...(stop.reason === undefined ? {} : { reason: stop.reason }), message: stop.message };
}

function createPendingData(stop: Pending): EventData {
  return {
    ticket: stop.ticket,
    expiresAt: stop.expiresAt,
    ...(stop.binding === undefined ? {} : { binding: stop.binding }),
  };
}
