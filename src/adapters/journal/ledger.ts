import { intents, Newest, sessionEnds, statementOutcomes, type AuditEvent, type EventCode } from '../../core/index.js';

/** Where an event stands: `end` is the offset behind its line. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
  readonly end: number;
}

/** From the first to the last event of a session. */
export interface Span {
  readonly first: Place;
  readonly last: Place;
}

/** What must be known of the events without reading them again: where each session's are, and which intents of earlier runs lack an outcome. */
export class Ledger {
  readonly #spans = new Map<string, Span>();
  readonly #open = new Map<string, AuditEvent>();
  readonly #newest = new Newest();

  /** An event of an earlier run, read back. */
  replay(event: AuditEvent, place: Place): void {
    this.#place(event, place);
    this.#newest.note(event);
    this.#answer(event);
    if (event.code === 'session.opened' || intents.has(event.code)) this.#open.set(keyOf(event), event);
  }

  /** An event of this run, now durable. */
  note(event: AuditEvent, place: Place): void {
    this.#place(event, place);
    if (this.#open.size > 0) this.#answer(event);
  }

  span(session: string): Span | undefined {
    return this.#spans.get(session);
  }

  /** The last with one of these codes that an earlier run wrote. */
  newest(codes: readonly EventCode[]): AuditEvent | undefined {
    return this.#newest.of(codes);
  }

  /** Oldest first. */
  unresolved(): readonly AuditEvent[] {
    return [...this.#open.values()];
  }

  /** Forgets the sessions that lie in removed segments. */
  forget(upTo: number): void {
    for (const [session, { first }] of this.#spans) if (first.segment <= upTo) this.#spans.delete(session);
  }

  /** The oldest segment that something unanswered of an earlier run lies in; undefined where there is none. */
  needs(): number | undefined {
    const segments = [...this.#open.values()].map((event) => this.#spans.get(event.session ?? '')?.first.segment).filter((segment) => segment !== undefined);
    return segments.length === 0 ? undefined : Math.min(...segments);
  }

  #place(event: AuditEvent, place: Place): void {
    if (event.session === undefined) return;
    this.#spans.set(event.session, { first: this.#spans.get(event.session)?.first ?? place, last: place });
  }

  #answer(event: AuditEvent): void {
    const ends = sessionEnds.has(event.code) || event.code === 'session.failed' || event.code === 'session.denied';
    if (ends || statementOutcomes.has(event.code)) this.#open.delete(keyOf(event));
  }
}

function keyOf({ code, session, statement }: AuditEvent): string {
  return code.startsWith('statement.') ? `statement ${statement ?? ''}` : `session ${session ?? ''}`;
}
