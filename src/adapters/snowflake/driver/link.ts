import { abortable, reasonOf, withoutEffect, type AccessError, type Bind } from '../../../core/index.js';
import { unavailable } from '../failure.js';
import type { Driver, DriverColumn, DriverConnection, DriverLogin, DriverState, DriverStatement } from './api.js';
import { farewell } from './farewell.js';
import type { Lifeline } from './lifeline.js';
import { handOutRaw } from './raw.js';
import { batchesOf, type RawRow } from './rows.js';

export interface Asking {
  readonly sql: string;
  readonly binds?: readonly Bind[];
  /** Parameters of this statement only. */
  readonly parameters?: Readonly<Record<string, string | number>>;
}

export interface Answered {
  readonly queryId: string;
  readonly columns: readonly DriverColumn[];
  readonly state: DriverState | undefined;
  /** Iterate once. */
  readonly batches: (signal: AbortSignal) => AsyncGenerator<readonly RawRow[]>;
}

/** Why a statement failed that waited for its turn when the connection ended: it never left. */
export const unsent = 'unsent';

/** How long the engine has to obey a cancel, before the connection is cut, milliseconds. */
const patienceMs = 4_000;

/** One connection of the driver's: one statement at a time, every wait bounded by a signal, and an end that is one. */
export class Link {
  readonly #connection: DriverConnection;
  readonly #lifeline: Lifeline;
  readonly #ended = new AbortController();
  #tail: Promise<unknown> = Promise.resolve();
  #leaving: Promise<boolean> | undefined;

  private constructor(connection: DriverConnection, lifeline: Lifeline) {
    this.#connection = connection;
    this.#lifeline = lifeline;
  }

  /** Logs in. Rejects with the driver's error, or with the signal's reason as soon as it aborts; then nothing of it is left. */
  static async open(driver: Driver, login: DriverLogin, lifeline: Lifeline, signal: AbortSignal): Promise<Link> {
    const connecting = new Promise<DriverConnection>((resolve, reject) => {
      const connection = driver.createConnection({ ...login, agentClass: lifeline.agentFor });
      connection.connectAsync((error) => (error === undefined || error === null ? resolve(connection) : reject(error))).catch(reject);
    });
    try {
      return new Link(await abortable(connecting, signal, (late) => void new Link(late, lifeline).end(patienceMs)), lifeline);
    } catch (error) {
      // One that is still under way is logged out again by the line above, or fails here.
      connecting.catch(() => undefined);
      if (!signal.aborted) lifeline.cut();
      else setTimeout(() => lifeline.cut(), patienceMs).unref();
      throw error;
    }
  }

  /** Aborts when the connection was ended or cut. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Runs in its turn. An abort cancels at the engine, and rejects at once, unless `heard`: then the engine says how it ended. The next statement
   * waits until the engine has let go. What was surely never sent is marked by `withoutEffect`.
   */
  run(asking: Asking, signal: AbortSignal, heard = false): Promise<Answered> {
    const turn = this.#tail.then(() => this.#take(asking, signal));
    this.#tail = turn.catch(() => undefined);
    return heard ? turn : abortable(turn, signal);
  }

  /** Logs out; true when the engine confirmed it within `ms`. It goes on trying for a while after that, then cuts what is left. Idempotent. */
  end(ms: number): Promise<boolean> {
    this.#leave('ended');
    return this.#said(ms);
  }

  /** Ends at once whatever is under way, then logs out with nobody waiting. */
  cut(): void {
    if (this.#leaving === undefined) this.#lifeline.drop();
    this.#leave('lost');
  }

  #leave(why: string): void {
    this.#ended.abort(unavailable(why));
    this.#leaving ??= farewell(this.#connection, this.#lifeline);
  }

  async #said(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
    return Promise.race([this.#leaving as Promise<boolean>, late]).finally(() => clearTimeout(timer));
  }

  async #take(asking: Asking, signal: AbortSignal): Promise<Answered> {
    if (this.#ended.signal.aborted) throw withoutEffect(unavailable('lost', { why: unsent }));
    if (signal.aborted) throw withoutEffect(reasonOf(signal));
    return new Promise<Answered>((resolve, reject) => {
      let patience: NodeJS.Timeout | undefined;
      const settle = (work: () => void): void => {
        clearTimeout(patience);
        signal.removeEventListener('abort', cancel);
        this.#ended.signal.removeEventListener('abort', lose);
        work();
      };
      const lose = (): void => settle(() => reject(this.#ended.signal.reason as AccessError));
      const cancel = (): void => {
        patience = setTimeout(() => this.cut(), patienceMs);
        statement.cancel(() => undefined);
      };
      const statement = this.#execute(asking, (error, answered) => settle(() => (error === undefined ? resolve(answered as Answered) : reject(error))));
      signal.addEventListener('abort', cancel, { once: true });
      this.#ended.signal.addEventListener('abort', lose, { once: true });
    });
  }

  /** What the driver calls must not throw: nobody could catch it. */
  #execute({ sql, binds = [], parameters = {} }: Asking, done: (error: unknown, answered?: Answered) => void): DriverStatement {
    return this.#connection.execute({
      sqlText: sql, streamResult: true, rowMode: 'array', parameters: { MULTI_STATEMENT_COUNT: 1, ...parameters }, ...(binds.length === 0 ? {} : { binds: [...binds] as (string | number)[] }),
      complete: (error, statement) => {
        try {
          if (error !== undefined && error !== null) done(error);
          else done(undefined, answeredBy(statement));
        } catch (thrown) {
          done(thrown);
        }
      },
    });
  }
}

function answeredBy(statement: DriverStatement): Answered {
  const columns = statement.getColumns();
  if (columns === undefined) throw unavailable('driver');
  handOutRaw(columns);
  return {
    queryId: statement.getQueryId(), columns, state: statement.getSessionState() as DriverState | undefined, batches: (signal) => batchesOf(statement.streamRows(), statement.getNumRows(), signal),
  };
}

/** All rows of a small answer. */
export async function rowsOf({ batches }: Answered, signal: AbortSignal): Promise<readonly RawRow[]> {
  const rows: RawRow[] = [];
  for await (const batch of batches(signal)) rows.push(...batch);
  return rows;
}
