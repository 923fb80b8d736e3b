import { follow, reasonOf } from './abort.js';
import type { Clock } from './clock.js';
import { compact } from './compact.js';
import { AccessError, type FaultCode } from './errors.js';
import type { AuditEvent, EventCode } from './events.js';
import { newId } from './id.js';
import type { Moment, StageName } from './model.js';
import { isStop, type Denied, type Outcome, type Pending, type Stop } from './outcome.js';
import { aboutOf, makeEvent, type EventData, type Seen } from './seen.js';
import type { Recorder } from './stages/audit.js';

/** Ends a trip at a stage. Thrown inside the pipeline only, and caught there. */
class Stopped {
  readonly stop: Stop;
  constructor(stop: Stop) {
    this.stop = stop;
  }
}

/** Whether what was thrown ended a trip with this answer. */
export function isStopped(thrown: unknown, status: Stop['status']): boolean {
  return thrown instanceof Stopped && thrown.stop.status === status;
}

const unexpected: Readonly<Record<StageName, FaultCode>> = {
  receive: 'INTERNAL', identity: 'IDENTITY_UNAVAILABLE', scope: 'POLICY_UNAVAILABLE', approval: 'APPROVAL_UNAVAILABLE', execute: 'ENGINE_UNAVAILABLE', audit: 'AUDIT_UNAVAILABLE',
};

const subject: Readonly<Record<Moment, 'session' | 'statement'>> = { open: 'session', run: 'statement' };

/** What every trip needs. */
export interface Road {
  readonly instance: string;
  readonly clock: Clock;
  readonly recorder: Recorder;
}

/** One request on its way through the stages. A `look` changes nothing and leaves no event. */
export class Trip {
  readonly moment: Moment | 'look';
  readonly id: string;
  readonly at: number;
  readonly seen: Seen = {};
  stageName: StageName = 'receive';
  readonly #road: Road;
  readonly #cancel = new AbortController();
  readonly #unfollow: () => void;
  #answered = false;
  #begunAt: number | undefined;
  readonly #afterwards: (() => void)[] = [];

  constructor(moment: Moment | 'look', road: Road, signal?: AbortSignal) {
    this.moment = moment;
    this.#road = road;
    this.at = road.clock.now();
    this.id = newId(this.at);
    if (moment === 'open') this.seen.session = this.id;
    if (moment === 'run') this.seen.statement = this.id;
    this.#unfollow = follow(signal, this.#cancel);
  }

  /** Aborts when the caller leaves or the session ends. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  abort(reason: AccessError): void {
    this.#cancel.abort(reason);
  }

  /** Runs one stage: a stop ends the trip; additions are merged, and can never replace what was known before. */
  async stage<In extends object, Add extends object>(name: StageName, facts: In, work: (facts: In, trip: Trip) => Promise<Add | Stop>): Promise<In & Add> {
    const added = await this.step(name, facts, work);
    return Object.freeze(Object.assign({}, added, facts));
  }

  /** The same for a first or last step, whose result stands for itself. */
  async step<In, Out>(name: StageName, given: In, work: (given: In, trip: Trip) => Promise<Out | Stop>): Promise<Out> {
    this.stageName = name;
    if (this.signal.aborted) throw reasonOf(this.signal);
    const result = await work(given, this);
    if (isStop(result)) throw new Stopped(result);
    return result;
  }

