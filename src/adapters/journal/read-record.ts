import { join } from 'node:path';
import {
  AccessError,
  resolveRecordRange,
  type AuditEvent,
  type RecordFormat,
  type RecordPage,
  type RecordRange,
} from '../../core/index.js';
import type { EventIndex, EventPosition } from './event-index.js';
import { LineReader } from './line-reader.js';
import type { JournalSettings } from './options.js';
import { formatSegmentName } from './segment.js';

/** A page of a session's events, read back. Throws AUDIT_UNAVAILABLE when that cannot be done whole. */
export async function readRecord(
  { directory, format }: JournalSettings,
  ledger: EventIndex,
  session: string,
  range?: RecordRange,
): Promise<RecordPage> {
  const { from, limit, bytes: mostBytes } = resolveRecordRange(range);
  const events: AuditEvent[] = [];
  const lines = new LineReader((segment) => join(directory, formatSegmentName(segment)));
  let bytes = 0;
  try {
    for (const place of ledger.listPositions(session, from, limit)) {
      const read = await readEvent(lines, format, place, session);
      bytes += read.bytes;
      if (bytes > mostBytes && events.length > 0) break;
      events.push(read.event);
    }
  } catch (error) {
    throw new AccessError('AUDIT_UNAVAILABLE', 'the journal cannot be read', { cause: error });
  } finally {
    await lines.close();
  }
  const end = from + events.length;
  return { events, ...(end < ledger.count(session) ? { next: String(end) } : {}) };
}

/** The event at a place; the texts that were written before it are passed over. */
async function readEvent(
  lines: LineReader,
  format: RecordFormat,
  { segment, offset }: EventPosition,
  session: string,
): Promise<{ readonly event: AuditEvent; readonly bytes: number }> {
  for (let at = offset; ;) {
    const line = await lines.readLine(segment, at);
    const recorded = line?.text === undefined ? undefined : format.read(line.text);
    const { event } = recorded ?? {};
    if (line !== undefined && event?.session === session) return { event, bytes: line.end - at };
    if (line === undefined || recorded?.kind !== 'text')
      throw new Error(`${formatSegmentName(segment)} was damaged at byte ${at}`);
    at = line.end;
  }
}
