import { access, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Rotation } from './options.js';
import { AppendFile, syncDirectory } from './append-file.js';

/** A file that is moved by others at any time is written again; one that is moved each time is a fault. */
const maxTries = 5;

/** A path that lines are appended to, whatever becomes of the file behind it. */
export class RotatingFile {
  readonly #path: string;
  readonly #rotation: Rotation;
  #file: AppendFile | undefined;

  constructor(path: string, rotation: Rotation) {
    this.#path = path;
    this.#rotation = rotation;
  }

  /** Durable in the file of this path when resolved; twice where the first one was moved away meanwhile. */
  async append(bytes: Buffer): Promise<void> {
    try {
      for (let tries = 0; tries < maxTries; tries += 1) {
        const file = await this.#openWritable(bytes.length);
        if (await file.append(bytes)) return;
        await this.close();
      }
    } catch (error) {
      await this.close().catch(() => undefined); // What failed to write or sync once cannot be trusted again.
      throw error;
    }
    throw new Error('the file is moved away again and again');
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #openWritable(bytes: number): Promise<AppendFile> {
    const { maxBytes, mode } = this.#rotation;
    if (this.#file !== undefined && !(await this.#file.isInPlace())) await this.close();
    this.#file ??= await AppendFile.open(this.#path, mode);
    const size = await this.#file.readSize();
    if (size === 0 || size + bytes <= maxBytes) return this.#file;
    await this.close();
    await this.#rotate();
    this.#file = await AppendFile.open(this.#path, mode);
    return this.#file;
  }

  /** Up to the first free number, so that a crash half-way costs no file. */
  async #rotate(): Promise<void> {
    let free = 1;
    while (free < this.#rotation.keep && (await isExisting(this.#formatPath(free)))) free += 1;
    for (let number = free; number > 0; number -= 1)
      await rename(this.#formatPath(number - 1), this.#formatPath(number));
    await syncDirectory(dirname(this.#path));
  }

  #formatPath(number: number): string {
    return number === 0 ? this.#path : `${this.#path}.${number}`;
  }
}

async function isExisting(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
