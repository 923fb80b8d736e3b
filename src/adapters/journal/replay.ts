import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError, type ChainHead, type RecordFormat } from '../../core/index.js';
import { setAside, type SetAsideRange } from './set-aside.js';
import { listSegments } from './batch-reader.js';
import { readMark } from './durable-mark.js';
import type { EventIndex } from './event-index.js';
import { readLines, type FileLine } from './file-lines.js';
import { formatSegmentName } from './segment.js';
import { DamagedTail, type TailContext } from './damaged-tail.js';

/** What earlier runs left on disk. */
export interface ReplayedJournal {
  /** Numbers of the segments, rising. */
  readonly segments: readonly number[];
  readonly bytes: number;
  /** Where the last chain ended. */
  readonly head?: ChainHead;
  /** What was set aside now, or would be. */
  readonly setAside: readonly SetAsideRange[];
  /** Where the checkpoints stand, in their order. */
  readonly checkpoints: readonly CheckpointPosition[];
}

/** A checkpoint's line. */
export interface CheckpointPosition {
  readonly segment: number;
  readonly offset: number;
  /** What it names. */
  readonly head: ChainHead;
}

export interface ReplayOptions {
  readonly directory: string;
  readonly format: RecordFormat;
  /** A group that is written and synced together ends with the event that reaches this size. */
  readonly batchBytes: number;
  /** Nothing is changed. */
  readonly dry?: boolean;
}

/** No run is taken to have written smaller groups than that. */
const minBatchBytes = 1024 ** 2;

/**
 * Reads every segment into the ledger. What is unreadable at the end of a segment is taken for a write that was torn,
 * and set aside in a `.torn` file, with what stands behind it
 * where all of it can be the last group, which was never acknowledged. Anything else that is unreadable was changed
 * afterwards, and is refused with CONFIG_INVALID naming file and line.
 */
export async function replaySegments(
  { directory, format, batchBytes, dry = false }: ReplayOptions,
  ledger: EventIndex,
): Promise<ReplayedJournal> {
  const segments = await listSegments(directory);
  const mark = await readMark(directory);
  const [torn, checkpoints]: [SetAsideRange[], CheckpointPosition[]] = [[], []];
  let [bytes, head] = [0, undefined as ChainHead | undefined];
  for (const segment of segments) {
    const path = join(directory, formatSegmentName(segment));
    const read = await replaySegment(
      path,
      format,
      ledger,
      { head, checkpoints },
      { segment, isLast: segment === segments.at(-1), mark, batchBytes: Math.max(batchBytes, minBatchBytes) },
    );
    const { size } = await stat(path);
    if (size > read.whole) {
      const end = { segment, offset: read.whole, bytes: size - read.whole };
      if (!dry) await setAside(directory, end);
      torn.push(end);
    }
    bytes += read.whole;
    head = read.head;
  }
  return { segments, bytes, setAside: torn, checkpoints, ...(head === undefined ? {} : { head }) };
}

/** The offset behind the last good line that counts, and the head after it. */
async function replaySegment(
  path: string,
  format: RecordFormat,
  ledger: EventIndex,
  before: { readonly head: ChainHead | undefined; readonly checkpoints: CheckpointPosition[] },
  ending: TailContext,
): Promise<{ readonly whole: number; readonly head: ChainHead | undefined }> {
  let [whole, number, head] = [0, 0, before.head];
  let damage: DamagedTail | undefined;
  for await (const line of readLines(path)) {
    number += 1;
    const recorded = line.complete && line.text !== undefined ? format.read(line.text) : undefined;
    if (recorded === undefined && isForeignLine(line, format))
      throw new AccessError(
        'CONFIG_INVALID',
        `the journal was damaged: ${formatSegmentName(ending.segment)} line ${number} is a line of another place`,
      );
    if (recorded === undefined) damage ??= new DamagedTail(ending, line, number, head);
    else if (damage !== undefined) damage.addGoodLine(line, recorded);
    else {
      if (recorded.event !== undefined) ledger.replay(recorded.event, { segment: ending.segment, offset: line.offset });
      if (recorded.kind === 'checkpoint' && recorded.link !== undefined)
        before.checkpoints.push({ segment: ending.segment, offset: line.offset, head: recorded.link });
      head = advanceHead(head, recorded.link);
      // Texts are written with their event: what took that left nothing that counts.
      if (recorded.kind !== 'text') whole = line.end;
    }
  }
  return { whole, head };
}

/** What was written for a topic was put here: no crash leaves that. */
function isForeignLine({ complete, text }: FileLine, format: RecordFormat): boolean {
  return complete && text !== undefined && format.read(text, 'export') !== undefined;
}

/** Events move the head on; a checkpoint, which may speak of an earlier one, only adds its digest. */
function advanceHead(head: ChainHead | undefined, link: ChainHead | undefined): ChainHead | undefined {
  if (link === undefined) return head;
  if (link.checkpoint !== undefined) return { ...(head ?? link), checkpoint: link.checkpoint };
  return head?.checkpoint === undefined ? link : { ...link, checkpoint: head.checkpoint };
}
