import { access, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Rotation } from './options.js';
import { Opened, syncDirectory } from './opened.js';

/** A file that is moved by others at any time is written again; one that is moved each time is a fault. */
const mostTries = 5;

/** A path that lines are appended to, whatever becomes of the file behind it. */
export class Rotating {
  readonly #path: string;
  readonly #rotation: Rotation;
  #file: Opened | undefined;

  constructor(path: string, rotation: Rotation) {
    this.#path = path;
    this.#rotation = rotation;
  }

  /** Durable in the file of this path when resolved; twice where the first one was moved away meanwhile. */
  async append(bytes: Buffer): Promise<void> {
    try {
      for (let tries = 0; tries < mostTries; tries += 1) {
        const file = await this.#writable(bytes.length);
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

  async #writable(bytes: number): Promise<Opened> {
    const { maxBytes, mode } = this.#rotation;
    if (this.#file !== undefined && !(await this.#file.named())) await this.close();
    this.#file ??= await Opened.at(this.#path, mode);
    const size = await this.#file.size();
    if (size === 0 || size + bytes <= maxBytes) return this.#file;
    await this.close();
    await this.#rotate();
    this.#file = await Opened.at(this.#path, mode);
    return this.#file;
  }

  /** Up to the first free number, so that a crash half-way costs no file. */
  async #rotate(): Promise<void> {
    let free = 1;
    while (free < this.#rotation.keep && await exists(this.#numbered(free))) free += 1;
    for (let number = free; number > 0; number -= 1) await rename(this.#numbered(number - 1), this.#numbered(number));
    await syncDirectory(dirname(this.#path));
  }

  #numbered(number: number): string {
    return number === 0 ? this.#path : `${this.#path}.${number}`;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
