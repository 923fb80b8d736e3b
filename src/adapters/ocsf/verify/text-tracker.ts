import { hashSha256 } from '../fingerprint.js';
import type { TextLine } from '../parse/text-line.js';
import type { NamedTexts, TextRole, EventClaims } from '../parse/event-claims.js';
import { BoundedHashMap } from './bounded-hash-map.js';
import type { LinePosition, Finding, FindingKind } from './report.js';
import { TextAssembly, type NamingEvent, type TextPart } from './text-assembly.js';

/** Events that name no text, as far back as one of theirs is looked for. */
const maxOthers = 16_384;
/** Numbers and chains that fit into one number; and problems that wait to be told where their event stands. */
const [mostNumbers, mostChains, mostWaiting] = [2 ** 40, 8_191, 4_096];

/** Tells a problem, of a chain where that is known. */
export type ReportFinding = (problem: Finding, chain?: string) => void;

/**
 * The texts of statements, held against the events that name them. In a log a text stands directly before its event:
 * once both are read only marks of them stay. Elsewhere they come in any
 * order, and what waits for the other is kept.
 */
export class TextTracker {
  /** Lines that were read, each counted once. */
  count = 0;
  /** Lines that came again outside a log. */
  repeated = 0;
  readonly #report: ReportFinding;
  readonly #known: BoundedHashMap;
  /** Events of version 2 that name texts. */
  readonly #naming: BoundedHashMap;
  /** The last events that name none: in a log a text stands before its event, not far behind it. */
  readonly #others: BoundedHashMap;
  readonly #assemblies = new Map<string, TextAssembly>();
  /** Events that name a text which is not proven yet. */
  readonly #namingEvents = new Map<string, NamingEvent>();
  readonly #proven = new Map<string, Set<TextRole>>();
  /** In each log what stands before the next event. */
  readonly #pending = new Map<string, TextPart[]>();
  readonly #misplaced: TextPart[] = [];
  /** The chains of the events that were read. */
  readonly #chains: string[] = [];
  /** Of texts whose event was not read when they were. */
  readonly #waiting: { readonly problem: Finding; readonly event: string }[] = [];

  /** `window`: how many events back a text can be compared. */
  constructor(tell: ReportFinding, window: number) {
    this.#report = tell;
    this.#known = new BoundedHashMap(window);
    this.#naming = new BoundedHashMap(window);
    this.#others = new BoundedHashMap(Math.min(window, maxOthers));
  }

