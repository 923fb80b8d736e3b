import type { Place, Problem, ProblemKind, Remembered } from './report.js';
import { Findings } from './findings.js';
import { Marks } from './marks.js';
import { Links } from './links.js';
import { edgeOf, Runs, type Edge, type Run } from './runs.js';
import { ChainSeals, type Head } from './chain-seals.js';
import { Stretches } from './stretches.js';
import { Times } from './times.js';
import { Stubs } from './stubs.js';
import type { Before, Told } from '../reading/told.js';

export interface ChainSettings {
  /** How many problems are kept. */
  readonly limit: number;
  /** How many events back one that comes again can be compared. */
  readonly window: number;
  readonly remembered: Remembered | undefined;
  /** Another chain stands before it in the same log, so that its own beginning must be there. */
  readonly mustBegin: boolean;
}

/** The events of one process start as they are read. */
export class Chain {
  readonly name: string;
  readonly authority: string;
  readonly findings: Findings;
  readonly settings: ChainSettings;
  /** Where the chain before this one ended, as its first event says. */
  before: Before | undefined;
  /** What the signatures over it reach. */
  readonly stretches = new Stretches((sequence, fingerprint) => this.compare(sequence, fingerprint) === 'same');
  /** Up to which number the chain after it vouches for it. */
  vouched = 0;
  /** Events that are later than the first good checkpoint over them are told. */
  readonly times = new Times((event) => this.#event('time', 'it is later than the first checkpoint over it', event, event.place));
  events = 0;
  duplicates = 0;
  /** Stubs, and what they are held against. */
  readonly stubs = new Stubs();
  readonly seals: ChainSeals;
  readonly #marks: Marks;
  readonly #links = new Links((right, left) => this.#event('link', `it does not follow from event ${left} as that is here`, right, right.place));
  readonly #runs: Runs;
  /** Numbers that are held by nothing but altered events, and stubs where none can be. */
  readonly #held = new Set<number>();
  /** The logs, and everything else, in which a content of it was read. */
  readonly #sources = new Set<string | undefined>();
  /** The last number read in each log or partition. */
  readonly #read = new Map<string, number>();

  constructor(name: string, authority: string, settings: ChainSettings) {
    this.name = name;
    this.authority = authority;
    this.settings = settings;
    this.findings = new Findings(settings.limit);
    this.#marks = new Marks(settings.window);
    this.#runs = new Runs((left, right) => this.#join(left, right));
    this.seals = new ChainSeals({
      authority, stretches: this.stretches, times: this.times, compare: (sequence, head, id) => this.#compareHead(sequence, head, id),
      found: (problem) => this.findings.add(problem),
    });
  }

  /** In the order of their numbers. */
  get runs(): readonly Run[] {
    return this.#runs.inOrder;
  }

  compare(sequence: number, fingerprint: string): ReturnType<Marks['compare']> {
    return this.#marks.compare(sequence, fingerprint);
  }

  /** Where the content of a number that counts was read; undefined where it was not, or too long ago. */
  placeOf(sequence: number): Place | undefined {
    return this.#marks.placeOf(sequence);
  }

  /** The chain after it is sealed, and says how much of it is the writer's own; it counts as far as the end is the one that it names. */
  vouch({ sequence, sealed, fingerprint, id }: Before): void {
    this.vouched = Math.max(this.vouched, sealed);
    const isOther = this.#links.hasOther(sequence, fingerprint, id);
    if (isOther || this.compare(sequence, fingerprint) === 'same') this.stretches.seal(sequence, sealed, isOther);
  }

  /** Once everything was read. */
  close(): void {
    this.#links.close();
    this.times.close();
  }

  /** Events of it were read in this log. */
  isIn(log: string): boolean {
    return this.#read.has(log);
  }

  /** True where the event is new and its content is proven. `passed`: in its log a later chain had begun. */
  take(told: Told, place: Place, passed = false): boolean {
    const { sequence, fingerprint, actual, stub } = told;
    if (stub && place.log === undefined) return this.#stub(told, place);
    if (stub || actual !== fingerprint) return this.#hold(told, place);
    const isStubbed = this.stubs.has(sequence);
    const known = isStubbed ? 'absent' : this.#marks.compare(sequence, fingerprint);
    if (known !== 'absent') return this.#again(known, told, place, passed);
    this.#count(told, place, isStubbed);
    this.#marks.set(sequence, fingerprint, place);
    this.stretches.add(told);
    this.#sources.add(place.log);
    if (told.authority !== this.authority) this.#event('link', `it is by ${told.authority}, the chain by ${this.authority}`, told, place);
    // Where a stub kept its place, the event itself may come to a partition later.
    if (!isStubbed || place.log !== undefined) this.#order(told, place, passed);
    const { right, wrong } = this.stubs.met(told);
    this.duplicates += right;
    for (const other of wrong) this.#event('stub', 'it does not stand for the event that is here', other.told, other.place);
    if (told.v === 2) this.times.note({ sequence, id: told.id, code: told.code, at: told.at, place });
    this.#begin(told, place);
    this.#recall(told, place);
    if (this.seals.answer(told.sequence, place)) this.#event('reordered', 'it stands behind a checkpoint that names it', told, place);
    return true;
  }

  /** What a checkpoint names, which most often is the last event that was read: then the id is at hand, too. */
  #compareHead(sequence: number, head: string, id: string): Head {
    const known = this.#marks.compare(sequence, head);
    if (known === 'other') return this.#links.hasOther(sequence, head, id) ? 'second' : 'other';
    const last = this.runs.at(-1)?.last;
    return known === 'same' && last?.sequence === sequence && last.id !== id ? 'renamed' : known;
  }

