import type { Json, OrphanedSession } from '../../../core/index.js';
import { quoteLikeLiteral } from '../names.js';
import type { AdminConnection, RowRecords } from './admin-connection.js';
import { isOwnRoleName, parseRoleComment, type RoleComment } from './role-comment.js';

export interface ReaperSettings {
  readonly admin: AdminConnection;
  readonly owner: string;
  readonly prefix: string;
  readonly reapEveryMs: number;
}

/** Time for a session's own end to finish, and for clocks to differ, milliseconds. */
const graceMs = 30_000;

/**
 * Finishes what a crash or a lost answer left: roles of ours whose session is over. It touches nothing whose name,
 * owner and comment are not ours.
 */
export class Reaper {
  readonly #settings: ReaperSettings;
  readonly #drop: (role: string) => Promise<void>;
  readonly #recordRemoval: (data: Readonly<Record<string, Json>>, session: string) => Promise<void>;
  readonly #undropped = new Set<string>();
  /** Sessions that are over, with the role that the record says they had. */
  #endedSessions: ReadonlyMap<string, string | undefined> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    settings: ReaperSettings,
    drop: (role: string) => Promise<void>,
    tell: (data: Readonly<Record<string, Json>>, session: string) => Promise<void>,
  ) {
    this.#settings = settings;
    this.#drop = drop;
    this.#recordRemoval = tell;
  }

  /** The first round begins now; `dead` are sessions whose roles need not be waited for. */
  start(dead: readonly OrphanedSession[]): void {
    this.#endedSessions = new Map(
      dead.map(({ session, applied }) => [
        session,
        typeof applied?.['role'] === 'string' ? applied['role'] : undefined,
      ]),
    );
    this.#schedule(0);
  }

  /** A role that could not be dropped. */
  addFailed(role: string): void {
    this.#undropped.add(role);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      // A round that fails is made again; there is nobody to tell but the record, where the role's end is missing.
      this.#round = this.#reap()
        .catch(() => undefined)
        .then(() => this.#schedule(this.#settings.reapEveryMs));
    }, ms).unref();
  }

  async #reap(): Promise<void> {
    const { admin, prefix } = this.#settings;
    const there = await admin.run('reaper', `SHOW ROLES LIKE ${quoteLikeLiteral(prefix).slice(0, -1)}%'`);
    const names = new Set(there.map((row) => row['name']));
    for (const name of this.#undropped) if (!names.has(name)) this.#undropped.delete(name);
    const failed = new Set<string>();
    for (const row of there) {
      const stamp = this.#findOverdue(row);
      const role = row['name'] as string;
      if (stamp !== undefined) await this.#dropRole(role, stamp).catch(() => failed.add(stamp.session));
    }
    for (const [session, role] of this.#endedSessions) {
      if (role !== undefined && !names.has(role))
        await this.#recordRemoval({ role, by: 'reaper', found: 'gone' }, session).catch(() => failed.add(session));
    }
    this.#endedSessions = new Map([...this.#endedSessions].filter(([session]) => failed.has(session)));
  }

  /** What the role's comment says, where it is one of ours whose time is over. */
  #findOverdue(row: RowRecords[number]): RoleComment | undefined {
    const { owner, prefix } = this.#settings;
    const name = row['name'] ?? '';
    const stamp = parseRoleComment(row['comment'] ?? '');
    if (stamp === undefined || row['owner'] !== owner || !isOwnRoleName(name, prefix)) return undefined;
    const over =
      this.#undropped.has(name) || this.#endedSessions.has(stamp.session) || stamp.until + graceMs < Date.now();
    return over ? stamp : undefined;
  }

  async #dropRole(role: string, { session, until }: RoleComment): Promise<void> {
    await this.#drop(role);
    this.#undropped.delete(role);
    await this.#recordRemoval({ role, by: 'reaper', expiresAt: until }, session);
  }
}
