import type { AuditEvent } from '../events.js';
import type { RecordPage, RecordRange } from '../ports.js';

const [defaultLimit, maxPageBytes] = [200, 1_048_576];

/** What is asked for of a record in numbers: from which event on, how many at most, and how many bytes of them. */
export function resolveRecordRange({ after, limit = defaultLimit }: RecordRange = {}): {
  readonly from: number;
  readonly limit: number;
  readonly bytes: number;
} {
  const from = after === undefined ? 0 : /^[0-9]{1,15}$/.test(after) ? Number(after) : Number.POSITIVE_INFINITY;
  return { from, limit, bytes: maxPageBytes };
}

/** A page of events that are all in memory; its `next` counts those before it. For a log that keeps them so. */
export function createRecordPage(all: readonly AuditEvent[], range?: RecordRange): RecordPage {
  const { from, limit, bytes } = resolveRecordRange(range);
  const events: AuditEvent[] = [];
  let size = 0;
  for (const event of all.slice(from, from + limit)) {
    size += JSON.stringify(event).length;
    if (size > bytes && events.length > 0) break;
    events.push(event);
  }
  const end = from + events.length;
  return { events, ...(end < all.length ? { next: String(end) } : {}) };
}
