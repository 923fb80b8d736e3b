import { raceSignal, AccessError } from '../../../core/index.js';
import type { CredentialProvider } from '../credential.js';
import { connect, type Account } from '../connect.js';
import { readAllRows, notSent, type DriverAnswer, type SnowflakeConnection } from '../driver/snowflake-connection.js';
import { loadDriver } from '../driver/load-driver.js';
import { runWithTimeout } from '../driver/timeout.js';
import { createEngineError, createUnavailableError } from '../errors.js';

/** The user that manages roles, and nothing else. */
export interface AdminConnectionSettings {
  readonly account: Account;
  readonly credentials: CredentialProvider;
  readonly user: string;
  readonly role: string;
}

const [statementMs, idleMs, logoutMs] = [10_000, 60_000, 2_000];

const neverAborted = new AbortController().signal;

export type RowRecords = readonly Readonly<Record<string, string | null>>[];

/** The admin connection: made when there is something to do, kept for a minute after, made again when it was lost. */
export class AdminConnection {
  readonly #settings: AdminConnectionSettings;
  #connection: Promise<SnowflakeConnection> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #busy = 0;
  #closed = false;

  constructor(settings: AdminConnectionSettings) {
    this.#settings = settings;
  }

  /**
   * Runs one statement; rows by lower-case column name. Throws ENGINE_UNAVAILABLE with the step, Snowflake's code in
   * `detail`.
   */
  async run(step: string, sql: string, signal?: AbortSignal): Promise<RowRecords> {
    this.#busy += 1;
    clearTimeout(this.#idle);
    try {
      // The time for a statement is the account's; importing the driver is ours, and slow on a busy machine.
      await raceSignal(loadDriver(), signal ?? neverAborted);
      return await runWithTimeout(statementMs, step, async (stop) => this.#runWithRetry(sql, stop), signal);
    } catch (error) {
      throw createEngineError(error, step);
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0 && !this.#closed) this.#idle = setTimeout(() => void this.#disconnect(), idleMs).unref();
    }
  }

  /** Logs out. What runs is cancelled. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#disconnect();
  }

  async #runWithRetry(sql: string, signal: AbortSignal): Promise<RowRecords> {
    const answered = await this.#send(sql, signal).catch((error: unknown) => {
      // Another one's trouble ended the connection before this had its turn.
      if (AccessError.is(error) && error.detail['why'] === notSent && !this.#closed) return this.#send(sql, signal);
      throw error;
    });
    const names = answered.columns.map((column) => column.getName().toLowerCase());
    return (await readAllRows(answered, signal)).map((row) =>
      Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])),
    );
  }

  async #send(sql: string, signal: AbortSignal): Promise<DriverAnswer> {
    return (await this.#connect(signal)).run({ sql }, signal);
  }

  async #connect(signal: AbortSignal): Promise<SnowflakeConnection> {
    const before = this.#connection;
    const link =
      before === undefined
        ? undefined
        : await raceSignal(
            before.catch(() => undefined),
            signal,
          );
    if (this.#closed) throw createUnavailableError('closed');
    if (link?.ended.aborted === false) return link;
    // Who waited beside us has dialled already: one line, or the other would never be hung up.
    if (this.#connection !== before) return this.#connect(signal);
    const { account, credentials, user, role } = this.#settings;
    const line = connect(account, credentials, { user, role, expiresAt: Date.now() + 10 * 60_000 }, signal);
    this.#connection = line;
    return line;
  }

  async #disconnect(): Promise<void> {
    const line = this.#connection;
    this.#connection = undefined;
    await (await line?.catch(() => undefined))?.end(logoutMs);
  }
}
