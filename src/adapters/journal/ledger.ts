import { intents, Newest, sessionEnds, statementOutcomes, SuspendedBefore, Unreviewed, type AuditEvent, type EventCode } from '../../core/index.js';

/** Where an event stands: the offset of its line, or of the text lines before it. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
}

/** A place as one number, so that an index of a million events takes 8 MB: segments are far below 2^20, and offsets below 2^33. */
const offsets = 2 ** 33;

function placeOf(number: number): Place {
  const segment = Math.floor(number / offsets);
  return { segment, offset: number - segment * offsets };
}

/** What must be known of the events without reading them again: where each session's are, and which intents of earlier runs lack an outcome. */
export class Ledger {
  readonly #places = new Map<string, number[]>();
  readonly #open = new Map<string, AuditEvent>();
  readonly #newest = new Newest();
  readonly #unreviewed = new Unreviewed();
  readonly #suspended = new SuspendedBefore();

  /** An event of an earlier run, read back. */
  replay(event: AuditEvent, place: Place): void {
    this.#place(event, place);
    this.#newest.note(event);
    this.#unreviewed.replay(event);
    this.#suspended.replay(event);
    this.#answer(event);
    if (event.code === 'session.opened' || intents.has(event.code)) this.#open.set(keyOf(event), event);
  }

  /** An event of this run, now durable. */
  note(event: AuditEvent, place: Place): void {
    this.#place(event, place);
    if (this.#open.size > 0) this.#answer(event);
    this.#unreviewed.note(event);
  }

  /** How many events of a session there are. */
  count(session: string): number {
    return this.#places.get(session)?.length ?? 0;
  }

  /** Where some of a session's events are, oldest first. */
  places(session: string, from: number, limit: number): readonly Place[] {
    return (this.#places.get(session) ?? []).slice(from, from + limit).map(placeOf);
  }

  /** The last with one of these codes that an earlier run wrote. */
  newest(codes: readonly EventCode[]): AuditEvent | undefined {
    return this.#newest.of(codes);
  }

  /** Broken glass of earlier runs that nobody has looked at, oldest first. */
  unreviewed(): readonly AuditEvent[] {
    return this.#unreviewed.all();
  }

  /** Who was suspended and reinstated in earlier runs, oldest first. */
  suspended(): readonly AuditEvent[] {
    return this.#suspended.all();
  }

  /** Oldest first. */
  unresolved(): readonly AuditEvent[] {
    return [...this.#open.values()];
  }

  /** Forgets the sessions that lie in removed segments. */
  forget(upTo: number): void {
    for (const [session, [first = 0]] of this.#places) if (placeOf(first).segment <= upTo) this.#places.delete(session);
  }

  /** The oldest segment that something unanswered of an earlier run lies in; undefined where there is none. */
  needs(): number | undefined {
    const firsts = [...this.#open.values()].map((event) => this.#places.get(event.session ?? '')?.[0]).filter((first) => first !== undefined);
    const segments = firsts.map((first) => placeOf(first).segment);
    return segments.length === 0 ? undefined : Math.min(...segments);
  }

  #place({ session }: AuditEvent, { segment, offset }: Place): void {
    if (session === undefined) return;
    const place = segment * offsets + offset;
    const places = this.#places.get(session);
    if (places === undefined) this.#places.set(session, [place]);
    else places.push(place);
  }

  #answer(event: AuditEvent): void {
    const ends = sessionEnds.has(event.code) || event.code === 'session.failed' || event.code === 'session.denied';
    if (ends || statementOutcomes.has(event.code)) this.#open.delete(keyOf(event));
  }
}

function keyOf({ code, session, statement }: AuditEvent): string {
  return code.startsWith('statement.') ? `statement ${statement ?? ''}` : `session ${session ?? ''}`;
}
