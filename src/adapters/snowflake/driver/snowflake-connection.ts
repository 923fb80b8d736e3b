import { raceSignal, getAbortError, withoutEffect, type AccessError, type Bind } from '../../../core/index.js';
import { createUnavailableError } from '../errors.js';
import type { Driver, DriverColumn, DriverConnection, DriverLogin, DriverState, DriverStatement } from './api.js';
import { logout } from './logout.js';
import type { CancellableAgent } from './cancellable-agent.js';
import { exposeRawValues } from './raw-values.js';
import { streamBatches, type RawRow } from './rows.js';

export interface DriverQuery {
  readonly sql: string;
  readonly binds?: readonly Bind[];
  /** Parameters of this statement only. */
  readonly parameters?: Readonly<Record<string, string | number>>;
}

export interface DriverAnswer {
  readonly queryId: string;
  readonly columns: readonly DriverColumn[];
  readonly state: DriverState | undefined;
  /** Iterate once. */
  readonly batches: (signal: AbortSignal) => AsyncGenerator<readonly RawRow[]>;
}

/** Why a statement failed that waited for its turn when the connection ended: it never left. */
export const notSent = 'unsent';

/** How long the engine has to obey a cancel, before the connection is cut, milliseconds. */
const cancelTimeoutMs = 4_000;

/** One connection of the driver's: one statement at a time, every wait bounded by a signal, and an end that is one. */
export class SnowflakeConnection {
  readonly #connection: DriverConnection;
  readonly #agent: CancellableAgent;
  readonly #ended = new AbortController();
  #tail: Promise<unknown> = Promise.resolve();
  #loggingOut: Promise<boolean> | undefined;

  private constructor(connection: DriverConnection, agent: CancellableAgent) {
    this.#connection = connection;
    this.#agent = agent;
  }

  /**
   * Logs in. Rejects with the driver's error, or with the signal's reason as soon as it aborts; then nothing of it is
   * left.
   */
  static async open(
    driver: Driver,
    login: DriverLogin,
    agent: CancellableAgent,
    signal: AbortSignal,
  ): Promise<SnowflakeConnection> {
    const connecting = new Promise<DriverConnection>((resolve, reject) => {
      const connection = driver.createConnection({ ...login, agentClass: agent.agentFor });
      connection
        .connectAsync((error) => (error === undefined || error === null ? resolve(connection) : reject(error)))
        .catch(reject);
    });
    try {
      return new SnowflakeConnection(
        await raceSignal(connecting, signal, (late) => void new SnowflakeConnection(late, agent).end(cancelTimeoutMs)),
        agent,
      );
    } catch (error) {
      // One that is still under way is logged out again by the line above, or fails here.
      connecting.catch(() => undefined);
      if (!signal.aborted) agent.shutDown();
      else setTimeout(() => agent.shutDown(), cancelTimeoutMs).unref();
      throw error;
    }
  }

  /** Aborts when the connection was ended or cut. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Runs in its turn. An abort cancels at the engine, and rejects at once, unless `heard`: then the engine says how it
   * ended. The next statement
   * waits until the engine has let go. What was surely never sent is marked by `withoutEffect`.
   */
  run(asking: DriverQuery, signal: AbortSignal, heard = false): Promise<DriverAnswer> {
    const turn = this.#tail.then(() => this.#runNext(asking, signal));
    this.#tail = turn.catch(() => undefined);
    return heard ? turn : raceSignal(turn, signal);
  }

  /**
   * Logs out; true when the engine confirmed it within `ms`. It goes on trying for a while after that, then cuts what
   * is left. Idempotent.
   */
  end(ms: number): Promise<boolean> {
    this.#startLogout('ended');
    return this.#waitForLogout(ms);
  }

  /** Ends at once whatever is under way, then logs out with nobody waiting. */
  disconnect(): void {
    if (this.#loggingOut === undefined) this.#agent.cancelPending();
    this.#startLogout('lost');
  }

  #startLogout(why: string): void {
    this.#ended.abort(createUnavailableError(why));
    this.#loggingOut ??= logout(this.#connection, this.#agent);
  }

  async #waitForLogout(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
    return Promise.race([this.#loggingOut as Promise<boolean>, late]).finally(() => clearTimeout(timer));
  }

  async #runNext(asking: DriverQuery, signal: AbortSignal): Promise<DriverAnswer> {
    if (this.#ended.signal.aborted) throw withoutEffect(createUnavailableError('lost', { why: notSent }));
    if (signal.aborted) throw withoutEffect(getAbortError(signal));
    return new Promise<DriverAnswer>((resolve, reject) => {
      let timeout: NodeJS.Timeout | undefined;
      const settle = (work: () => void): void => {
        clearTimeout(timeout);
        signal.removeEventListener('abort', cancel);
        this.#ended.signal.removeEventListener('abort', lose);
        work();
      };
      const lose = (): void => settle(() => reject(this.#ended.signal.reason as AccessError));
      const cancel = (): void => {
        timeout = setTimeout(() => this.disconnect(), cancelTimeoutMs);
        statement.cancel(() => undefined);
      };
      const statement = this.#execute(asking, (error, answered) =>
        settle(() => (error === undefined ? resolve(answered as DriverAnswer) : reject(error))),
      );
      signal.addEventListener('abort', cancel, { once: true });
      this.#ended.signal.addEventListener('abort', lose, { once: true });
    });
  }

  /** What the driver calls must not throw: nobody could catch it. */
  #execute(
    { sql, binds = [], parameters = {} }: DriverQuery,
    done: (error: unknown, answered?: DriverAnswer) => void,
  ): DriverStatement {
    return this.#connection.execute({
      sqlText: sql,
      streamResult: true,
      rowMode: 'array',
      parameters: { MULTI_STATEMENT_COUNT: 1, ...parameters },
      ...(binds.length === 0 ? {} : { binds: [...binds] as (string | number)[] }),
      complete: (error, statement) => {
        try {
          if (error !== undefined && error !== null) done(error);
          else done(undefined, createAnswer(statement));
        } catch (thrown) {
          done(thrown);
        }
      },
    });
  }
}

function createAnswer(statement: DriverStatement): DriverAnswer {
  const columns = statement.getColumns();
  if (columns === undefined) throw createUnavailableError('driver');
  exposeRawValues(columns);
  return {
    queryId: statement.getQueryId(),
    columns,
    state: statement.getSessionState() as DriverState | undefined,
    batches: (signal) => streamBatches(statement.streamRows(), statement.getNumRows(), signal),
  };
}

/** All rows of a small answer. */
export async function readAllRows({ batches }: DriverAnswer, signal: AbortSignal): Promise<readonly RawRow[]> {
  const rows: RawRow[] = [];
  for await (const batch of batches(signal)) rows.push(...batch);
  return rows;
}
