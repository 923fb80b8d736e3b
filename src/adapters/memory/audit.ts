import {
  AccessError,
  intents,
  createRecordPage,
  sessionEnds,
  statementOutcomes,
  UnreviewedBreakGlass,
  type AuditEvent,
  type AuditLog,
} from '../../core/index.js';

/** A record that lives as long as the process, with everything in it to read. For tests and trials. */
export interface MemoryAudit extends AuditLog {
  readonly events: readonly AuditEvent[];
}

/** Keeps events in a list. `earlier` holds what an earlier run left. */
export function memoryAudit(earlier: readonly AuditEvent[] = []): MemoryAudit {
  const events: AuditEvent[] = [...earlier];
  let closed = false;
  return {
    events,
    async append(event) {
      if (closed) throw new AccessError('AUDIT_UNAVAILABLE', 'the record is closed');
      events.push(structuredClone(event));
    },
    record: async (session, range) =>
      createRecordPage(
        events.filter((event) => event.session === session).map(({ text: _apart, ...event }) => event),
        range,
      ),
    unresolved: async () => earlier.filter((event) => !isAnswered(event, events)),
    async unreviewed() {
      const left = new UnreviewedBreakGlass();
      for (const event of earlier) left.replay(event);
      for (const event of events) left.add(event);
      return left.all();
    },
    suspended: async () => earlier.filter(({ code }) => code === 'actor.suspended' || code === 'actor.reinstated'),
    newest: async (codes) => earlier.findLast(({ code }) => codes.includes(code)),
    async close() {
      closed = true;
    },
  };
}

function isAnswered(event: AuditEvent, events: readonly AuditEvent[]): boolean {
  if (event.code === 'statement.authorized')
    return events.some((each) => each.statement === event.statement && statementOutcomes.has(each.code));
  if (event.code !== 'session.opened' && !intents.has(event.code)) return true;
  const answers = (each: AuditEvent): boolean =>
    sessionEnds.has(each.code) ||
    each.code === 'session.failed' ||
    (event.code === 'session.requested' && each.code === 'session.opened');
  return events.some((each) => each.session === event.session && answers(each));
}
