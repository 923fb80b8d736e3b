import type { AuditEvent } from '../events.js';

/** A break-glass session that nobody has looked at afterwards, as a log reads of it. */
export class UnreviewedBreakGlass {
  readonly #events = new Map<string, AuditEvent>();

  /** An event of an earlier run, in the order in which they were written. */
  replay(event: AuditEvent): void {
    if (event.code === 'breakglass.activated' && event.session !== undefined) this.#events.set(event.session, event);
    else this.add(event);
  }

  /** An event of this run. */
  add({ code, session }: AuditEvent): void {
    if (code === 'breakglass.reviewed' && session !== undefined) this.#events.delete(session);
  }

  /** Oldest first. */
  all(): readonly AuditEvent[] {
    return [...this.#events.values()];
  }
}
