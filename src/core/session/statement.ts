import { raceSignal, raceSignalWithGrace, getAbortError } from '../async/abort-signal.js';
import { checkExecution } from '../request/validate-adapter-output.js';
import type { Clock } from '../async/clock.js';
import { createDeferred } from '../async/deferred.js';
import { createOperationResult } from '../plugins/observed-result.js';
import { AccessError, isWithoutEffect, createOutcomeUnknown } from '../errors.js';
import type { RowDelivery, GatewayLimits, DeliveryCorrection, StatementResult } from '../gateway.js';
import { getTimeLeft } from './grant.js';
import type { QueueEntry } from './statement-queue.js';
import type { Analysis, Approved, Limits } from '../model.js';
import { resolveStatementTimeout, tightenLimits } from '../request/obligations.js';
import { observeOperation } from '../plugins/observe-operation.js';
import { deny, type Stop } from '../outcome.js';
import { denyPolicyChanged } from '../request/judge.js';
import type { Observer } from '../plugin.js';
import type { EngineSession, EngineStatement, Execution, Row } from '../ports.js';
import { RowStream } from './rows.js';
import { createObservedAttributes } from '../audit/event-facts.js';
import type { Session } from './session.js';
import type { RequestContext } from '../request/context.js';

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
type ApprovedStatement = Approved<'run'> & { readonly analysis: Analysis };

/**
 * One statement in its session: waits its turn, is recorded, runs at the engine, is recorded again, and gives out its
 * rows.
 */
export class RunningStatement {
  readonly #parts: StatementParts;
  readonly #facts: ApprovedStatement;
  readonly #session: Session;
  readonly #context: RequestContext;
  readonly #limits: Limits;
  /** How long it may take, milliseconds. */
  readonly #timeoutMs: number;
  readonly #settled = createDeferred();
  #disarm: () => void = () => undefined;
  #releaseQueue: () => void = () => undefined;
  #rows: RowStream | undefined;
  /** True while the engine may still work on it. */
  #atEngine = false;
  #executed = false;
  #complete = false;
  /** Whether it changes anything: then nothing may be said of it that is not certain. */
  readonly #changes: boolean;
  /** True once the engine was asked. */
  #sent = false;

