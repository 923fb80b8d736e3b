import type { DuckDBConnection } from '@duckdb/node-api';
import { AccessError, withoutEffect } from '../../core/index.js';
import { createAbortError, createEngineError } from './errors.js';

const interruptEveryMs = 10;

/** One engine connection, used by one call at a time; an abort interrupts the call that is running, and only that. */
export class SerialConnection {
  readonly #connection: DuckDBConnection;
  #tail: Promise<unknown> = Promise.resolve();
  #interrupt: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /**
   * Runs `work` in its turn. Rejects at once on abort, unless `heard`: then the engine says how it ended. The next call
   * waits in any case until the engine has let go.
   */
  run<T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal, heard = false): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(withoutEffect(createClosedError()));
    const turn = this.#tail.then(() => this.#execute(work, signal));
    this.#tail = turn.catch(() => undefined);
    return signal === undefined || heard ? turn : raceAbort(turn, signal);
  }

  /**
   * Runs `work` in its turn and to its end: neither an abort nor `close` interrupts it. DuckDB reports a commit as
   * interrupted that is made already.
   */
  runToEnd<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const turn = this.#tail.then(() => {
      if (this.#closing !== undefined) throw withoutEffect(createClosedError());
      return work(this.#connection);
    });
    this.#tail = turn.catch(() => undefined);
    return turn.catch((error: unknown) => Promise.reject(createEngineError(error)));
  }

  /**
   * Throws where the call that just ended was told to end: DuckDB says nothing of an interrupt that comes while rows
   * are fetched.
   */
  throwIfEnded(signal: AbortSignal): void {
    if (this.#closing !== undefined) throw createClosedError();
    if (signal.aborted) throw createAbortError(signal);
  }

  /** Interrupts what runs, waits for the engine to let go, disconnects. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#interrupt?.();
      await this.#tail;
      this.#connection.disconnectSync();
    })();
    return this.#closing;
  }

  async #execute<T>(work: (connection: DuckDBConnection) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (this.#closing !== undefined) throw withoutEffect(createClosedError());
    if (signal?.aborted) throw withoutEffect(createAbortError(signal));
    let timer: NodeJS.Timeout | undefined;
    // An interrupt that arrives before the engine has begun is forgotten by it, so it is repeated until the call ends.
    const interrupt = (): void => {
      this.#connection.interrupt();
      timer ??= setInterval(() => this.#connection.interrupt(), interruptEveryMs);
    };
    this.#interrupt = interrupt;
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      return await work(this.#connection);
    } catch (error) {
      throw this.#explainEnd(createEngineError(error), signal);
    } finally {
      clearInterval(timer);
      // The last interrupt may have come after the end; this takes it, so that no later call does.
      if (timer !== undefined) await this.#connection.run('SELECT 1').catch(() => undefined);
      this.#interrupt = undefined;
      signal?.removeEventListener('abort', interrupt);
    }
  }

  /**
   * Why a call ended, where it was told to. What was interrupted is rolled back: a change commits in a call of its own,
   * which nothing interrupts.
   */
  #explainEnd(failure: AccessError, signal: AbortSignal | undefined): AccessError {
    const why =
      this.#closing !== undefined
        ? createClosedError()
        : signal?.aborted === true
          ? createAbortError(signal)
          : undefined;
    if (why === undefined) return failure;
    return failure.code === 'ENGINE_REJECTED' ? withoutEffect(why) : why;
  }
}

/** Closes a line that is none of the open ones any more. */
export function closeConnection(line: SerialConnection, open: Set<SerialConnection>): Promise<void> {
  open.delete(line);
  return line.close();
}

function raceAbort<T>(turn: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted)
    return turn.then(
      () => Promise.reject(createAbortError(signal)),
      () => Promise.reject(createAbortError(signal)),
    );
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(createAbortError(signal));
    signal.addEventListener('abort', stop, { once: true });
    turn
      .then(resolve, (error: unknown) => reject(signal.aborted ? createAbortError(signal) : error))
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

function createClosedError(): AccessError {
  return new AccessError('SESSION_CLOSED');
}
