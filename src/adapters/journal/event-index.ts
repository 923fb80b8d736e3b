import {
  intents,
  LatestEvents,
  sessionEnds,
  statementOutcomes,
  SuspensionReplay,
  UnreviewedBreakGlass,
  type AuditEvent,
  type EventCode,
} from '../../core/index.js';

/** Where an event stands: the offset of its line, or of the text lines before it. */
export interface EventPosition {
  readonly segment: number;
  readonly offset: number;
}

/**
 * A place as one number, so that an index of a million events takes 8 MB: segments are far below 2^20, and offsets
 * below 2^33.
 */
const maxOffset = 2 ** 33;

function decodePosition(number: number): EventPosition {
  const segment = Math.floor(number / maxOffset);
  return { segment, offset: number - segment * maxOffset };
}

/**
 * What must be known of the events without reading them again: where each session's are, and which intents of earlier
 * runs lack an outcome.
 */
export class EventIndex {
  readonly #positions = new Map<string, number[]>();
  readonly #open = new Map<string, AuditEvent>();
  readonly #newest = new LatestEvents();
  readonly #unreviewed = new UnreviewedBreakGlass();
  readonly #suspended = new SuspensionReplay();

  /** An event of an earlier run, read back. */
  replay(event: AuditEvent, place: EventPosition): void {
    this.#addPosition(event, place);
    this.#newest.add(event);
    this.#unreviewed.replay(event);
    this.#suspended.replay(event);
    this.#closeIntent(event);
    if (event.code === 'session.opened' || intents.has(event.code)) this.#open.set(createIntentKey(event), event);
  }

  /** An event of this run, now durable. */
  add(event: AuditEvent, place: EventPosition): void {
    this.#addPosition(event, place);
    if (this.#open.size > 0) this.#closeIntent(event);
    this.#unreviewed.add(event);
  }

  /** How many events of a session there are. */
  count(session: string): number {
    return this.#positions.get(session)?.length ?? 0;
  }

  /** Where some of a session's events are, oldest first. */
  listPositions(session: string, from: number, limit: number): readonly EventPosition[] {
    return (this.#positions.get(session) ?? []).slice(from, from + limit).map(decodePosition);
  }

  /** The last with one of these codes that an earlier run wrote. */
  findLatest(codes: readonly EventCode[]): AuditEvent | undefined {
    return this.#newest.find(codes);
  }

  /** A break-glass session of earlier runs that nobody has looked at, oldest first. */
  listUnreviewed(): readonly AuditEvent[] {
    return this.#unreviewed.all();
  }

  /** Who was suspended and reinstated in earlier runs, oldest first. */
  listSuspensions(): readonly AuditEvent[] {
    return this.#suspended.all();
  }

  /** Oldest first. */
  listUnresolved(): readonly AuditEvent[] {
    return [...this.#open.values()];
  }

  /** Forgets the sessions that lie in removed segments. */
  removeUpTo(upTo: number): void {
    for (const [session, [first = 0]] of this.#positions)
      if (decodePosition(first).segment <= upTo) this.#positions.delete(session);
  }

  /** The oldest segment that something unanswered of an earlier run lies in; undefined where there is none. */
  findOldestNeeded(): number | undefined {
    const firsts = [...this.#open.values()]
      .map((event) => this.#positions.get(event.session ?? '')?.[0])
      .filter((first) => first !== undefined);
    const segments = firsts.map((first) => decodePosition(first).segment);
    return segments.length === 0 ? undefined : Math.min(...segments);
  }

  #addPosition({ session }: AuditEvent, { segment, offset }: EventPosition): void {
    if (session === undefined) return;
    const place = segment * maxOffset + offset;
    const places = this.#positions.get(session);
    if (places === undefined) this.#positions.set(session, [place]);
    else places.push(place);
  }

  #closeIntent(event: AuditEvent): void {
    const ends = sessionEnds.has(event.code) || event.code === 'session.failed' || event.code === 'session.denied';
    if (ends || statementOutcomes.has(event.code)) this.#open.delete(createIntentKey(event));
  }
}

function createIntentKey({ code, session, statement }: AuditEvent): string {
  return code.startsWith('statement.') ? `statement ${statement ?? ''}` : `session ${session ?? ''}`;
}
