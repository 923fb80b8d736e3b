import { join } from 'node:path';
import { AccessError, rangeOf, type AuditEvent, type RecordFormat, type RecordPage, type RecordRange } from '../../core/index.js';
import type { Ledger, Place } from './ledger.js';
import { LineReader } from './line-reader.js';
import type { Settings } from './options.js';
import { segmentName } from './segment.js';

/** A page of a session's events, read back. Throws AUDIT_UNAVAILABLE when that cannot be done whole. */
export async function readRecord({ directory, format }: Settings, ledger: Ledger, session: string, range?: RecordRange): Promise<RecordPage> {
  const { from, limit, bytes: mostBytes } = rangeOf(range);
  const events: AuditEvent[] = [];
  const lines = new LineReader((segment) => join(directory, segmentName(segment)));
  let bytes = 0;
  try {
    for (const place of ledger.places(session, from, limit)) {
      const read = await eventAt(lines, format, place, session);
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
async function eventAt(lines: LineReader, format: RecordFormat, { segment, offset }: Place, session: string): Promise<{ readonly event: AuditEvent; readonly bytes: number }> {
  for (let at = offset; ;) {
    const line = await lines.lineAt(segment, at);
    const recorded = line?.text === undefined ? undefined : format.read(line.text);
    const { event } = recorded ?? {};
    if (line !== undefined && event?.session === session) return { event, bytes: line.end - at };
    if (line === undefined || recorded?.kind !== 'text') throw new Error(`${segmentName(segment)} was damaged at byte ${at}`);
    at = line.end;
  }
}
