import { constants, readlinkSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How long a thorough look is good for, milliseconds. */
const statIntervalMs = 100;

/**
 * Where an open file ought to be: a file that was deleted or moved away takes writes as before, and nobody finds them.
 * Linux tells the name of an open file
 * (proc_pid_fd(5)) without asking the disk, so it is asked each time; whether another file stands there, under a mount
 * or by another host's hand, and
 * whether the directory still may be written to, is looked at ten times a second. What is written in between is as
 * durable as ever.
 */
export class FilePresence {
  readonly path: string;
  readonly #inode: number;
  readonly #link: string;
  #name: string | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, fd: number, inode: number) {
    this.path = path;
    this.#inode = inode;
    this.#link = `/proc/self/fd/${fd}`;
    this.#name = readLinkName(this.#link);
  }

  /** Whether the file is still the one of its path. */
  async isInPlace(): Promise<boolean> {
    const there = await stat(this.path).catch(() => undefined);
    return there?.ino === this.#inode;
  }

  /** Throws where the file is not in its place, or nothing may be written there. */
  async check(): Promise<void> {
    const [now, name] = [performance.now(), readLinkName(this.#link)];
    if (name !== undefined && name === this.#name && now - this.#lookedAt < statIntervalMs) return;
    const [{ ino }] = await Promise.all([stat(this.path), access(dirname(this.path), constants.W_OK)]);
    if (ino !== this.#inode)
      throw Object.assign(new Error('the segment is not in its place any more'), { code: 'ENOENT' });
    // A path with a link in it may lead to the same file under another name.
    [this.#lookedAt, this.#name] = [now, name];
  }
}

/** Undefined where the system does not tell. */
function readLinkName(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
