import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError, type DeliveryMessage, type RecordFormat } from '../../core/index.js';
import type { CursorPosition } from './cursor.js';
import { readLineGroups, type FileLine } from './file-lines.js';
import { formatSegmentName, parseSegmentNumber } from './segment.js';
import type { DurablePosition } from './durable-mark.js';

/** What a receiver gets next, and where it stands then. */
export interface DeliveryBatch {
  readonly messages: readonly DeliveryMessage[];
  readonly after: CursorPosition;
  /** As large as a batch may be: more has no place in it. */
  readonly full: boolean;
}

const maxMessages = 500;
const maxBatchBytes = 512 * 1024;

/** The numbers of the segments in a directory, rising. */
export async function listSegments(directory: string): Promise<readonly number[]> {
  return (await readdir(directory))
    .map(parseSegmentNumber)
    .filter((number) => number !== undefined)
    .toSorted((a, b) => a - b);
}

/** Whole lines of one segment; those before `at` are used up. */
interface LineGroup {
  readonly segment: number;
  readonly lines: readonly FileLine[];
  at: number;
}

/**
 * Reads a journal on from a position, batch by batch. What was read beyond one is kept for the next. One call at a
 * time.
 */
export class BatchReader {
  readonly #directory: string;
  readonly #format: RecordFormat;
  #groups: AsyncGenerator<readonly FileLine[]> | undefined;
  #group: LineGroup | undefined;

  constructor(directory: string, format: RecordFormat) {
    this.#directory = directory;
    this.#format = format;
  }

  /** At most to the end of what is durable. Undefined where there is nothing more. */
  async next(from: CursorPosition, durable: DurablePosition): Promise<DeliveryBatch | undefined> {
    const messages: DeliveryMessage[] = [];
    let [after, bytes] = [from, 0];
    for (
      let group = await this.#findGroup(after, durable);
      group !== undefined;
      group = await this.#findGroup(after, durable)
    ) {
      const { segment, lines } = group;
      while (group.at < lines.length) {
        const { text, offset, end } = lines[group.at] as FileLine;
        if (text === undefined) throw new AccessError('INTERNAL', 'the journal was damaged: a line is not UTF-8');
        const message = this.#format.toMessage(text);
        group.at += 1;
        messages.push(message);
        bytes += end - offset;
        after = { segment, offset: end, sealed: message.kind === 'checkpoint' ? segment : after.sealed };
        if (messages.length >= maxMessages || bytes >= maxBatchBytes) return { messages, after, full: true };
      }
    }
    return messages.length === 0 ? undefined : { messages, after, full: false };
  }

  async close(): Promise<void> {
    const groups = this.#groups;
    this.#groups = this.#group = undefined;
    await groups?.return(undefined);
  }

  /**
   * What begins at a position, which is in the group at hand, behind it, or anywhere else; at the end of a segment the
   * next one.
   */
  async #findGroup(position: CursorPosition, durable: DurablePosition): Promise<LineGroup | undefined> {
    const { segment, offset } = position;
    const known = this.#group;
    if (known?.segment === segment) {
      if (known.lines[known.at]?.offset === offset) return known;
      if (known.at === known.lines.length && known.lines.at(-1)?.end === offset) {
        const more = await this.#readGroup(segment);
        if (more !== undefined) return more;
      }
    }
    await this.close();
    for (const number of await listSegments(this.#directory)) {
      if (number < segment || number > durable.segment) continue;
      const start = number === segment ? offset : 0;
      const end = number === durable.segment ? durable.offset : Number.POSITIVE_INFINITY;
      if (start >= end) return undefined;
      this.#groups = readLineGroups(join(this.#directory, formatSegmentName(number)), start, end);
      const first = await this.#readGroup(number);
      if (first !== undefined) return first;
      await this.close();
    }
    return undefined;
  }

  /** A last line that is not whole was never durable: a crash left it. */
  async #readGroup(segment: number): Promise<LineGroup | undefined> {
    const read = await this.#groups?.next();
    if (read === undefined || read.done === true || read.value[0]?.complete !== true) return undefined;
    this.#group = { segment, lines: read.value, at: 0 };
    return this.#group;
  }
}
