import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AccessError, type Link, type RecordFormat } from '../../core/index.js';
import { segmentsIn } from './batch.js';
import type { Ledger } from './ledger.js';
import { linesOf } from './lines.js';
import { cutFile, segmentName } from './segment.js';

/** What earlier runs left on disk. */
export interface Earlier {
  /** Numbers of the segments, rising. */
  readonly segments: readonly number[];
  readonly bytes: number;
  /** Where the last chain ended. */
  readonly head?: Link;
  /** What was set aside now. */
  readonly torn: readonly { readonly segment: number; readonly bytes: number }[];
}

/**
 * Reads every segment into the ledger. What is unreadable at the end of a segment is taken for a write that a crash tore, and set
 * aside in a `.torn` file; anything unreadable before a good line was changed afterwards, and is refused with CONFIG_INVALID naming file and line.
 */
export async function replay(directory: string, format: RecordFormat, ledger: Ledger): Promise<Earlier> {
  const segments = await segmentsIn(directory);
  const torn: { segment: number; bytes: number }[] = [];
  let [bytes, head] = [0, undefined as Link | undefined];
  for (const segment of segments) {
    const path = join(directory, segmentName(segment));
    const read = await replaySegment(path, segment, format, ledger, head);
    const { size } = await stat(path);
    if (size > read.whole) {
      await setAside(path, read.whole);
      torn.push({ segment, bytes: size - read.whole });
    }
    bytes += read.whole;
    head = read.head;
  }
  return { segments, bytes, torn, ...(head === undefined ? {} : { head }) };
}

/** The offset behind the last good line, and the head after it. */
async function replaySegment(path: string, segment: number, format: RecordFormat, ledger: Ledger, before: Link | undefined): Promise<{ readonly whole: number; readonly head: Link | undefined }> {
  let [whole, number, head] = [0, 0, before];
  let bad: number | undefined;
  for await (const line of linesOf(path)) {
    number += 1;
    const recorded = line.complete ? format.read(line.text) : undefined;
    if (recorded === undefined) {
      bad ??= number;
      continue;
    }
    if (bad !== undefined) throw new AccessError('CONFIG_INVALID', `the journal was damaged: ${segmentName(segment)} line ${bad} is not an event`);
    if (recorded.event !== undefined) ledger.replay(recorded.event, { segment, offset: line.offset });
    head = after(head, recorded.link);
    whole = line.end;
  }
  return { whole, head };
}

/** Events move the head on; a checkpoint, which may speak of an earlier one, only adds its digest. */
function after(head: Link | undefined, link: Link | undefined): Link | undefined {
  if (link === undefined) return head;
  if (link.checkpoint !== undefined) return { ...(head ?? link), checkpoint: link.checkpoint };
  return head?.checkpoint === undefined ? link : { ...link, checkpoint: head.checkpoint };
}

/** Cuts a torn end off, and keeps its bytes beside the segment: they count for nothing, but nothing is thrown away unseen. */
async function setAside(path: string, whole: number): Promise<void> {
  await pipeline(createReadStream(path, { start: whole }), createWriteStream(`${path}.torn`, { flags: 'a', mode: 0o600, flush: true }));
  await cutFile(path, whole);
}
