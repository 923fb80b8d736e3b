import { constants } from 'node:fs';
import { open, rm, truncate, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FilePresence } from './file-presence.js';

/** On Linux a write of this file is an fdatasync as well (open(2), O_DSYNC): one wait instead of two. */
const opensSynced = process.platform === 'linux';
const openFlags =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_EXCL |
  (opensSynced ? constants.O_DSYNC : 0);

const segmentPattern = /^journal-(\d{8})\.jsonl$/;

export function formatSegmentName(number: number): string {
  return `journal-${String(number).padStart(8, '0')}.jsonl`;
}

/** The number of a segment by its file name; undefined for any other file. */
export function parseSegmentNumber(name: string): number | undefined {
  const match = segmentPattern.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** One file being written. `size` is what is known to be durable; after an error nothing beyond it counts. */
export class Segment {
  readonly number: number;
  readonly #file: FileHandle;
  readonly #presence: FilePresence;
  readonly #begun = performance.now();
  size = 0;

  private constructor(number: number, file: FileHandle, presence: FilePresence) {
    this.number = number;
    this.#file = file;
    this.#presence = presence;
  }

  get ageMs(): number {
    return performance.now() - this.#begun;
  }

  /** Makes a new file whose name survives a power cut. */
  static async create(directory: string, number: number): Promise<Segment> {
    const path = join(directory, formatSegmentName(number));
    const file = await open(path, openFlags, 0o600);
    try {
      const { ino } = await file.stat();
      await syncDirectory(directory);
      return new Segment(number, file, new FilePresence(path, file.fd, ino));
    } catch (error) {
      await file.close();
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Durable when resolved: written whole, synced, the file of that name in a directory we may write to, and confirmed.
   * Nothing of it is under way any more
   * when it rejects.
   */
  async append(bytes: Uint8Array, confirm: () => Promise<void> = async () => undefined): Promise<void> {
    // While the write is under way: what happens to the file from then on is the same before the write ends and after.
    const ends = await Promise.allSettled([this.#write(bytes), this.#presence.check()]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    await confirm();
    this.size += bytes.length;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, written);
      written += bytesWritten;
    }
    if (!opensSynced) await this.#file.datasync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Takes an empty file away, so that its number is free again. False where it is not in its place. */
  async remove(): Promise<boolean> {
    const { path } = this.#presence;
    if (!(await this.#presence.isInPlace())) return false;
    await rm(path);
    await syncDirectory(dirname(path));
    return true;
  }

  /**
   * Takes back what an append that failed may have left, so that nothing refused is found later: through its own
   * handle, for the directory may be elsewhere
   * just now and come back. Durable when resolved, through a handle that never failed where the file is still in its
   * place.
   */
  async truncate(): Promise<void> {
    await this.#file.truncate(this.size);
    if (await this.#presence.isInPlace()) await truncateFile(this.#presence.path, this.size);
    else await this.#file.sync();
  }
}

/** Shortens a file; durable when resolved. */
export async function truncateFile(path: string, size: number): Promise<void> {
  await truncate(path, size);
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
