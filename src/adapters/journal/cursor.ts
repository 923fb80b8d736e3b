import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { DurablePosition } from './durable-mark.js';
import { syncDirectory } from './segment.js';

/** How far a receiver has the record: everything before `offset` of `segment`. */
export interface CursorPosition extends DurablePosition {
  /** The newest segment of which a delivered checkpoint tells the end; 0 for none. */
  readonly sealed: number;
}

const startPosition: CursorPosition = { segment: 0, offset: 0, sealed: 0 };

/** A receiver's place in the record, kept in a file of its own beside the segments. */
export class Cursor {
  readonly #directory: string;
  readonly #path: string;
  #position: CursorPosition = startPosition;

  private constructor(directory: string, sink: string) {
    this.#directory = directory;
    this.#path = join(directory, `cursor-${sink}.json`);
  }

  /**
   * As the last run left it; from the beginning where it left none or one that cannot be read, since twice is better
   * than never.
   */
  static async load(directory: string, sink: string): Promise<Cursor> {
    const cursor = new Cursor(directory, sink);
    const text = await readFile(cursor.#path, 'utf8').catch(() => '');
    cursor.#position = parsePosition(text) ?? startPosition;
    return cursor;
  }

  /** No earlier run left it. */
  get isNew(): boolean {
    return this.#position === startPosition;
  }

  get position(): CursorPosition {
    return this.#position;
  }

  /** Whole or not at all, also through a crash. */
  async save(position: CursorPosition): Promise<void> {
    const draft = `${this.#path}.new`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(position));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#path);
    await syncDirectory(this.#directory);
    this.#position = position;
  }
}

function parsePosition(text: string): CursorPosition | undefined {
  try {
    const { segment, offset, sealed } = JSON.parse(text) as CursorPosition;
    return [segment, offset, sealed].every((each) => Number.isSafeInteger(each) && each >= 0)
      ? { segment, offset, sealed }
      : undefined;
  } catch {
    return undefined;
  }
}
