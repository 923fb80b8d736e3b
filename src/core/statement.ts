import { abortable, patiently, reasonOf } from './abort.js';
import { checkExecution } from './answers.js';
import type { Clock } from './clock.js';
import { deferred } from './deferred.js';
import { endOfWork } from './ended.js';
import { AccessError, isWithoutEffect, outcomeUnknown } from './errors.js';
import type { Delivery, GatewayLimits, Recount, StatementResult } from './gateway.js';
import { timeLeft } from './grant.js';
import type { Entrant } from './lane.js';
import type { Analysis, Approved, Limits } from './model.js';
import { longestRun, tighten } from './obligations.js';
import { watch } from './observe.js';
import { deny, type Stop } from './outcome.js';
import { policyChanged } from './judge.js';
import type { Observer } from './plugin.js';
import type { EngineSession, EngineStatement, Execution, Row } from './ports.js';
import { Rows } from './rows.js';
import { watchedOf } from './seen.js';
import type { Session } from './session.js';
import type { Trip } from './trip.js';

/** What every statement needs besides its facts. */
export interface StatementParts {
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly observers: readonly Observer[];
  /** How the engine is called. */
  readonly call: (engine: EngineSession, statement: EngineStatement, signal: AbortSignal) => Promise<Execution>;
  /** The version of the policy in force now. */
  readonly policyVersion: () => string;
}

/** The facts of a statement that may run: all of them. */
type Cleared = Approved<'run'> & { readonly analysis: Analysis };

/** One statement in its session: waits its turn, is recorded, runs at the engine, is recorded again, and gives out its rows. */
export class RunningStatement {
  readonly #parts: StatementParts;
  readonly #facts: Cleared;
  readonly #session: Session;
  readonly #trip: Trip;
  readonly #limits: Limits;
  /** How long it may take, milliseconds. */
  readonly #longestMs: number;
  readonly #settled = deferred();
  #disarm: () => void = () => undefined;
  #leave: () => void = () => undefined;
  #rows: Rows | undefined;
  /** True while the engine may still work on it. */
  #held = false;
  #executed = false;
  #complete = false;
  /** Whether it changes anything: then nothing may be said of it that is not certain. */
  readonly #changes: boolean;
  /** True once the engine was asked. */
  #sent = false;

