import { AccessError, sessionEnds, sizeAsJson, statementOutcomes, type AuditEvent } from '../../core/index.js';

/** Of memory, bytes, about: how long a session's record gets is for its agent to say. */
export interface RecentSessionLimits {
  readonly sessions: number;
  readonly bytes: number;
  readonly bytesPerSession: number;
}

const defaultLimits: RecentSessionLimits = { sessions: 10_000, bytes: 2 ** 28, bytesPerSession: 2 ** 26 };

interface SessionEvents {
  events: AuditEvent[];
  bytes: number;
  /** There was more than is kept of one session: nothing of it is. */
  isCut: boolean;
}

/** The events of the sessions that were last heard of, by number and size. */
export class RecentSessions {
  readonly #limits: RecentSessionLimits;
  readonly #sessions = new Map<string, SessionEvents>();
  readonly #answered = new Set<string>();
  #bytes = 0;

  constructor(most: Partial<RecentSessionLimits> = {}) {
    this.#limits = { ...defaultLimits, ...most };
  }

  add(event: AuditEvent): void {
    const { session, statement, code } = event;
    if (session === undefined) return;
    const { text: _apart, ...kept } = event;
    this.#addEvent(session, kept);
    if (event.data['by'] !== 'restart') return; // Recovery answers what was open: few, and only at the start.
    if (statementOutcomes.has(code)) this.#answered.add(`statement ${statement ?? ''}`);
    else if (sessionEnds.has(code) || code === 'session.failed') this.#answered.add(`session ${session}`);
  }

  /** Oldest first. Throws AUDIT_UNAVAILABLE for a session whose record is longer than is kept here. */
  listEvents(session: string): readonly AuditEvent[] {
    const known = this.#sessions.get(session);
    if (known?.isCut === true)
      throw new AccessError(
        'AUDIT_UNAVAILABLE',
        'the record of this session is longer than is kept in this process: read it on Kafka',
        { detail: { reason: 'too_long' } },
      );
    return [...(known?.events ?? [])];
  }

  isAnswered({ code, statement, session }: AuditEvent): boolean {
    return this.#answered.has(
      code === 'statement.authorized' ? `statement ${statement ?? ''}` : `session ${session ?? ''}`,
    );
  }

  #addEvent(session: string, event: AuditEvent): void {
    const known = this.#sessions.get(session) ?? { events: [], bytes: 0, isCut: false };
    this.#sessions.delete(session);
    this.#sessions.set(session, known);
    const size = sizeAsJson(event);
    if (known.isCut || known.bytes + size > this.#limits.bytesPerSession) {
      this.#bytes -= known.bytes;
      Object.assign(known, { events: [], bytes: 0, isCut: true });
    } else {
      known.events.push(event);
      known.bytes += size;
      this.#bytes += size;
    }
    for (const [oldest, { bytes }] of this.#sessions) {
      if (oldest === session || (this.#sessions.size <= this.#limits.sessions && this.#bytes <= this.#limits.bytes))
        break;
      this.#sessions.delete(oldest);
      this.#bytes -= bytes;
    }
  }
}
