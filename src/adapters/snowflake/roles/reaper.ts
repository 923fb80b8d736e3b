import type { Json, LeftOver } from '../../../core/index.js';
import { likeLiteral } from '../names.js';
import type { Clerk, Records } from './clerk.js';
import { isFreshName, readStamp, type Stamp } from './stamp.js';

export interface ReaperSettings {
  readonly clerk: Clerk;
  readonly owner: string;
  readonly prefix: string;
  readonly reapEveryMs: number;
}

/** Time for a session's own end to finish, and for clocks to differ, milliseconds. */
const graceMs = 30_000;

/** Finishes what a crash or a lost answer left: roles of ours whose session is over. It touches nothing whose name, owner and comment are not ours. */
export class Reaper {
  readonly #settings: ReaperSettings;
  readonly #drop: (role: string) => Promise<void>;
  readonly #tell: (data: Readonly<Record<string, Json>>, session: string) => Promise<void>;
  readonly #owed = new Set<string>();
  /** Sessions that are over, with the role that the record says they had. */
  #dead: ReadonlyMap<string, string | undefined> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(settings: ReaperSettings, drop: (role: string) => Promise<void>, tell: (data: Readonly<Record<string, Json>>, session: string) => Promise<void>) {
    this.#settings = settings;
    this.#drop = drop;
    this.#tell = tell;
  }

  /** The first round begins now; `dead` are sessions whose roles need not be waited for. */
  start(dead: readonly LeftOver[]): void {
    this.#dead = new Map(dead.map(({ session, applied }) => [session, typeof applied?.['role'] === 'string' ? applied['role'] : undefined]));
    this.#next(0);
  }

  /** A role that could not be dropped. */
  owe(role: string): void {
    this.#owed.add(role);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #next(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      // A round that fails is made again; there is nobody to tell but the record, where the role's end is missing.
      this.#round = this.#reap().catch(() => undefined).then(() => this.#next(this.#settings.reapEveryMs));
    }, ms).unref();
  }

  async #reap(): Promise<void> {
    const { clerk, prefix } = this.#settings;
    const there = await clerk.run('reaper', `SHOW ROLES LIKE ${likeLiteral(prefix).slice(0, -1)}%'`);
    const names = new Set(there.map((row) => row['name']));
    for (const name of this.#owed) if (!names.has(name)) this.#owed.delete(name);
    const failed = new Set<string>();
    for (const row of there) {
      const stamp = this.#overdue(row);
      const role = row['name'] as string;
      if (stamp !== undefined) await this.#finish(role, stamp).catch(() => failed.add(stamp.session));
    }
    for (const [session, role] of this.#dead) {
      if (role !== undefined && !names.has(role)) await this.#tell({ role, by: 'reaper', found: 'gone' }, session).catch(() => failed.add(session));
    }
    this.#dead = new Map([...this.#dead].filter(([session]) => failed.has(session)));
  }

  /** What the role's comment says, where it is one of ours whose time is over. */
  #overdue(row: Records[number]): Stamp | undefined {
    const { owner, prefix } = this.#settings;
    const name = row['name'] ?? '';
    const stamp = readStamp(row['comment'] ?? '');
    if (stamp === undefined || row['owner'] !== owner || !isFreshName(name, prefix)) return undefined;
    const over = this.#owed.has(name) || this.#dead.has(stamp.session) || stamp.until + graceMs < Date.now();
    return over ? stamp : undefined;
  }

  async #finish(role: string, { session, until }: Stamp): Promise<void> {
    await this.#drop(role);
    this.#owed.delete(role);
    await this.#tell({ role, by: 'reaper', expiresAt: until }, session);
  }
}
