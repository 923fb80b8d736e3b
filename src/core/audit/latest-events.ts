import type { AuditEvent, EventCode } from '../events.js';

/** The last event of each code. */
export class LatestEvents {
  /** In the order in which the last of each code was noted. */
  readonly #events = new Map<EventCode, AuditEvent>();

  add(event: AuditEvent): void {
    this.#events.delete(event.code);
    this.#events.set(event.code, event);
  }

  /** The last with one of these codes. */
  find(codes: readonly EventCode[]): AuditEvent | undefined {
    return [...this.#events.values()].findLast(({ code }) => codes.includes(code));
  }
}
