import { abortable, AccessError } from '../../../core/index.js';
import type { Keeper } from '../credential.js';
import { dial, type Account } from '../dial.js';
import { rowsOf, unsent, type Answered, type Link } from '../driver/link.js';
import { loadDriver } from '../driver/load.js';
import { within } from '../driver/within.js';
import { engineFailure, unavailable } from '../failure.js';

/** The user that manages roles, and nothing else. */
export interface ClerkSettings {
  readonly account: Account;
  readonly keeper: Keeper;
  readonly user: string;
  readonly role: string;
}

const [statementMs, idleMs, goodbyeMs] = [10_000, 60_000, 2_000];

const never = new AbortController().signal;

export type Records = readonly Readonly<Record<string, string | null>>[];

/** The admin connection: made when there is something to do, kept for a minute after, made again when it was lost. */
export class Clerk {
  readonly #settings: ClerkSettings;
  #line: Promise<Link> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #busy = 0;
  #closed = false;

  constructor(settings: ClerkSettings) {
    this.#settings = settings;
  }

  /** Runs one statement; rows by lower-case column name. Throws ENGINE_UNAVAILABLE with the step, Snowflake's code in `detail`. */
  async run(step: string, sql: string, signal?: AbortSignal): Promise<Records> {
    this.#busy += 1;
    clearTimeout(this.#idle);
    try {
      // The time for a statement is the account's; importing the driver is ours, and slow on a busy machine.
      await abortable(loadDriver(), signal ?? never);
      return await within(statementMs, step, async (stop) => this.#say(sql, stop), signal);
    } catch (error) {
      throw engineFailure(error, step);
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0 && !this.#closed) this.#idle = setTimeout(() => void this.#hangUp(), idleMs).unref();
    }
  }

  /** Logs out. What runs is cancelled. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#hangUp();
  }

  async #say(sql: string, signal: AbortSignal): Promise<Records> {
    const answered = await this.#sent(sql, signal).catch((error: unknown) => {
      // Another one's trouble ended the connection before this had its turn.
      if (AccessError.is(error) && error.detail['why'] === unsent && !this.#closed) return this.#sent(sql, signal);
      throw error;
    });
    const names = answered.columns.map((column) => column.getName().toLowerCase());
    return (await rowsOf(answered, signal)).map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
  }

  async #sent(sql: string, signal: AbortSignal): Promise<Answered> {
    return (await this.#connected(signal)).run({ sql }, signal);
  }

  async #connected(signal: AbortSignal): Promise<Link> {
    const before = this.#line;
    const link = before === undefined ? undefined : await abortable(before.catch(() => undefined), signal);
    if (this.#closed) throw unavailable('closed');
    if (link?.ended.aborted === false) return link;
    // Who waited beside us has dialled already: one line, or the other would never be hung up.
    if (this.#line !== before) return this.#connected(signal);
    const { account, keeper, user, role } = this.#settings;
    const line = dial(account, keeper, { user, role, expiresAt: Date.now() + 10 * 60_000 }, signal);
    this.#line = line;
    return line;
  }

  async #hangUp(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    await (await line?.catch(() => undefined))?.end(goodbyeMs);
  }
}
