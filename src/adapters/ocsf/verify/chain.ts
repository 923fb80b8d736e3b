import type { Place, Problem, ProblemKind, Remembered } from './report.js';
import type { CheckpointInterval } from '../../../core/index.js';
import { Findings } from './findings.js';
import { Marks } from './marks.js';
import { edgeOf, Runs, type Edge, type Run } from './runs.js';
import type { Stamp } from './seal.js';
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

/** What a checkpoint of version 1 is taken to promise. */
export const earlierInterval: CheckpointInterval = { events: 1_256, ms: 60_000 };

/** The events of one process start as they are read, and the checkpoints over them. */
export class Chain {
  readonly name: string;
  readonly authority: string;
  readonly findings: Findings;
  readonly settings: ChainSettings;
  /** Where the chain before this one ended, as its first event says. */
  before: Before | undefined;
  /** What the signatures over it reach. */
  readonly stretches = new Stretches();
  /** The highest number that a good checkpoint of its own names. */
  sealed = 0;
  /** Up to which number the chain after it vouches for it. */
  vouched = 0;
  sealedAt: number | undefined;
  /** What the last good checkpoint promised. */
  interval: CheckpointInterval | undefined;
  /** Events that are later than the first good checkpoint over them are told. */
  readonly times = new Times((event) => this.#event('time', 'it is later than the first checkpoint over it', event, event.place));
  events = 0;
  duplicates = 0;
  checkpoints = 0;
  readonly keys = new Set<string>();
  /** Stubs, and what they are held against. */
  readonly stubs = new Stubs();
  /** Checkpoints that came before their event, with what they are worth. */
  readonly waiting = new Map<number, (readonly [Stamp, boolean])[]>();
  readonly #marks: Marks;
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
  }

  /** In the order of their numbers. */
  get runs(): readonly Run[] {
    return this.#runs.inOrder;
  }

  compare(sequence: number, fingerprint: string): ReturnType<Marks['compare']> {
    return this.#marks.compare(sequence, fingerprint);
  }

  /** The chain after it is sealed, names its end, and says how much of it is the writer's own. */
  vouch({ sequence, sealed }: Before): void {
    this.vouched = Math.max(this.vouched, sealed);
    this.stretches.seal(sequence, sealed);
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
    this.#held.delete(sequence);
    this.#marks.set(sequence, fingerprint);
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
    this.#answer(told, place);
    return true;
  }

  /** A checkpoint whose signature holds, or, where there are no keys to tell, one that is compared all the same but seals nothing. */
  seal(stamp: Stamp, trusted: boolean): void {
    this.checkpoints += 1;
    this.keys.add(stamp.kid);
    if (stamp.claims.authority !== this.authority) this.stamp('checkpoint', stamp, `it is by ${stamp.claims.authority}, the chain by ${this.authority}`);
    this.#compare(stamp, trusted);
  }

  /** A problem of one of its checkpoints. */
  stamp(kind: ProblemKind, { place, claims: { seq, at } }: Pick<Stamp, 'claims' | 'place'>, message: string, verdict: Problem['verdict'] = 'tampered'): void {
    this.findings.add({ kind, verdict, message: `the checkpoint over ${seq}: ${message}`, place, sequence: seq, at });
  }

  #compare(stamp: Stamp, trusted: boolean): void {
    const { seq, head, at } = stamp.claims;
    switch (this.#marks.compare(seq, head)) {
      case 'same':
        if (!trusted) return;
        if (seq >= this.sealed) this.interval = stamp.claims.interval ?? earlierInterval;
        if (stamp.claims.v === 2) this.times.seal(stamp.claims);
        this.sealed = Math.max(this.sealed, seq);
        this.stretches.seal(seq);
        this.sealedAt = Math.max(this.sealedAt ?? at, at);
        return;
      case 'other':
        return this.stamp('rewritten', stamp, `it names another event ${seq} than the one that is here: what stands between ${this.sealed + 1} and ${seq} was written anew`);
      case 'forgotten':
        return this.stamp('unchecked', stamp, 'it came too late to be compared', 'incomplete');
      default:
        this.waiting.set(seq, [...(this.waiting.get(seq) ?? []), [stamp, trusted]]);
    }
  }

  #again(known: 'same' | 'other' | 'forgotten', told: Told, place: Place, passed: boolean): false {
    const { log } = place;
    const last = log === undefined ? 0 : (this.#read.get(log) ?? 0);
    if (known === 'forgotten') this.#event('unchecked', 'it came again too late to be compared', told, place, 'incomplete');
    else if (known === 'other') this.#event('fork', `there are two events with the number ${told.sequence}`, told, place);
    else if (log !== undefined && (told.sequence <= last || (this.#sources.size === 1 && this.#sources.has(log)))) this.#event('copied', 'it stands in the log before', told, place);
    else {
      if (log !== undefined) this.#order(told, place, passed);
      this.duplicates += 1;
    }
    return false;
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
    this.#marks.set(sequence, fingerprint);
    return false;
  }

  /** An event whose number is new, or held by what says nothing. */
  #count(told: Told, place: Place, isKnown: boolean): void {
    if (!isKnown && !this.#held.has(told.sequence)) this.#add(edgeOf(told, place));
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

  /** Checkpoints that were waiting for this event. In a log that is read in order none comes before what it names. */
  #answer(told: Told, place: Place): void {
    const waiting = this.waiting.get(told.sequence);
    if (waiting === undefined) return;
    this.waiting.delete(told.sequence);
    if (place.log !== undefined && waiting.some(([stamp]) => stamp.place.log === place.log)) this.#event('reordered', 'it stands behind a checkpoint that names it', told, place);
    for (const [stamp, trusted] of waiting) this.#compare(stamp, trusted);
  }

  /** What is altered is held against nobody, nor anything against it. */
  #join(left: Edge, right: Edge): void {
    const { previous, place } = right;
    if (isAltered(right)) return;
    if (previous === undefined) return this.#event('restart', `it says that it begins the chain, but is number ${right.sequence}`, right, place);
    if (isAltered(left) || (previous.fingerprint === left.fingerprint && previous.id === left.id && previous.type === left.type)) return;
    this.#event('link', `it does not follow from event ${left.sequence} as that is here`, right, place);
  }

  #event(kind: ProblemKind, message: string, { sequence, id, code, at }: Omit<Edge, 'place' | 'type' | 'fingerprint'>, place: Place, verdict: Problem['verdict'] = 'tampered'): void {
    this.findings.add({ kind, verdict, message, place, sequence, id, code, at });
  }
}

function isAltered({ actual, fingerprint }: Edge): boolean {
  return actual !== undefined && actual !== fingerprint;
}
