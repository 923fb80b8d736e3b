import { open } from 'node:fs/promises';
import { AccessError } from '../../core/index.js';
import { formatOwner, parseOwner, type LeaseOwner } from './lease-owner.js';

/**
 * How a directory is held, milliseconds. What is written is begun within `validMs` of a renewal, and nobody takes over
 * before `watchMs` without one.
 */
export interface LeaseTimes {
  readonly renewMs: number;
  readonly validMs: number;
  readonly watchMs: number;
}

export const defaultLeaseTimes: LeaseTimes = { renewMs: 1_500, validMs: 5_000, watchMs: 10_000 };

export interface LeaseParts {
  readonly path: string;
  readonly owner: LeaseOwner;
  readonly times: LeaseTimes;
  /** The former holder was not heard of, and may only be asleep. */
  readonly tookOver: boolean;
  /** Places the lock file where there is none; false where there is one. */
  readonly placeLockFile: (owner: LeaseOwner) => Promise<boolean>;
  /** Takes the lock file away. */
  readonly removeLockFile: () => Promise<void>;
  /** Whether somebody else wrote to the directory while there was no lock file in it. */
  readonly hasForeignWrites: () => Promise<boolean>;
  readonly onReleased: () => void;
}

/**
 * The right to write to a directory, for a time. It is renewed in the lock file every few seconds, which is how others
 * see that its holder lives. A holder
 * that was asleep, or whose directory was away, looks before it writes anything more; one that finds another holder
 * there never writes again.
 */
export class Lease {
  readonly tookOver: boolean;
  readonly #parts: LeaseParts;
  readonly #timer: NodeJS.Timeout;
  #renewalTimer: number;
  #renewedAt = readClocks();
  #renewing: Promise<void> | undefined;
  #lost: AccessError | undefined;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.tookOver = parts.tookOver;
    this.#renewalTimer = parts.owner.beat;
    this.#timer = setInterval(() => void this.renew().catch(() => undefined), parts.times.renewMs).unref();
  }

  /** Whether it is surely held now: by both clocks, since one of them stands still while a machine sleeps. */
  get isFresh(): boolean {
    const [passed, wall] = readClocks();
    const { validMs } = this.#parts.times;
    return (
      this.#lost === undefined && passed - this.#renewedAt[0] < validMs && Math.abs(wall - this.#renewedAt[1]) < validMs
    );
  }

  /**
   * Throws AUDIT_UNAVAILABLE where the directory is another one's by now, for good; and what the system says where that
   * cannot be found out.
   */
  async check(): Promise<void> {
    // A renewal that was under way may have begun before a sleep, and prove nothing.
    for (let attempt = 0; attempt < 3 && !this.isFresh; attempt += 1) await this.renew();
    if (!this.isFresh) throw createMissingLockError();
  }

  /** Another process wrote where only the holder may: nothing more is written. */
  markLost(how: string): AccessError {
    this.#lost ??= new AccessError(
      'AUDIT_UNAVAILABLE',
      `another process writes to the journal's directory: ${how}. This one writes nothing more; restart it with a directory of its own`,
      { detail: { reason: 'taken_over' } },
    );
    clearInterval(this.#timer);
    return this.#lost;
  }

  renew(): Promise<void> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Waits for a renewal under way, and takes the lock file away where it is this holder's. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing?.catch(() => undefined);
    const there = await this.#read().catch(() => undefined);
    if (this.#lost === undefined && there?.run === this.#parts.owner.run) await this.#parts.removeLockFile();
    this.#lost ??= new AccessError('AUDIT_UNAVAILABLE', 'the journal is closed');
    this.#parts.onReleased();
  }

  /**
   * A renewal counts from when it began, and only when it is found in its place afterwards: whoever moves the file away
   * meanwhile reads it after that.
   */
  async #renew(): Promise<void> {
    const begun = readClocks();
    const beat = this.#renewalTimer + 1;
    this.#renewalTimer = beat;
    if (!(await this.#write(beat))) await this.#restoreLockFile();
    const there = await this.#read();
    this.#checkOwn(there);
    if (there.beat < beat) throw createMissingLockError();
    this.#renewedAt = begun;
  }

  /** False where there is no lock file. */
  async #write(beat: number): Promise<boolean> {
    const file = await open(this.#parts.path, 'r+').catch(ignoreMissing);
    if (file === undefined) return false;
    try {
      this.#checkOwn(parseOwner(await file.readFile('utf8')));
      await file.write(formatOwner({ ...this.#parts.owner, beat }), 0);
    } finally {
      await file.close();
    }
    return true;
  }

  async #read(): Promise<LeaseOwner | undefined> {
    const file = await open(this.#parts.path, 'r').catch(ignoreMissing);
    try {
      return file === undefined ? undefined : parseOwner(await file.readFile('utf8'));
    } finally {
      await file?.close();
    }
  }

  /** The lock file is gone: with its directory, for a while, or by the hand of one who held it meanwhile and left. */
  async #restoreLockFile(): Promise<void> {
    if (!(await this.#parts.placeLockFile({ ...this.#parts.owner, beat: this.#renewalTimer })))
      throw createMissingLockError();
    if (!(await this.#parts.hasForeignWrites())) return;
    await this.#parts.removeLockFile();
    throw this.markLost('files of another one stand in it');
  }

  /** What cannot be read, or is not there, is looked for again. */
  #checkOwn(there: LeaseOwner | undefined): asserts there is LeaseOwner {
    if (there === undefined) throw createMissingLockError();
    if (there.run !== this.#parts.owner.run)
      throw this.markLost(`process ${there.pid} on host ${there.host} took it over`);
  }
}

function readClocks(): readonly [number, number] {
  return [performance.now(), Date.now()];
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function createMissingLockError(): Error {
  return Object.assign(new Error('the lock file is not in its place'), { code: 'ENOENT' });
}
