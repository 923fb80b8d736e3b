import type { LinePosition, Finding, FindingKind, RememberedChain } from './report.js';
import { FindingCollector } from './findings.js';
import { FingerprintWindow } from './fingerprint-window.js';
import { Links } from './links.js';
import { createRunEdge, EventRuns, type RunEdge, type EventRun } from './event-runs.js';
import { ChainSeals, type Head } from './chain-seals.js';
import { Stretches } from './stretches.js';
import { CheckpointTimes } from './checkpoint-times.js';
import { StubTracker } from './stub-tracker.js';
import type { PreviousChain, EventClaims } from '../parse/event-claims.js';

export interface ChainSettings {
  /** How many problems are kept. */
  readonly limit: number;
  /** How many events back one that comes again can be compared. */
  readonly window: number;
  readonly remembered: RememberedChain | undefined;
}

/** What became of an event that was read. */
export type Added = 'new' | 'copied' | 'known';

/** The events of one process start as they are read. */
export class Chain {
  readonly name: string;
  readonly authority: string;
  readonly findings: FindingCollector;
  readonly settings: ChainSettings;
  /** Where the chain before this one ended, as its first event says. */
  previousChain: PreviousChain | undefined;
  /** What the signatures over it reach. */
  readonly stretches = new Stretches((sequence, fingerprint) => this.compare(sequence, fingerprint) === 'same');
  /** Up to which number the chain after it vouches for it. */
  vouched = 0;
  /** Events that are later than the first good checkpoint over them are told. */
  readonly checkpointTimes = new CheckpointTimes((event) =>
    this.#addFinding('time', 'it is later than the first checkpoint over it', event, event.position),
  );
  events = 0;
  /** Another chain stands before it in the same log, so that its own beginning must be there. */
  requiresBeginning = false;
  duplicates = 0;
  /** Stubs, and what they are held against. */
  readonly stubs = new StubTracker();
  readonly seals: ChainSeals;
  readonly #fingerprints: FingerprintWindow;
  readonly #links = new Links((right, left) =>
    this.#addFinding('link', `it does not follow from event ${left} as that is here`, right, right.position),
  );
  readonly #runs: EventRuns;
  /** Numbers that are held by nothing but altered events, and stubs where none can be. */
  readonly #unprovenNumbers = new Set<number>();
  /** The logs, and everything else, in which a content of it was read. */
  readonly #sources = new Set<string | undefined>();
  /** The last number read in each log or partition. */
  readonly #read = new Map<string, number>();

  constructor(name: string, authority: string, settings: ChainSettings) {
    this.name = name;
    this.authority = authority;
    this.settings = settings;
    this.findings = new FindingCollector(settings.limit);
    this.#fingerprints = new FingerprintWindow(settings.window);
    this.#runs = new EventRuns((left, right) => this.#checkNeighbours(left, right));
    this.seals = new ChainSeals({
      authority,
      stretches: this.stretches,
      times: this.checkpointTimes,
      compare: (sequence, head, id) => this.#compareHead(sequence, head, id),
      found: (problem) => this.findings.add(problem),
    });
  }

  /** In the order of their numbers. */
  get runs(): readonly EventRun[] {
    return this.#runs.inOrder;
  }

  compare(sequence: number, fingerprint: string): ReturnType<FingerprintWindow['compare']> {
    return this.#fingerprints.compare(sequence, fingerprint);
  }

  /** Where the content of a number that counts was read; undefined where it was not, or too long ago. */
  placeOf(sequence: number): LinePosition | undefined {
    return this.#fingerprints.placeOf(sequence);
  }

  /**
   * The chain after it is sealed, and says how much of it is the writer's own; it counts as far as the end is the one
   * that it names.
   */
  vouch({ sequence, sealed, fingerprint, id }: PreviousChain): void {
    this.vouched = Math.max(this.vouched, sealed);
    const isOther = this.#links.hasOther(sequence, fingerprint, id);
    if (isOther || this.compare(sequence, fingerprint) === 'same') this.stretches.seal(sequence, sealed, isOther);
  }

  /** Once everything was read. */
  close(): void {
    this.#links.close();
    this.checkpointTimes.close();
  }

  /** Events of it were read in this log. */
  isIn(log: string): boolean {
    return this.#read.has(log);
  }

  /** Whether the event is new and its content proven, or a copy in its log. `passed`: in that a later chain had begun. */
  addEvent(told: EventClaims, place: LinePosition, passed = false): Added {
    const { sequence, fingerprint, computedFingerprint: actual, stub } = told;
    if (stub && place.log === undefined) return this.#stub(told, place);
    if (stub || actual !== fingerprint) return this.#addUnproven(told, place);
    const isStubbed = this.stubs.has(sequence);
    const known = isStubbed ? 'absent' : this.#fingerprints.compare(sequence, fingerprint);
    if (known !== 'absent') return this.#addDuplicate(known, told, place, passed);
    this.#count(told, place, isStubbed);
    this.#fingerprints.set(sequence, fingerprint, place);
    this.stretches.add(told);
    this.#sources.add(place.log);
    if (told.authority !== this.authority)
      this.#addFinding('link', `it is by ${told.authority}, the chain by ${this.authority}`, told, place);
    // Where a stub kept its place, the event itself may come to a partition later.
    if (!isStubbed || place.log !== undefined) this.#order(told, place, passed);
    const { right, wrong } = this.stubs.match(told);
    this.duplicates += right;
    for (const other of wrong)
      this.#addFinding('stub', 'it does not stand for the event that is here', other.claims, other.position);
    if (told.v === 2)
      this.checkpointTimes.addEvent({ sequence, id: told.id, code: told.code, at: told.at, position: place });
    this.#begin(told, place);
    this.#compareRemembered(told, place);
    this.seals.answer(told.sequence);
    return 'new';
  }

  /** What a checkpoint names, which most often is the last event that was read: then the id is at hand, too. */
  #compareHead(sequence: number, head: string, id: string): Head {
    const known = this.#fingerprints.compare(sequence, head);
    if (known === 'other') return this.#links.hasOther(sequence, head, id) ? 'second' : 'other';
    const last = this.runs.at(-1)?.last;
    return known === 'same' && last?.sequence === sequence && last.id !== id ? 'renamed' : known;
  }

  #addDuplicate(known: 'same' | 'other' | 'forgotten', told: EventClaims, place: LinePosition, passed: boolean): Added {
    const { log } = place;
    const last = log === undefined ? 0 : (this.#read.get(log) ?? 0);
    if (known === 'forgotten')
      this.#addFinding('unchecked', 'it came again too late to be compared', told, place, 'incomplete');
    else if (known === 'other') this.#fork(told, place);
    else if (log !== undefined && (told.sequence <= last || (this.#sources.size === 1 && this.#sources.has(log)))) {
      this.#addFinding('copied', 'it stands in the log before', told, place);
      return 'copied';
    } else {
      if (log !== undefined) this.#order(told, place, passed);
      this.duplicates += 1;
    }
    return 'known';
  }

  #fork(told: EventClaims, place: LinePosition): void {
    this.#addFinding('fork', `there are two events with the number ${told.sequence}`, told, place);
    if (this.#links.hasOther(told.sequence, told.fingerprint, told.id)) return;
    this.#links.other(createRunEdge(told, place));
    this.stretches.addOther(told);
  }

  /** What is altered, and a stub where none can be, says nothing, but it has its number. */
  #addUnproven(told: EventClaims, place: LinePosition): 'known' {
    const { sequence, fingerprint, stub, computedFingerprint: actual = '' } = told;
    if (stub) this.#addFinding('stub', 'a stub is no event of a log', told, place);
    else this.#addFinding('altered', 'its content is not what its fingerprint says', told, place);
    if (this.#fingerprints.compare(sequence, fingerprint) === 'absent' && !this.#unprovenNumbers.has(sequence)) {
      this.#unprovenNumbers.add(sequence);
      this.#add({ ...createRunEdge(told, place), actual });
    }
    return 'known';
  }

  /** A receiver may get a stub of what was too long for it. */
  #stub(told: EventClaims, place: LinePosition): 'known' {
    const { sequence, fingerprint } = told;
    const isHere = this.#fingerprints.compare(sequence, fingerprint) !== 'absent';
    const found = this.stubs.add(told, place, isHere && !this.stubs.has(sequence));
    if (found === 'again') this.duplicates += 1;
    else if (found === 'wrong') this.#addFinding('stub', 'it does not stand for the event that is here', told, place);
    else if (found === 'unknown')
      this.#addFinding('stub', 'nothing proves that it stands for the event that is here', told, place, 'incomplete');
    if (told.isSmall === true) this.#addFinding('stub', 'it stands for an event that nobody had to cut', told, place);
    if (isHere) return 'known';
    this.#count(told, place, false);
    this.#fingerprints.set(sequence, fingerprint, place);
    return 'known';
  }

  /** An event whose number is new, or held by what says nothing. */
  #count(told: EventClaims, place: LinePosition, isKnown: boolean): void {
    if (this.#unprovenNumbers.delete(told.sequence)) this.#runs.replace(createRunEdge(told, place));
    else if (!isKnown) this.#add(createRunEdge(told, place));
  }

  #add(edge: RunEdge): void {
    this.events += 1;
    this.#runs.add(edge);
  }

  #order(told: EventClaims, place: LinePosition, passed: boolean): void {
    const line = place.log ?? place.partition;
    if (line === undefined) return;
    const last = this.#read.get(line);
    if (passed) this.#addFinding('reordered', 'it stands behind the beginning of a later chain', told, place);
    else if (last !== undefined && told.sequence < last)
      this.#addFinding('reordered', `it stands behind event ${last}`, told, place);
    else if (place.log !== undefined && told.sequence <= this.seals.reachedIn(place.log))
      this.#addFinding('reordered', 'it stands behind a checkpoint over it', told, place);
    this.#read.set(line, Math.max(last ?? 0, told.sequence));
  }

  #begin(told: EventClaims, place: LinePosition): void {
    if (told.sequence !== 1) return;
    if (told.previous !== undefined)
      this.#addFinding('link', 'it is the first of its chain and names one before it', told, place);
    this.previousChain = told.previousChain;
  }

  #compareRemembered(told: EventClaims, place: LinePosition): void {
    const { remembered } = this.settings;
    if (remembered === undefined || told.sequence !== remembered.seq) return;
    if (told.fingerprint !== remembered.head)
      this.#addFinding('rewritten', 'another event stood here when it was verified before', told, place);
  }

  /** What is altered is held against nobody, nor anything against it. */
  #checkNeighbours(left: RunEdge, right: RunEdge): void {
    const { previous, position: place } = right;
    if (isAltered(right)) return;
    if (previous === undefined)
      return this.#addFinding(
        'restart',
        `it says that it begins the chain, but is number ${right.sequence}`,
        right,
        place,
      );
    if (!isAltered(left)) this.#links.join(left, { ...right, previous });
  }

  #addFinding(
    kind: FindingKind,
    message: string,
    { sequence, id, code, at }: Omit<RunEdge, 'position' | 'type' | 'fingerprint'>,
    place: LinePosition,
    verdict: Finding['verdict'] = 'tampered',
  ): void {
    this.findings.add({ kind, verdict, message, place, sequence, id, code, at });
  }
}

function isAltered({ actual, fingerprint }: RunEdge): boolean {
  return actual !== undefined && actual !== fingerprint;
}