  constructor(parts: StatementParts, facts: ApprovedStatement, session: Session, context: RequestContext) {
    this.#parts = parts;
    this.#facts = facts;
    this.#session = session;
    this.#context = context;
    this.#limits = tightenLimits(facts.grant.limits, facts.decision.obligations);
    this.#timeoutMs = resolveStatementTimeout(parts.limits.statementTimeoutMs, facts.decision.obligations);
    this.#changes = facts.analysis.kind === 'write' || facts.analysis.kind === 'ddl';
    session.track({ abort: (reason) => context.abort(reason), settled: this.#settled.promise });
  }

  async run(): Promise<StatementResult | Stop> {
    try {
      const leave = await this.#session.queue.acquire(this.#context.signal, this.#createQueueEntry());
      if (typeof leave !== 'function') return leave;
      this.#releaseQueue = leave;
      const refusal = this.#session.getRefusal();
      if (refusal !== undefined) return deny(refusal, undefined, { hint: 'Open a new session.' });
      const { decision, approval } = this.#facts;
      if (this.#parts.policyVersion() !== decision.policyVersion)
        return denyPolicyChanged('the statement waited for its turn');
      if (approval?.expiresAt !== undefined && approval.expiresAt <= this.#parts.clock.now()) {
        return deny('APPROVAL_EXPIRED', 'the consent ran out while the statement waited for its turn', {
          reason: 'approval.expired',
          hint: 'Ask again without a ticket.',
        });
      }
      return await this.#execute();
    } catch (thrown) {
      const error = AccessError.from(thrown, 'ENGINE_UNAVAILABLE');
      await this.#rows?.fail(error).catch(() => undefined);
      throw this.#isUnknown(error) ? createOutcomeUnknown(error, this.#createKnownDetail()) : error;
    } finally {
      if (!this.#atEngine) this.#release();
    }
  }

  /** What people have agreed to waits as long as their consent holds: asked again it would need another. */
  #createQueueEntry(): QueueEntry {
    const { clock, limits } = this.#parts;
    return {
      statement: this.#context.id,
      clock,
      ...(this.#facts.approval === undefined ? { waitMs: limits.waitingTimeoutMs } : {}),
    };
  }

  async #execute(): Promise<StatementResult> {
    const { analysis, grant, asked } = this.#facts;
    await this.#context.recordIntent('statement.authorized', { grant: grant.id, binds: asked.statement.binds.length });
    const { eventFacts: seen } = this.#context;
    const { observers } = this.#parts;
    const { execution, rows } = await observeOperation(
      observers,
      'engine',
      createObservedAttributes(seen),
      () => this.#runAtEngine(),
      (end) => createOperationResult(end, seen),
    );
    const { queryId, columns } = execution;
    const affected = execution.affected === undefined ? {} : { affected: execution.affected };
    this.#executed = true;
    await this.#context.recordOutcome('statement.executed', {
      queryId,
      complete: this.#complete,
      ...(this.#complete ? rows.fetched : {}),
      ...affected,
    });
    const told = {
      statement: this.#context.id,
      kind: analysis.kind,
      operation: analysis.operation,
      queryId,
      columns,
      ...affected,
      recount: (delivery: DeliveryCorrection) => this.#context.recordEvent('statement.delivered', { ...delivery }),
    };
    // It is done: whatever ends the session now changes nothing of that, and whoever asked is told.
    if (this.#changes && this.#complete && rows.fetched.rows === 0)
      return { ...told, batches: streamNoRows(), deliver: async () => rows.fetched, delivery: () => rows.fetched };
    if (!this.#changes) this.#throwIfEnded();
    return { ...told, batches: rows, deliver: (hand) => rows.deliver(hand), delivery: () => rows.getDelivery() };
  }

  /**
   * Whether it was sent, may have changed something, and nobody knows. An engine that took it may refuse its rows only.
   */
  #isUnknown(error: AccessError): boolean {
    if (!this.#changes || !this.#sent) return false;
    return this.#rows === undefined ? !isWithoutEffect(error) : error.detail['effect'] !== 'none';
  }

  #createKnownDetail(): Readonly<Record<string, string>> {
    const { queryId } = this.#context.eventFacts;
    return queryId === undefined ? {} : { queryId };
  }

  /** Runs at the engine until the first rows are there. */
  async #runAtEngine(): Promise<{ readonly execution: Execution; readonly rows: RowStream }> {
    this.#throwIfEnded();
    const { signal, eventFacts: seen } = this.#context;
    const execution = await this.#sendToEngine(signal);
    const rows = this.#createRows(execution, signal);
    this.#rows = rows;
    seen.queryId = execution.queryId;
    this.#complete = await rows.prefetch();
    if (this.#complete) seen.rows = rows.fetched.rows;
    return { execution, rows };
  }

  /** An engine that hands out no rows to pull has nothing left to let go of. */
  #createRows(execution: Execution, signal: AbortSignal): RowStream {
    try {
      return new RowStream({
        source: checkExecution(execution).batches,
        limits: this.#limits,
        signal,
        check: () => this.#throwIfEnded(),
        // What a write did is told whole, however long its rows are in coming.
        after: (ms, wake) => (this.#changes ? () => undefined : this.#parts.clock.after(ms, wake)),
        ended: (delivery, error) => this.#recordDelivery(delivery, error),
        released: () => this.#release(),
      });
    } catch (error) {
      this.#release();
      throw AccessError.from(error, 'ENGINE_UNAVAILABLE');
    }
  }

  /**
   * A cancelled caller is free at once, where nothing is changed; the queue only when the engine has let go, and an
   * engine that never does loses its session.
   */
  async #sendToEngine(signal: AbortSignal): Promise<Execution> {
    const { grant, asked, analysis, context } = this.#facts;
    const { clock, limits, call } = this.#parts;
    this.#atEngine = true;
    signal.addEventListener(
      'abort',
      () => {
        const forget = clock.after(limits.closeTimeoutMs, () => void this.#session.end('fault').catch(() => undefined));
        void this.#settled.promise.then(forget);
      },
      { once: true },
    );
    const run = async (): Promise<Execution> =>
      call(
        this.#session.engine,
        {
          id: this.#context.id,
          text: analysis.rendered?.text ?? analysis.canonical,
          canonical: analysis.canonical,
          binds: asked.statement.binds,
          analysis,
          limits: this.#limits,
          timeLeftMs: Math.min(getTimeLeft(grant, clock), this.#timeoutMs),
          context,
        },
        signal,
      );
    this.#sent = true;
    this.#disarm = clock.after(this.#timeoutMs, () =>
      this.#context.abort(new AccessError('STATEMENT_TIMEOUT', `the statement took longer than ${this.#timeoutMs} ms`)),
    );
    const running = run();
    running.catch(() => this.#release());
    const late = (execution: Execution): void => void discardExecution(execution).finally(() => this.#release());
    // Of a write the engine itself is heard, and for a while also after it was told to stop: it alone knows.
    return this.#changes
      ? raceSignalWithGrace(running, signal, clock, limits.closeTimeoutMs, late)
      : raceSignal(running, signal, late);
  }

  /** Throws when the session or the caller is gone. */
  #throwIfEnded(): void {
    const refusal = this.#session.getRefusal();
    if (refusal !== undefined) throw new AccessError(refusal);
    if (this.#context.signal.aborted) throw getAbortError(this.#context.signal);
  }

  async #recordDelivery(delivery: RowDelivery, error: AccessError | undefined): Promise<void> {
    this.#context.detachSignal();
    // The outcome has told of a complete result as if all of it were handed out: where that is so, nothing is left to
    // say.
    const asTold = this.#complete && delivery.rows === this.#rows?.fetched.rows;
    if (!this.#executed || asTold) return;
    await this.#context.recordEvent('statement.delivered', {
      ...delivery,
      ...(error === undefined ? {} : { code: error.code }),
    });
  }

  #release(): void {
    this.#atEngine = false;
    this.#disarm();
    this.#releaseQueue();
    this.#settled.resolve();
  }
}

async function* streamNoRows(): AsyncGenerator<readonly Row[]> {
  // There are no rows.
}

/** Ends an execution that nobody waits for any more. */
async function discardExecution(execution: Execution): Promise<void> {
  try {
    await execution.batches[Symbol.asyncIterator]().return?.();
  } catch {
    // What is thrown away may fail.
  }
}