  event(code: EventCode, data: EventData = {}): AuditEvent {
    return makeEvent(this.#road.clock, this.#road.instance, code, this.seen, aboutOf(this.seen, data, code.endsWith('.denied')));
  }

  /** Makes the intent durable, or throws AUDIT_UNAVAILABLE. */
  async intend(code: EventCode, data: EventData = {}): Promise<void> {
    this.stageName = 'audit';
    const withdrawn = (): AuditEvent => this.event(this.moment === 'open' ? 'session.failed' : 'statement.failed', { code: 'AUDIT_UNAVAILABLE', at: 'audit' });
    await this.#road.recorder.intent(this.event(code, data), withdrawn);
    this.#begunAt = this.#road.clock.monotonic();
    this.stageName = 'execute';
  }

  /** Writes the one outcome of this trip, or throws AUDIT_UNAVAILABLE and owes it. */
  async answer(code: EventCode, data: EventData = {}): Promise<void> {
    if (this.#answered) return;
    this.#answered = true;
    await this.#road.recorder.outcome(this.event(code, { ...data, ...this.#taken() }));
  }

  /** Writes what belongs to this trip and is not its outcome, without repeating what the outcome says. */
  async conclude(code: EventCode, data: EventData): Promise<void> {
    const { clock, instance, recorder } = this.#road;
    await recorder.outcome(makeEvent(clock, instance, code, this.seen, { ...data, ...this.#taken() }));
  }

  /** How long the effect has been under way: nothing where none was begun. */
  #taken(): EventData {
    return this.#begunAt === undefined ? {} : { durationMs: Math.max(0, Math.round(this.#road.clock.monotonic() - this.#begunAt)) };
  }

  /** Calls this when the outcome is known. */
  afterwards(work: () => void): void {
    this.#afterwards.push(work);
  }

  /** Turns whatever happens in `line` into one outcome, recorded. Never rejects. */
  async settle<T>(line: () => Promise<T>): Promise<Outcome<T>> {
    try {
      return { status: 'completed', value: await line(), at: this.stageName, id: this.id };
    } catch (thrown) {
      this.leave();
      return await (thrown instanceof Stopped ? this.#stopped(thrown.stop) : this.#failed(AccessError.from(thrown, unexpected[this.stageName])));
    } finally {
      for (const work of this.#afterwards) work();
    }
  }

  /** Stops following the caller's signal: the work is over. */
  leave(): void {
    this.#unfollow();
  }

  async #stopped(stop: Stop): Promise<Outcome<never>> {
    const at = this.stageName;
    if (toldTogether(stop, at)) return { ...stop, at, id: this.id };
    // Of a refusal `reason` says why it was refused: what the caller said it was for has a name of its own there.
    if (stop.status === 'denied' && this.seen.asked !== undefined) this.seen.asked = purposeOf(this.seen.asked);
    const written = await this.#write(stop.status === 'pending' ? 'approval_requested' : 'denied', stop.status === 'pending' ? pendingData(stop) : deniedData(stop, at));
    return written ?? { ...stop, at, id: this.id };
  }

  async #failed(error: AccessError): Promise<Outcome<never>> {
    const at = this.stageName;
    // What differs is told once, in an event of its own; the recorder owes it where it cannot be written now.
    const disagrees = [error.code, error.detail['after']].includes('ENGINE_DISAGREES');
    const { after, effect, ...detail } = error.detail;
    if (disagrees) await this.conclude('engine.disagrees', detail).catch(() => undefined);
    // An intent that could not be written has had no effect: there is nothing to answer for.
    const nothingRan = at === 'audit' && error.code === 'AUDIT_UNAVAILABLE';
    const written = nothingRan ? undefined : await this.#write(error.code === 'OUTCOME_UNKNOWN' ? 'unresolved' : 'failed', { code: error.code, at, ...(disagrees ? compact<EventData>({ after, effect }) : error.detail) });
    return written ?? { status: 'failed', error, at, id: this.id };
  }

  async #write(end: 'denied' | 'failed' | 'unresolved' | 'approval_requested', data: EventData): Promise<Outcome<never> | undefined> {
    if (this.moment === 'look') return undefined;
    try {
      await this.answer(end === 'unresolved' ? 'statement.unresolved' : `${subject[this.moment]}.${end}`, data);
      return undefined;
    } catch (error) {
      return { status: 'failed', error: AccessError.from(error, 'AUDIT_UNAVAILABLE'), at: 'audit', id: this.id };
    }
  }
}

/** What is told in the record with others of its kind, and not one by one. */
function toldTogether(stop: Stop, at: StageName): boolean {
  return at === 'identity' && stop.status === 'denied' && (stop.code === 'RATE_LIMITED' || stop.code === 'UNAUTHENTICATED');
}

function purposeOf({ reason: purpose, ...asked }: EventData): EventData {
  return purpose === undefined ? asked : { ...asked, purpose };
}

function deniedData(stop: Denied, at: StageName): EventData {
  return { code: stop.code, at, ...(stop.reason === undefined ? {} : { reason: stop.reason }), message: stop.message };
}

function pendingData(stop: Pending): EventData {
  return { ticket: stop.ticket, expiresAt: stop.expiresAt, ...(stop.binding === undefined ? {} : { binding: stop.binding }) };
}
