import { sessionEnds, statementOutcomes, type AuditEvent } from '../../core/index.js';

const mostSessions = 10_000;

/** The events of the sessions that were last heard of. */
export class Recent {
  readonly #sessions = new Map<string, AuditEvent[]>();
  readonly #answered = new Set<string>();

  note(event: AuditEvent): void {
    const { session, statement, code } = event;
    if (session === undefined) return;
    const { text: _apart, ...kept } = event;
    const events = this.#sessions.get(session) ?? [];
    events.push(kept);
    this.#sessions.delete(session);
    this.#sessions.set(session, events);
    const oldest = this.#sessions.size > mostSessions ? this.#sessions.keys().next().value : undefined;
    if (oldest !== undefined) this.#sessions.delete(oldest);
    if (event.data['by'] !== 'restart') return; // Recovery answers what was open: few, and only at the start.
    if (statementOutcomes.has(code)) this.#answered.add(`statement ${statement ?? ''}`);
    else if (sessionEnds.has(code) || code === 'session.failed') this.#answered.add(`session ${session}`);
  }

  /** Oldest first. */
  of(session: string): readonly AuditEvent[] {
    return [...(this.#sessions.get(session) ?? [])];
  }

  answers({ code, statement, session }: AuditEvent): boolean {
    return this.#answered.has(code === 'statement.authorized' ? `statement ${statement ?? ''}` : `session ${session ?? ''}`);
  }
}
