import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError, type Link, type RecordFormat } from '../../core/index.js';
import { setAside, type Torn } from './aside.js';
import { segmentsIn } from './batch.js';
import { readMark } from './durable-mark.js';
import type { Ledger } from './ledger.js';
import { linesOf, type Line } from './lines.js';
import { segmentName } from './segment.js';
import { Damage, type Ending } from './tail.js';

/** What earlier runs left on disk. */
export interface Earlier {
  /** Numbers of the segments, rising. */
  readonly segments: readonly number[];
  readonly bytes: number;
  /** Where the last chain ended. */
  readonly head?: Link;
  /** What was set aside now, or would be. */
  readonly torn: readonly Torn[];
  /** Where the checkpoints stand, in their order. */
  readonly checkpoints: readonly Checkpointed[];
}

/** A checkpoint's line. */
export interface Checkpointed {
  readonly segment: number;
  readonly offset: number;
  /** What it names. */
  readonly link: Link;
}

export interface Replaying {
  readonly directory: string;
  readonly format: RecordFormat;
  /** A group that is written and synced together ends with the event that reaches this size. */
  readonly batchBytes: number;
  /** Nothing is changed. */
  readonly dry?: boolean;
}

/** No run is taken to have written smaller groups than that. */
const leastBatch = 1024 ** 2;

/**
 * Reads every segment into the ledger. What is unreadable at the end of a segment is taken for a write that was torn, and set aside in a `.torn` file, with what stands behind it
 * where all of it can be the last group, which was never acknowledged. Anything else that is unreadable was changed afterwards, and is refused with CONFIG_INVALID naming file and line.
 */
export async function replay({ directory, format, batchBytes, dry = false }: Replaying, ledger: Ledger): Promise<Earlier> {
  const segments = await segmentsIn(directory);
  const mark = await readMark(directory);
  const [torn, checkpoints]: [Torn[], Checkpointed[]] = [[], []];
  let [bytes, head] = [0, undefined as Link | undefined];
  for (const segment of segments) {
    const path = join(directory, segmentName(segment));
    const read = await replaySegment(path, format, ledger, { head, checkpoints }, { segment, isLast: segment === segments.at(-1), mark, batchBytes: Math.max(batchBytes, leastBatch) });
    const { size } = await stat(path);
    if (size > read.whole) {
      const end = { segment, offset: read.whole, bytes: size - read.whole };
      if (!dry) await setAside(directory, end);
      torn.push(end);
    }
    bytes += read.whole;
    head = read.head;
  }
  return { segments, bytes, torn, checkpoints, ...(head === undefined ? {} : { head }) };
}

/** The offset behind the last good line that counts, and the head after it. */
async function replaySegment(path: string, format: RecordFormat, ledger: Ledger, before: { readonly head: Link | undefined; readonly checkpoints: Checkpointed[] }, ending: Ending): Promise<{ readonly whole: number; readonly head: Link | undefined }> {
  let [whole, number, head] = [0, 0, before.head];
  let damage: Damage | undefined;
  for await (const line of linesOf(path)) {
    number += 1;
    const recorded = line.complete && line.text !== undefined ? format.read(line.text) : undefined;
    if (recorded === undefined && isOfAnotherPlace(line, format)) throw new AccessError('CONFIG_INVALID', `the journal was damaged: ${segmentName(ending.segment)} line ${number} is a line of another place`);
    if (recorded === undefined) damage ??= new Damage(ending, line, number, head);
    else if (damage !== undefined) damage.follow(line, recorded);
    else {
      if (recorded.event !== undefined) ledger.replay(recorded.event, { segment: ending.segment, offset: line.offset });
      if (recorded.kind === 'checkpoint' && recorded.link !== undefined) before.checkpoints.push({ segment: ending.segment, offset: line.offset, link: recorded.link });
      head = after(head, recorded.link);
      // Texts are written with their event: what took that left nothing that counts.
      if (recorded.kind !== 'text') whole = line.end;
    }
  }
  return { whole, head };
}

/** What was written for a topic was put here: no crash leaves that. */
function isOfAnotherPlace({ complete, text }: Line, format: RecordFormat): boolean {
  return complete && text !== undefined && format.read(text, 'export') !== undefined;
}

/** Events move the head on; a checkpoint, which may speak of an earlier one, only adds its digest. */
function after(head: Link | undefined, link: Link | undefined): Link | undefined {
  if (link === undefined) return head;
  if (link.checkpoint !== undefined) return { ...(head ?? link), checkpoint: link.checkpoint };
  return head?.checkpoint === undefined ? link : { ...link, checkpoint: head.checkpoint };
}
