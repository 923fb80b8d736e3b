import { constants, type BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const newline = 0x0a;

/** A file open for appending, and what tells that its path still names it. */
export class Opened {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #identity: string;
  /** Its last line has no end, as a crash leaves it: what comes next begins on a new one. */
  #torn: boolean;

  private constructor(path: string, file: FileHandle, identity: string, torn: boolean) {
    this.#path = path;
    this.#file = file;
    this.#identity = identity;
    this.#torn = torn;
  }

  /** Opens what is there, or makes a file whose name survives a power cut. Throws for anything that is no plain file. */
  static async at(path: string, mode: number): Promise<Opened> {
    const file = await open(path, flags, mode);
    try {
      const stats = await file.stat({ bigint: true });
      if (!stats.isFile()) throw new Error('not a plain file');
      if (stats.size === 0n) await syncDirectory(dirname(path));
      return new Opened(path, file, identityOf(stats), stats.size > 0n && await lastByte(file, Number(stats.size)) !== newline);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async size(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  /** Whether the path still names this file: a rotation by others moves or deletes it. */
  async named(): Promise<boolean> {
    const there = await stat(this.#path, { bigint: true }).catch(absent);
    return there !== undefined && identityOf(there) === this.#identity;
  }

  /** Durable when resolved (fdatasync). False where the file was moved, deleted or emptied meanwhile, so that nobody may ever read it. Leaves nothing behind when it rejects. */
  async append(bytes: Buffer): Promise<boolean> {
    const start = await this.size();
    const whole = this.#torn ? Buffer.concat([Buffer.of(newline), bytes]) : bytes;
    let written = 0;
    try {
      while (written < whole.length) written += (await this.#file.write(whole, written)).bytesWritten;
      await this.#file.datasync();
    } catch (error) {
      await this.#takeBack(start, written).catch(() => undefined);
      throw error;
    }
    this.#torn = false;
    return await this.size() >= start + whole.length && await this.named();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Only what this append wrote: where somebody else wrote too, or emptied the file, it stays as it is, and the next one to open it begins a new line. */
  async #takeBack(start: number, written: number): Promise<void> {
    if (await this.size() !== start + written) return;
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

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

async function lastByte(file: FileHandle, size: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 0 ? newline : buffer[0];
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
