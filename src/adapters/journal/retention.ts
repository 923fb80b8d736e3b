import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { segmentsIn } from './batch.js';
import type { Ledger } from './ledger.js';
import type { Settings } from './options.js';
import { segmentName, syncDirectory } from './segment.js';
import type { Segments } from './segments.js';
import type { Shipper } from './shipper.js';

/**
 * Removes the segments that every receiver has, that a delivered checkpoint tells the end of, that are older than `keepMs`, and that no unanswered
 * intent lies in. The newest always stays: it says where the chain goes on.
 */
export async function removeDelivered(settings: Settings, segments: Segments, shippers: readonly Shipper[], ledger: Ledger): Promise<void> {
  if (shippers.length === 0) return;
  const reached = Math.min(...shippers.map(({ cursor: { position } }) => settings.format.seals ? Math.min(position.segment, position.sealed) : position.segment));
  const before = Math.min(reached, ledger.needs() ?? Number.POSITIVE_INFINITY, segments.durable.segment);
  let last = 0;
  for (const number of await segmentsIn(settings.directory)) {
    if (number >= before) break;
    const path = join(settings.directory, segmentName(number));
    const { size, mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs < settings.keepMs) break;
    await rm(path);
    segments.release(size);
    last = number;
  }
  if (last === 0) return;
  await syncDirectory(settings.directory);
  ledger.forget(last);
}
