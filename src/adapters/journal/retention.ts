import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEvent, ChainHead, RecordFormat } from '../../core/index.js';
import { listSegments } from './batch-reader.js';
import type { EventIndex } from './event-index.js';
import { readLines } from './file-lines.js';
import type { JournalSettings } from './options.js';
import { formatSegmentName, syncDirectory } from './segment.js';
import type { Segments } from './segments.js';
import type { Shipper } from './shipper.js';

export interface RetentionParts {
  readonly settings: JournalSettings;
  readonly segments: Segments;
  readonly shippers: readonly Shipper[];
  readonly ledger: EventIndex;
  /** Durable when resolved: the record says what goes before it goes. */
  readonly recordRemoval: (removed: AuditEvent['data']) => Promise<void>;
}

/**
 * Removes the segments that every receiver has, that a delivered checkpoint tells the end of, that are older than
 * `keepMs`, and that no unanswered
 * intent lies in, and tells the record of it first. The newest always stays: it says where the chain goes on.
 */
export async function removeDelivered(retention: RetentionParts): Promise<void> {
  const {
    settings: { directory, format },
    segments,
    ledger,
    recordRemoval: tell,
  } = retention;
  const going = await listRemovable(retention);
  const last = going.at(-1);
  if (last === undefined) return;
  const end = await readRemovedEnd(directory, format, going);
  if (end.event?.fingerprint !== undefined) {
    const { chain, sequence, fingerprint } = end.event;
    await tell({
      chain,
      sequence,
      fingerprint,
      ...(end.checkpoint === undefined ? {} : { checkpoint: end.checkpoint }),
      segments: going.length,
    });
  }
  for (const number of going) {
    const path = join(directory, formatSegmentName(number));
    const { size } = await stat(path);
    await rm(path);
    segments.releaseBytes(size);
  }
  await syncDirectory(directory);
  ledger.removeUpTo(last);
}

async function listRemovable({
  settings: { directory, format, keepMs },
  segments,
  shippers,
  ledger,
}: RetentionParts): Promise<readonly number[]> {
  if (shippers.length === 0) return [];
  const reached = Math.min(
    ...shippers.map(({ cursor: { position } }) =>
      format.seals ? Math.min(position.segment, position.sealed) : position.segment,
    ),
  );
  const before = Math.min(reached, ledger.findOldestNeeded() ?? Number.POSITIVE_INFINITY, segments.durable.segment);
  const going: number[] = [];
  for (const number of await listSegments(directory)) {
    if (number >= before) break;
    if (Date.now() - (await stat(join(directory, formatSegmentName(number)))).mtimeMs < keepMs) break;
    going.push(number);
  }
  return going;
}

interface RemovedEnd {
  event?: ChainHead;
  /** SHA-256 of the last checkpoint. */
  checkpoint?: string;
}

/** The last event and the last checkpoint in some segments. */
async function readRemovedEnd(directory: string, format: RecordFormat, going: readonly number[]): Promise<RemovedEnd> {
  const end: RemovedEnd = {};
  for (const number of going.toReversed()) {
    const found: RemovedEnd = {};
    for await (const { text } of readLines(join(directory, formatSegmentName(number)))) {
      const recorded = text === undefined ? undefined : format.read(text);
      if (recorded?.kind === 'event' && recorded.link !== undefined) found.event = recorded.link;
      if (recorded?.kind === 'checkpoint' && recorded.link?.checkpoint !== undefined)
        found.checkpoint = recorded.link.checkpoint.digest;
    }
    end.event ??= found.event as ChainHead;
    end.checkpoint ??= found.checkpoint as string;
    if (end.event !== undefined && end.checkpoint !== undefined) break;
  }
  return end;
}
