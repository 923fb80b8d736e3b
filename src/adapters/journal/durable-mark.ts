import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from './segment.js';

/** The end of what is durable. */
export interface DurablePosition {
  readonly segment: number;
  readonly offset: number;
}

const flags = constants.O_RDWR | constants.O_CREAT;

function formatPath(directory: string): string {
  return join(directory, 'durable.json');
}

/** Always of the same length, so that one write replaces the one before. */
function formatMark({ segment, offset }: DurablePosition): string {
  return `{"segment":${String(segment).padStart(9)},"offset":${String(offset).padStart(16)}}\n`;
}

/** How far an earlier run surely got, or further: undefined where it did not say. */
export async function readMark(directory: string): Promise<DurablePosition | undefined> {
  const text = await readFile(formatPath(directory), 'utf8').catch(() => '');
  try {
    const { segment, offset } = JSON.parse(text) as DurablePosition;
    return [segment, offset].every((each) => Number.isSafeInteger(each) && each >= 0) ? { segment, offset } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps in `durable.json` how far the record was acknowledged, so that a start can tell a torn end from damage. Synced
 * with each new segment; in between it is only
 * written, so that a power cut may leave an older mark, and never one that is ahead. Where it cannot be written the
 * record goes on without it.
 */
export class DurableMark {
  readonly #directory: string;
  #file: FileHandle | undefined;
  #latest: DurablePosition | undefined;
  #writing: Promise<void> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** A new segment; nothing of it is acknowledged. */
  async begin(segment: number): Promise<void> {
    try {
      await this.close();
      this.#file = await open(formatPath(this.#directory), flags, 0o600);
      await this.#file.write(formatMark({ segment, offset: 0 }), 0);
      await this.#file.sync();
      await syncDirectory(this.#directory);
    } catch {
      await this.close();
    }
  }

  /** All before it is durable, and will be acknowledged. */
  update(to: DurablePosition): void {
    this.#latest = to;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }

  async #write(): Promise<void> {
    for (let next = this.#latest; next !== undefined; next = this.#latest) {
      this.#latest = undefined;
      await this.#file?.write(formatMark(next), 0).catch(() => undefined);
    }
  }
}
