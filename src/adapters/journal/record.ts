import { join } from 'node:path';
import { AccessError, type AuditEvent } from '../../core/index.js';
import { segmentsIn } from './batch.js';
import type { Ledger, Span } from './ledger.js';
import { linesOf } from './lines.js';
import type { Settings } from './options.js';
import { segmentName } from './segment.js';

/** The events of a session, read back. Throws AUDIT_UNAVAILABLE when that cannot be done whole. */
export async function recordOf({ directory, format }: Settings, ledger: Ledger, session: string): Promise<readonly AuditEvent[]> {
  const span = ledger.span(session);
  if (span === undefined) return [];
  const events = new Map<string, AuditEvent>();
  const name = JSON.stringify(session);
  try {
    for (const number of await spanned(directory, span)) {
      const from = number === span.first.segment ? span.first.offset : 0;
      const to = number === span.last.segment ? span.last.end : undefined;
      for await (const line of linesOf(join(directory, segmentName(number)), from, to)) {
        if (!line.text.includes(name)) continue;
        const recorded = line.complete ? format.read(line.text) : undefined;
        if (recorded === undefined) throw new Error(`${segmentName(number)} was damaged at byte ${line.offset}`);
        if (recorded.event?.session === session) events.set(recorded.event.id, recorded.event);
      }
    }
  } catch (error) {
    throw new AccessError('AUDIT_UNAVAILABLE', 'the journal cannot be read', { cause: error });
  }
  return [...events.values()];
}

/** Numbers of the segments a session's events lie in, rising. */
async function spanned(directory: string, { first, last }: Span): Promise<readonly number[]> {
  const numbers = await segmentsIn(directory);
  for (const { segment } of [first, last]) if (!numbers.includes(segment)) throw new Error(`${segmentName(segment)} is gone`);
  return numbers.filter((number) => number >= first.segment && number <= last.segment);
}
