import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEvent, Link, RecordFormat } from '../../core/index.js';
import { segmentsIn } from './batch.js';
import type { Ledger } from './ledger.js';
import { linesOf } from './lines.js';
import type { Settings } from './options.js';
import { segmentName, syncDirectory } from './segment.js';
import type { Segments } from './segments.js';
import type { Shipper } from './shipper.js';

export interface Retention {
  readonly settings: Settings;
  readonly segments: Segments;
  readonly shippers: readonly Shipper[];
  readonly ledger: Ledger;
  /** Durable when resolved: the record says what goes before it goes. */
  readonly tell: (removed: AuditEvent['data']) => Promise<void>;
}

/**
 * Removes the segments that every receiver has, that a delivered checkpoint tells the end of, that are older than `keepMs`, and that no unanswered
 * intent lies in, and tells the record of it first. The newest always stays: it says where the chain goes on.
 */
export async function removeDelivered(retention: Retention): Promise<void> {
  const { settings: { directory, format }, segments, ledger, tell } = retention;
  const going = await removable(retention);
  const last = going.at(-1);
  if (last === undefined) return;
  const end = await endOf(directory, format, going);
  if (end.event?.fingerprint !== undefined) {
    const { chain, sequence, fingerprint } = end.event;
    await tell({ chain, sequence, fingerprint, ...(end.checkpoint === undefined ? {} : { checkpoint: end.checkpoint }), segments: going.length });
  }
  for (const number of going) {
    const path = join(directory, segmentName(number));
    const { size } = await stat(path);
    await rm(path);
    segments.release(size);
  }
  await syncDirectory(directory);
  ledger.forget(last);
}

async function removable({ settings: { directory, format, keepMs }, segments, shippers, ledger }: Retention): Promise<readonly number[]> {
  if (shippers.length === 0) return [];
  const reached = Math.min(...shippers.map(({ cursor: { position } }) => format.seals ? Math.min(position.segment, position.sealed) : position.segment));
  const before = Math.min(reached, ledger.needs() ?? Number.POSITIVE_INFINITY, segments.durable.segment);
  const going: number[] = [];
  for (const number of await segmentsIn(directory)) {
    if (number >= before) break;
    if (Date.now() - (await stat(join(directory, segmentName(number)))).mtimeMs < keepMs) break;
    going.push(number);
  }
  return going;
}

interface End {
  event?: Link;
  /** SHA-256 of the last checkpoint. */
  checkpoint?: string;
}

/** The last event and the last checkpoint in some segments. */
async function endOf(directory: string, format: RecordFormat, going: readonly number[]): Promise<End> {
  const end: End = {};
  for (const number of going.toReversed()) {
    const found: End = {};
    for await (const { text } of linesOf(join(directory, segmentName(number)))) {
      const recorded = text === undefined ? undefined : format.read(text);
      if (recorded?.kind === 'event' && recorded.link !== undefined) found.event = recorded.link;
      if (recorded?.kind === 'checkpoint' && recorded.link?.checkpoint !== undefined) found.checkpoint = recorded.link.checkpoint.digest;
    }
    end.event ??= found.event as Link;
    end.checkpoint ??= found.checkpoint as string;
    if (end.event !== undefined && end.checkpoint !== undefined) break;
  }
  return end;
}
