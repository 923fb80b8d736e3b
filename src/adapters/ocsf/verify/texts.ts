import { sha256 } from '../fingerprint.js';
import type { TextLine } from '../reading/text-line.js';
import type { TextRole, Told } from '../reading/told.js';
import { Marked } from './marked.js';
import type { Place, Problem, ProblemKind } from './report.js';
import { Wording, type Owner, type Part } from './wording.js';

/** Events that name no text, as far back as one of theirs is looked for. */
const nearby = 16_384;
/** Numbers and chains that fit into one number; and problems that wait to be told where their event stands. */
const [mostNumbers, mostChains, mostWaiting] = [2 ** 40, 8_191, 4_096];

/** Tells a problem, of a chain where that is known. */
export type Tell = (problem: Problem, chain?: string) => void;

/**
 * The texts of statements, held against the events that name them. In a log a text stands directly before its event: once both are read only marks of them stay. Elsewhere they come in any
 * order, and what waits for the other is kept.
 */
export class Texts {
  /** Lines that were read, each counted once. */
  count = 0;
  /** Lines that came again outside a log. */
  again = 0;
  readonly #tell: Tell;
  readonly #seen: Marked;
  /** Events of version 2 that name texts. */
  readonly #naming: Marked;
  /** The last events that name none: in a log a text stands before its event, not far behind it. */
  readonly #others: Marked;
  readonly #wordings = new Map<string, Wording>();
  /** Events that name a text which is not proven yet. */
  readonly #owners = new Map<string, Owner>();
  readonly #proven = new Map<string, Set<TextRole>>();
  /** In each log what stands before the next event. */
  readonly #pending = new Map<string, Part[]>();
  readonly #misplaced: Part[] = [];
  /** The chains of the events that were read. */
  readonly #chains: string[] = [];
  /** Of texts whose event was not read when they were. */
  readonly #waiting: { readonly problem: Problem; readonly event: string }[] = [];

  /** `window`: how many events back a text can be compared. */
  constructor(tell: Tell, window: number) {
    this.#tell = tell;
    this.#seen = new Marked(window);
    this.#naming = new Marked(window);
    this.#others = new Marked(Math.min(window, nearby));
  }