  #again(known: 'same' | 'other' | 'forgotten', told: Told, place: Place, passed: boolean): false {
    const { log } = place;
    const last = log === undefined ? 0 : (this.#read.get(log) ?? 0);
    if (known === 'forgotten') this.#event('unchecked', 'it came again too late to be compared', told, place, 'incomplete');
    else if (known === 'other') this.#fork(told, place);
    else if (log !== undefined && (told.sequence <= last || (this.#sources.size === 1 && this.#sources.has(log)))) this.#event('copied', 'it stands in the log before', told, place);
    else {
      if (log !== undefined) this.#order(told, place, passed);
      this.duplicates += 1;
    }
    return false;
  }

  #fork(told: Told, place: Place): void {
    this.#event('fork', `there are two events with the number ${told.sequence}`, told, place);
    if (this.#links.hasOther(told.sequence, told.fingerprint, told.id)) return;
    this.#links.other(edgeOf(told, place));
    this.stretches.addOther(told);
  }

  /** What is altered, and a stub where none can be, says nothing, but it has its number. */
  #hold(told: Told, place: Place): false {
    const { sequence, fingerprint, stub, actual = '' } = told;
    if (stub) this.#event('stub', 'a stub is no event of a log', told, place);
    else this.#event('altered', 'its content is not what its fingerprint says', told, place);
    if (this.#marks.compare(sequence, fingerprint) === 'absent' && !this.#held.has(sequence)) {
      this.#held.add(sequence);
      this.#add({ ...edgeOf(told, place), actual });
    }
    return false;
  }

  /** A receiver may get a stub of what was too long for it. */
  #stub(told: Told, place: Place): false {
    const { sequence, fingerprint } = told;
    const isHere = this.#marks.compare(sequence, fingerprint) !== 'absent';
    const found = this.stubs.take(told, place, isHere && !this.stubs.has(sequence));
    if (found === 'again') this.duplicates += 1;
    else if (found === 'wrong') this.#event('stub', 'it does not stand for the event that is here', told, place);
    else if (found === 'unknown') this.#event('stub', 'nothing proves that it stands for the event that is here', told, place, 'incomplete');
    if (told.isSmall === true) this.#event('stub', 'it stands for an event that nobody had to cut', told, place);
    if (isHere) return false;
    this.#count(told, place, false);
    this.#marks.set(sequence, fingerprint, place);
    return false;
  }

  /** An event whose number is new, or held by what says nothing. */
  #count(told: Told, place: Place, isKnown: boolean): void {
    if (this.#held.delete(told.sequence)) this.#runs.replace(edgeOf(told, place));
    else if (!isKnown) this.#add(edgeOf(told, place));
  }

  #add(edge: Edge): void {
    this.events += 1;
    this.#runs.add(edge);
  }

  #order(told: Told, place: Place, passed: boolean): void {
    const line = place.log ?? place.partition;
    if (line === undefined) return;
    const last = this.#read.get(line);
    if (passed) this.#event('reordered', 'it stands behind the beginning of a later chain', told, place);
    else if (last !== undefined && told.sequence < last) this.#event('reordered', `it stands behind event ${last}`, told, place);
    this.#read.set(line, Math.max(last ?? 0, told.sequence));
  }

  #begin(told: Told, place: Place): void {
    if (told.sequence !== 1) return;
    if (told.previous !== undefined) this.#event('link', 'it is the first of its chain and names one before it', told, place);
    this.before = told.before;
  }

  #recall(told: Told, place: Place): void {
    const { remembered } = this.settings;
    if (remembered === undefined || told.sequence !== remembered.seq) return;
    if (told.fingerprint !== remembered.head) this.#event('rewritten', 'another event stood here when it was verified before', told, place);
  }

  /** What is altered is held against nobody, nor anything against it. */
  #join(left: Edge, right: Edge): void {
    const { previous, place } = right;
    if (isAltered(right)) return;
    if (previous === undefined) return this.#event('restart', `it says that it begins the chain, but is number ${right.sequence}`, right, place);
    if (!isAltered(left)) this.#links.join(left, { ...right, previous });
  }

  #event(kind: ProblemKind, message: string, { sequence, id, code, at }: Omit<Edge, 'place' | 'type' | 'fingerprint'>, place: Place, verdict: Problem['verdict'] = 'tampered'): void {
    this.findings.add({ kind, verdict, message, place, sequence, id, code, at });
  }
}

function isAltered({ actual, fingerprint }: Edge): boolean {
  return actual !== undefined && actual !== fingerprint;
}
