import { openJournal, type OpenJournalOptions } from '../../../src/adapters/journal/index.js';
import { eventCodes, type AuditEvent, type AuditLog, type RecordFormat } from '../../../src/core/index.js';

/** The simplest format there can be: an event's JSON, no chain to speak of. What the journal promises holds for any. */
export const plain: RecordFormat = {
  seals: false,
  source: 'urn:plain',
  begin: () => ({ chain: 'plain', sequence: 0 }),
  write: (event, head) => ({ lines: [JSON.stringify(event)], head: { ...head, sequence: head.sequence + 1 } }),
  seal: async () => [],
  read(line) {
    try {
      const event = JSON.parse(line) as AuditEvent;
      return typeof event.id === 'string' && eventCodes.includes(event.code) ? { kind: 'event', event } : undefined;
    } catch {
      return undefined;
    }
  },
  toMessage(line) {
    const { id, session, at } = JSON.parse(line) as AuditEvent;
    return { kind: 'event', id, key: session ?? 'plain', at, value: line, headers: {} };
  },
};

export function journal(options: Omit<OpenJournalOptions, 'format'>): Promise<AuditLog> {
  return openJournal({ format: plain, ...options });
}
