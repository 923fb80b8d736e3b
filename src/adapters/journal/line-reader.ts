import { open, type FileHandle } from 'node:fs/promises';
import { decodeUtf8 } from './file-lines.js';

const newline = 0x0a;
/** What one read brings: some tens of events, so that the event loop has a turn after a few milliseconds of parsing. */
const windowBytes = 65_536;

/** Lines at known places of files, read as they are wanted; those that stand together come with one read. */
export class LineReader {
  readonly #getPath: (file: number) => string;
  #handle: FileHandle | undefined;
  #file: number | undefined;
  #start = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(pathOf: (file: number) => string) {
    this.#getPath = pathOf;
  }

  /**
   * The line that begins at this offset, undefined where it is not UTF-8, and the offset behind its newline; undefined
   * where the file ends before the line does.
   */
  async readLine(
    file: number,
    offset: number,
  ): Promise<{ readonly text: string | undefined; readonly end: number } | undefined> {
    await this.#openFile(file);
    for (let size = windowBytes, ended = false; ; size *= 2) {
      const from = offset - this.#start;
      const at = from < 0 || from > this.#window.length ? -1 : this.#window.indexOf(newline, from);
      if (at >= 0) return { text: decodeUtf8(this.#window.subarray(from, at)), end: this.#start + at + 1 };
      if (ended) return undefined;
      ended = (await this.#read(offset, size)) < size;
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #openFile(file: number): Promise<void> {
    if (this.#file === file) return;
    await this.close();
    this.#handle = await open(this.#getPath(file), 'r');
    [this.#file, this.#window] = [file, Buffer.alloc(0)];
  }

  async #read(offset: number, size: number): Promise<number> {
    const buffer = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = (await this.#handle?.read(buffer, length, size - length, offset + length)) ?? {
        bytesRead: 0,
      };
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    [this.#start, this.#window] = [offset, buffer.subarray(0, length)];
    return length;
  }
}