  constructor(parts: StatementParts, facts: Cleared, session: Session, trip: Trip) {
    this.#parts = parts;
    this.#facts = facts;
    this.#session = session;
    this.#trip = trip;
    this.#limits = tighten(facts.grant.limits, facts.decision.obligations);
    this.#longestMs = longestRun(parts.limits.statementTimeoutMs, facts.decision.obligations);
    this.#changes = facts.analysis.kind === 'write' || facts.analysis.kind === 'ddl';
    session.track({ abort: (reason) => trip.abort(reason), settled: this.#settled.promise });
  }

  async run(): Promise<StatementResult | Stop> {
    try {
      const leave = await this.#session.lane.enter(this.#trip.signal, this.#entrant());
      if (typeof leave !== 'function') return leave;
      this.#leave = leave;
      const refusal = this.#session.refusal();
      if (refusal !== undefined) return deny(refusal, undefined, { hint: 'Open a new session.' });
      const { decision, approval } = this.#facts;
      if (this.#parts.policyVersion() !== decision.policyVersion) return policyChanged('the statement waited for its turn');
      if (approval?.expiresAt !== undefined && approval.expiresAt <= this.#parts.clock.now()) {
        return deny('APPROVAL_EXPIRED', 'the consent ran out while the statement waited for its turn', { reason: 'approval.expired', hint: 'Ask again without a ticket.' });
      }
      return await this.#execute();
    } catch (thrown) {
      const error = AccessError.from(thrown, 'ENGINE_UNAVAILABLE');
      await this.#rows?.fail(error).catch(() => undefined);
      throw this.#isUnknown(error) ? outcomeUnknown(error, this.#known()) : error;
    } finally {
      if (!this.#held) this.#letGo();
    }
  }

  /** What people have agreed to waits as long as their consent holds: asked again it would need another. */
  #entrant(): Entrant {
    const { clock, limits } = this.#parts;
    return { statement: this.#trip.id, clock, ...(this.#facts.approval === undefined ? { waitMs: limits.waitingTimeoutMs } : {}) };
  }

  async #execute(): Promise<StatementResult> {
    const { analysis, grant, asked } = this.#facts;
    await this.#trip.intend('statement.authorized', { grant: grant.id, binds: asked.statement.binds.length });
    const { seen } = this.#trip;
    const { observers } = this.#parts;
    const { execution, rows } = await watch(observers, 'engine', watchedOf(seen), () => this.#begin(), (end) => endOfWork(end, seen));
    const { queryId, columns } = execution;
    const affected = execution.affected === undefined ? {} : { affected: execution.affected };
    this.#executed = true;
    await this.#trip.answer('statement.executed', { queryId, complete: this.#complete, ...(this.#complete ? rows.pulled : {}), ...affected });
    const told = {
      statement: this.#trip.id, kind: analysis.kind, operation: analysis.operation, queryId, columns, ...affected,
      recount: (delivery: Recount) => this.#trip.conclude('statement.delivered', { ...delivery }),
    };
    // It is done: whatever ends the session now changes nothing of that, and whoever asked is told.
    if (this.#changes && this.#complete && rows.pulled.rows === 0) return { ...told, batches: nothing(), deliver: async () => rows.pulled, delivery: () => rows.pulled };
    if (!this.#changes) this.#check();
    return { ...told, batches: rows, deliver: (hand) => rows.deliver(hand), delivery: () => rows.delivery() };
  }

  /** Whether it was sent, may have changed something, and nobody knows. An engine that took it may refuse its rows only. */
  #isUnknown(error: AccessError): boolean {
    if (!this.#changes || !this.#sent) return false;
    return this.#rows === undefined ? !isWithoutEffect(error) : error.detail['effect'] !== 'none';
  }

  #known(): Readonly<Record<string, string>> {
    const { queryId } = this.#trip.seen;
    return queryId === undefined ? {} : { queryId };
  }

  /** Runs at the engine until the first rows are there. */
  async #begin(): Promise<{ readonly execution: Execution; readonly rows: Rows }> {
    this.#check();
    const { signal, seen } = this.#trip;
    const execution = await this.#start(signal);
    const rows = this.#take(execution, signal);
    this.#rows = rows;
    seen.queryId = execution.queryId;
    this.#complete = await rows.begin();
    if (this.#complete) seen.rows = rows.pulled.rows;
    return { execution, rows };
  }

  /** An engine that hands out no rows to pull has nothing left to let go of. */
  #take(execution: Execution, signal: AbortSignal): Rows {
    try {
      return new Rows({
        source: checkExecution(execution).batches, limits: this.#limits, signal, check: () => this.#check(),
        // What a write did is told whole, however long its rows are in coming.
        after: (ms, wake) => (this.#changes ? () => undefined : this.#parts.clock.after(ms, wake)),
        ended: (delivery, error) => this.#ended(delivery, error), released: () => this.#letGo(),
      });
    } catch (error) {
      this.#letGo();
      throw AccessError.from(error, 'ENGINE_UNAVAILABLE');
    }
  }

  /** A cancelled caller is free at once, where nothing is changed; the lane only when the engine has let go, and an engine that never does loses its session. */
  async #start(signal: AbortSignal): Promise<Execution> {
    const { grant, asked, analysis, context } = this.#facts;
    const { clock, limits, call } = this.#parts;
    this.#held = true;
    signal.addEventListener('abort', () => {
      const forget = clock.after(limits.closeTimeoutMs, () => void this.#session.end('fault').catch(() => undefined));
      void this.#settled.promise.then(forget);
    }, { once: true });
    const run = async (): Promise<Execution> => call(this.#session.engine, {
      id: this.#trip.id, text: analysis.rendered?.text ?? analysis.canonical, canonical: analysis.canonical, binds: asked.statement.binds, analysis, limits: this.#limits, timeLeftMs: Math.min(timeLeft(grant, clock), this.#longestMs), context,
    }, signal);
    this.#sent = true;
    this.#disarm = clock.after(this.#longestMs, () => this.#trip.abort(new AccessError('STATEMENT_TIMEOUT', `the statement took longer than ${this.#longestMs} ms`)));
    const running = run();
    running.catch(() => this.#letGo());
    const late = (execution: Execution): void => void discard(execution).finally(() => this.#letGo());
    // Of a write the engine itself is heard, and for a while also after it was told to stop: it alone knows.
    return this.#changes ? patiently(running, signal, clock, limits.closeTimeoutMs, late) : abortable(running, signal, late);
  }

  /** Throws when the session or the caller is gone. */
  #check(): void {
    const refusal = this.#session.refusal();
    if (refusal !== undefined) throw new AccessError(refusal);
    if (this.#trip.signal.aborted) throw reasonOf(this.#trip.signal);
  }

  async #ended(delivery: Delivery, error: AccessError | undefined): Promise<void> {
    this.#trip.leave();
    // The outcome has told of a complete result as if all of it were handed out: where that is so, nothing is left to say.
    const asTold = this.#complete && delivery.rows === this.#rows?.pulled.rows;
    if (!this.#executed || asTold) return;
    await this.#trip.conclude('statement.delivered', { ...delivery, ...(error === undefined ? {} : { code: error.code }) });
  }

  #letGo(): void {
    this.#held = false;
    this.#disarm();
    this.#leave();
    this.#settled.resolve();
  }
}

async function* nothing(): AsyncGenerator<readonly Row[]> {
  // There are no rows.
}

/** Ends an execution that nobody waits for any more. */
async function discard(execution: Execution): Promise<void> {
  try {
    await execution.batches[Symbol.asyncIterator]().return?.();
  } catch {
    // What is thrown away may fail.
  }
}