  take(text: TextLine, place: Place): void {
    const content = this.#seen.mark(sha256(JSON.stringify(text)));
    const { log } = place;
    if (log !== undefined && this.#isCopy(`${log}\n${text.id}`, content)) return this.#problem('copied', 'a text that stands in the log before', text, place);
    const known = this.#seen.get(`text ${text.id}`);
    if (known === content) {
      this.again += 1;
      return;
    }
    this.count += 1;
    if (text.v === 1) return this.#early(text, place);
    if (log !== undefined) this.#stand(text, place, log);
    if (known !== undefined) return this.#problem('text', 'another text of the same id was read before', text, place);
    this.#seen.set(`text ${text.id}`, content);
    if (this.#isHere(text.event) && !this.#owners.has(text.event)) return this.#problem('text', 'its event names no such text', text, place);
    const key = keyOf(text);
    const wording = this.#wordings.get(key) ?? new Wording(text);
    this.#wordings.set(key, wording);
    wording.add(text, place);
    const owner = this.#owners.get(text.event);
    if (owner !== undefined) this.#check(wording, owner);
  }

  /** An event whose content is proven, read for the first time. */
  event(told: Told, place: Place): void {
    const { v, id, texts } = told;
    this.passed(place.log, id);
    if (v === 1) return;
    (texts === undefined ? this.#others : this.#naming).set(id, this.#standing(told));
    if (this.#seen.has(`early ${id}`)) this.#tell({ kind: 'text', verdict: 'tampered', message: 'a text of an earlier version is here, which names it', place, sequence: told.sequence, id }, told.chain);
    const owner: Owner = { ...told, texts: texts ?? {}, place };
    if (texts !== undefined) this.#owners.set(id, owner);
    for (const role of ['run', 'asked'] as const) {
      const wording = this.#wordings.get(keyOf({ event: id, role }));
      if (wording !== undefined) this.#check(wording, owner);
    }
  }

  /** Something else than a text was read in a log: what waits there stands before it, and was to stand before `id`. */
  passed(log: string | undefined, id?: string): void {
    const pending = log === undefined ? undefined : this.#pending.get(log);
    if (log === undefined || pending === undefined) return;
    this.#pending.delete(log);
    this.#misplaced.push(...pending.filter(({ event }) => event !== id));
  }

  /** When everything was read. `asked`: a text that is absent is a problem. */
  close(asked: boolean): void {
    for (const log of this.#pending.keys()) this.passed(log);
    for (const { problem, event } of this.#waiting) this.#tellOf(problem, event);
    for (const part of this.#misplaced) if (this.#isHere(part.event)) this.#problem('foreign', 'it does not stand before its event', part, part.place);
    const late = [...this.#wordings.values()].filter(({ event }) => !this.#isHere(event)).flatMap(({ parts }) => parts);
    if (this.#others.forgot || this.#naming.forgot) for (const part of late) this.#late(part);
    if (!asked) return;
    for (const { chain, place, sequence, id, code, at } of this.#owners.values()) {
      this.#tell({ kind: 'text', verdict: 'incomplete', message: 'a text that it names is absent, wholly or in part', place, sequence, id, code, at }, chain);
    }
    for (const { id, at, place } of late) this.#tell({ kind: 'text', verdict: 'incomplete', message: 'the event of this text is absent', place, id, at });
  }

  #late({ id, at, place }: Part): void {
    this.#tell({ kind: 'unchecked', verdict: 'incomplete', message: 'its event is absent, or was read too long ago to be compared', place, id, at });
  }

  #isHere(event: string): boolean {
    return this.#naming.has(event) || this.#others.has(event);
  }

  #isCopy(key: string, content: number): boolean {
    if (this.#seen.get(key) === content) return true;
    this.#seen.set(key, content);
    return false;
  }

  /** Texts of version 1 are named by nothing. But one of an event of version 2 is not of that version. */
  #early(text: TextLine, place: Place): void {
    this.#seen.set(`text ${text.id}`, this.#seen.mark(sha256(JSON.stringify(text))));
    if (this.#isHere(text.event)) this.#problem('text', 'it is of an earlier version than its event', text, place);
    else this.#seen.set(`early ${text.event}`);
  }

  #stand({ text: _text, ...line }: TextLine, place: Place, log: string): void {
    if (this.#pending.get(log)?.[0]?.event !== line.event) this.passed(log);
    this.#pending.set(log, [...(this.#pending.get(log) ?? []), { ...line, place }]);
  }

  #check(wording: Wording, owner: Owner): void {
    const { faulty, proven } = wording.check(owner);
    for (const { id, at, place } of faulty) this.#tell({ kind: 'text', verdict: 'tampered', message: 'it is not the text that its event names', place, sequence: owner.sequence, id, at }, owner.chain);
    if (!proven) return;
    this.#wordings.delete(keyOf(wording));
    const done = this.#proven.get(owner.id) ?? new Set();
    done.add(wording.role);
    const all = Object.keys(owner.texts).every((role) => done.has(role as TextRole));
    if (all) this.#owners.delete(owner.id);
    if (all) this.#proven.delete(owner.id);
    else this.#proven.set(owner.id, done);
  }

  #problem(kind: ProblemKind, message: string, { id, at, event }: Pick<Part, 'id' | 'at' | 'event'>, place: Place): void {
    const problem: Problem = { kind, verdict: 'tampered', message, place, id, at };
    if (this.#isHere(event) || this.#waiting.length >= mostWaiting) this.#tellOf(problem, event);
    else this.#waiting.push({ problem, event });
  }

  /** Tells a problem of a text with the number of its event, where that is here. */
  #tellOf(problem: Problem, event: string): void {
    const standing = this.#naming.get(event) ?? this.#others.get(event) ?? 0;
    const chain = this.#chains[Math.floor(standing / mostNumbers) - 1];
    this.#tell(chain === undefined ? problem : { ...problem, sequence: standing % mostNumbers }, chain);
  }

  /** A chain and a number in one; 0 where they do not fit. */
  #standing({ chain, sequence }: Told): number {
    const known = this.#chains.lastIndexOf(chain);
    const index = known >= 0 || this.#chains.length >= mostChains ? known : this.#chains.push(chain) - 1;
    return sequence < mostNumbers ? (index + 1) * mostNumbers + sequence : 0;
  }
}

function keyOf({ event, role }: { readonly event: string; readonly role: TextRole }): string {
  return `${event} ${role}`;
}