  addText(text: TextLine, place: LinePosition): void {
    const content = this.#known.hash(hashSha256(JSON.stringify(text)));
    const { log } = place;
    if (log !== undefined && this.#isCopy(`${log}\n${text.id}`, content))
      return this.#addFinding('copied', 'a text that stands in the log before', text, place);
    const known = this.#known.get(`text ${text.id}`);
    if (known === content) {
      this.repeated += 1;
      return;
    }
    this.count += 1;
    if (text.v === 1) return this.#addVersion1(text, place);
    if (log !== undefined) this.#addPending(text, place, log);
    if (known !== undefined)
      return this.#addFinding('text', 'another text of the same id was read before', text, place);
    this.#known.set(`text ${text.id}`, content);
    if (this.#isHere(text.event) && !this.#namingEvents.has(text.event))
      return this.#addFinding('text', 'its event names no such text', text, place);
    const key = createTextKey(text);
    const wording = this.#assemblies.get(key) ?? new TextAssembly(text);
    this.#assemblies.set(key, wording);
    wording.add(text, place);
    const owner = this.#namingEvents.get(text.event);
    if (owner !== undefined) this.#check(wording, owner);
  }

  /** An event whose content is proven, read for the first time. */
  addEvent(told: EventClaims, place: LinePosition): void {
    const { v, id, texts } = told;
    this.closePending(place.log, id);
    if (v === 1) return;
    (texts === undefined ? this.#others : this.#naming).set(id, this.#standing(told));
    if (this.#known.has(`early ${id}`))
      this.#report(
        {
          kind: 'text',
          verdict: 'tampered',
          message: 'a text of an earlier version is here, which names it',
          place,
          sequence: told.sequence,
          id,
        },
        told.chain,
      );
    const owner: NamingEvent = { ...told, texts: texts ?? {}, position: place };
    if (texts !== undefined) this.#namingEvents.set(id, owner);
    for (const role of ['run', 'asked'] as const) {
      const wording = this.#assemblies.get(createTextKey({ event: id, role }));
      if (wording !== undefined) this.#check(wording, owner);
    }
  }

  /** Something else than a text was read in a log: what waits there stands before it, and was to stand before `id`. */
  closePending(log: string | undefined, id?: string): void {
    const pending = log === undefined ? undefined : this.#pending.get(log);
    if (log === undefined || pending === undefined) return;
    this.#pending.delete(log);
    this.#misplaced.push(...pending.filter(({ event }) => event !== id));
  }

  /** When everything was read. `asked`: a text that is absent is a problem. */
  close(asked: boolean): void {
    for (const log of this.#pending.keys()) this.closePending(log);
    for (const { problem, event } of this.#waiting) this.#tellOf(problem, event);
    for (const part of this.#misplaced)
      if (this.#isHere(part.event))
        this.#addFinding('foreign', 'it does not stand before its event', part, part.position);
    const late = [...this.#assemblies.values()]
      .filter(({ event }) => !this.#isHere(event))
      .flatMap(({ parts }) => parts);
    if (this.#others.hasForgotten || this.#naming.hasForgotten) for (const part of late) this.#reportLate(part);
    if (!asked) return;
    for (const { chain, position: place, sequence, id, code, at, texts } of this.#namingEvents.values()) {
      if (this.#areComplete(id, texts)) continue;
      this.#report(
        {
          kind: 'text',
          verdict: 'incomplete',
          message: 'a text that it names is absent, wholly or in part',
          place,
          sequence,
          id,
          code,
          at,
        },
        chain,
      );
    }
    for (const { id, at, position: place } of late)
      this.#report({ kind: 'text', verdict: 'incomplete', message: 'the event of this text is absent', place, id, at });
  }

  /** Each text that the event names was read, whatever it says. */
  #areComplete(event: string, texts: NamedTexts): boolean {
    const proven = this.#proven.get(event);
    return (Object.entries(texts) as [TextRole, { readonly parts: number }][]).every(
      ([role, { parts }]) =>
        proven?.has(role) === true || this.#assemblies.get(createTextKey({ event, role }))?.isComplete(parts) === true,
    );
  }

  #reportLate({ id, at, position: place }: TextPart): void {
    this.#report({
      kind: 'unchecked',
      verdict: 'incomplete',
      message: 'its event is absent, or was read too long ago to be compared',
      place,
      id,
      at,
    });
  }

  #isHere(event: string): boolean {
    return this.#naming.has(event) || this.#others.has(event);
  }

  #isCopy(key: string, content: number): boolean {
    if (this.#known.get(key) === content) return true;
    this.#known.set(key, content);
    return false;
  }

  /** Texts of version 1 are named by nothing. But one of an event of version 2 is not of that version. */
  #addVersion1(text: TextLine, place: LinePosition): void {
    this.#known.set(`text ${text.id}`, this.#known.hash(hashSha256(JSON.stringify(text))));
    if (this.#isHere(text.event)) this.#addFinding('text', 'it is of an earlier version than its event', text, place);
    else this.#known.set(`early ${text.event}`);
  }

  #addPending({ text: _text, ...line }: TextLine, place: LinePosition, log: string): void {
    if (this.#pending.get(log)?.[0]?.event !== line.event) this.closePending(log);
    this.#pending.set(log, [...(this.#pending.get(log) ?? []), { ...line, position: place }]);
  }

  #check(wording: TextAssembly, owner: NamingEvent): void {
    const { faulty, proven } = wording.check(owner);
    for (const { id, at, position: place } of faulty)
      this.#report(
        {
          kind: 'text',
          verdict: 'tampered',
          message: 'it is not the text that its event names',
          place,
          sequence: owner.sequence,
          id,
          at,
        },
        owner.chain,
      );
    if (!proven) return;
    this.#assemblies.delete(createTextKey(wording));
    const done = this.#proven.get(owner.id) ?? new Set();
    done.add(wording.role);
    const all = Object.keys(owner.texts).every((role) => done.has(role as TextRole));
    if (all) this.#namingEvents.delete(owner.id);
    if (all) this.#proven.delete(owner.id);
    else this.#proven.set(owner.id, done);
  }

  #addFinding(
    kind: FindingKind,
    message: string,
    { id, at, event }: Pick<TextPart, 'id' | 'at' | 'event'>,
    place: LinePosition,
  ): void {
    const problem: Finding = { kind, verdict: 'tampered', message, place, id, at };
    if (this.#isHere(event) || this.#waiting.length >= mostWaiting) this.#tellOf(problem, event);
    else this.#waiting.push({ problem, event });
  }

  /** Tells a problem of a text with the number of its event, where that is here. */
  #tellOf(problem: Finding, event: string): void {
    const standing = this.#naming.get(event) ?? this.#others.get(event) ?? 0;
    const chain = this.#chains[Math.floor(standing / mostNumbers) - 1];
    this.#report(chain === undefined ? problem : { ...problem, sequence: standing % mostNumbers }, chain);
  }

  /** A chain and a number in one; 0 where they do not fit. */
  #standing({ chain, sequence }: EventClaims): number {
    const known = this.#chains.lastIndexOf(chain);
    const index = known >= 0 || this.#chains.length >= mostChains ? known : this.#chains.push(chain) - 1;
    return sequence < mostNumbers ? (index + 1) * mostNumbers + sequence : 0;
  }
}

function createTextKey({ event, role }: { readonly event: string; readonly role: TextRole }): string {
  return `${event} ${role}`;
}
