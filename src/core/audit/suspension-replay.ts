import type { AuditEvent } from '../events.js';

/** Which actors reviewers suspended, and reinstated, in earlier runs, as a log reads of it. */
export class SuspensionReplay {
  readonly #events: AuditEvent[] = [];

  /** An event of an earlier run, in the order in which they were written. */
  replay(event: AuditEvent): void {
    if (event.code === 'actor.suspended' || event.code === 'actor.reinstated') this.#events.push(event);
  }

  /** Oldest first. */
  all(): readonly AuditEvent[] {
    return [...this.#events];
  }
}
