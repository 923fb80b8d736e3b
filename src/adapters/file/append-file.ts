import { constants, type BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const newline = 0x0a;

/** A file open for appending, and what tells that its path still names it. */
export class AppendFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #identity: string;
  /** Its last line has no end, as a crash leaves it: what comes next begins on a new one. */
  #incompleteLine: boolean;

  private constructor(path: string, file: FileHandle, identity: string, torn: boolean) {
    this.#path = path;
    this.#file = file;
    this.#identity = identity;
    this.#incompleteLine = torn;
  }

  /**
   * Opens what is there, or makes a file whose name survives a power cut. Throws for anything that is no plain file.
   */
  static async open(path: string, mode: number): Promise<AppendFile> {
    const file = await open(path, flags, mode);
    try {
      const stats = await file.stat({ bigint: true });
      if (!stats.isFile()) throw new Error('not a plain file');
      if (stats.size === 0n) await syncDirectory(dirname(path));
      return new AppendFile(
        path,
        file,
        createFileKey(stats),
        stats.size > 0n && (await readLastByte(file, Number(stats.size))) !== newline,
      );
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async readSize(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  /** Whether the path still names this file: a rotation by others moves or deletes it. */
  async isInPlace(): Promise<boolean> {
    const there = await stat(this.#path, { bigint: true }).catch(ignoreMissing);
    return there !== undefined && createFileKey(there) === this.#identity;
  }

  /**
   * Durable when resolved (fdatasync). False where the file was moved, deleted or emptied meanwhile, so that nobody may
   * ever read it. Leaves nothing behind when it rejects.
   */
  async append(bytes: Buffer): Promise<boolean> {
    const start = await this.readSize();
    const whole = this.#incompleteLine ? Buffer.concat([Buffer.of(newline), bytes]) : bytes;
    let written = 0;
    try {
      while (written < whole.length) written += (await this.#file.write(whole, written)).bytesWritten;
      await this.#file.datasync();
    } catch (error) {
      await this.#rollBack(start, written).catch(() => undefined);
      throw error;
    }
    this.#incompleteLine = false;
    return (await this.readSize()) >= start + whole.length && (await this.isInPlace());
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /**
   * Only what this append wrote: where somebody else wrote too, or emptied the file, it stays as it is, and the next
   * one to open it begins a new line.
   */
  async #rollBack(start: number, written: number): Promise<void> {
    if ((await this.readSize()) !== start + written) return;
    await this.#file.truncate(start);
    await this.#file.sync();
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

function createFileKey({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

async function readLastByte(file: FileHandle, size: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 0 ? newline : buffer[0];
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
