import { join } from 'node:path';
import { AccessError, type Link, type OriginCheck, type RecordFormat } from '../../core/index.js';
import { segmentsIn } from './batch.js';
import { linesOf, type Line } from './lines.js';
import type { Checkpointed, Earlier } from './replay.js';
import { segmentName } from './segment.js';
import type { Noted } from './writer-note.js';

/** How much of the last chain is the writer's own. */
export interface Provenance {
  /** Its events up to this number. */
  readonly sealed: number;
  /** Events of it that nothing vouches for, though something should: the writer's note is gone. */
  readonly doubtful: number;
}

interface Held {
  readonly directory: string;
  readonly format: RecordFormat;
  readonly origin: OriginCheck;
  readonly earlier: Earlier;
  readonly note: Noted | undefined;
}

/**
 * Recomputes what stands behind the last checkpoint of the writer's own, and holds it against the writer's note. Throws CONFIG_INVALID where something in there was changed,
 * does not follow, or is of a chain that the writer did not begin, naming the line from which on it has to be set aside; and where the end is gone.
 */
export async function checkProvenance(held: Held): Promise<Provenance> {
  const { earlier: { head }, note, origin } = held;
  if (head?.fingerprint === undefined) return noteGone(note === undefined || knownEvent(note) === undefined);
  const own = await lastOwn(held);
  const known = note === undefined ? undefined : knownEvent(note);
  const from = own?.link ?? known;
  if (from?.fingerprint === undefined) return { sealed: 0, doubtful: origin.mac === undefined ? 0 : head.sequence };
  if (isBefore(head, from)) throw cut();
  const tail = new Tail(held, note, own);
  await walk(held, own, from, tail);
  return tail.end(head);
}

function noteGone(fresh: boolean): Provenance {
  if (!fresh) throw cut();
  return { sealed: 0, doubtful: 0 };
}

/** The newest event that a note vouches for. */
function knownEvent({ chain, sequence, fingerprint, before }: Noted): Pick<Link, 'chain' | 'sequence' | 'fingerprint'> | undefined {
  return fingerprint === undefined ? before : { chain, sequence, fingerprint };
}

/** The newest checkpoint that is signed with a key of the writer. */
async function lastOwn({ directory, origin, earlier: { checkpoints } }: Held): Promise<Checkpointed | undefined> {
  for (const checkpoint of checkpoints.toReversed()) {
    for await (const { text } of linesOf(join(directory, segmentName(checkpoint.segment)), checkpoint.offset)) {
      if (text !== undefined && (await origin.isOwn(text))) return checkpoint;
      break;
    }
  }
  return undefined;
}

/** Gives the tail each line behind an event, which stands before the checkpoint that names it, and most often not far. */
async function walk(held: Held, own: Checkpointed | undefined, from: Link, tail: Tail): Promise<void> {
  for (const start of starts(held, own)) if (await walkFrom(held, start, from, tail)) return;
  // Retention has removed it: what is there goes on behind it.
  tail.begin(from);
  await walkFrom(held, { segment: 0, offset: 0 }, undefined, tail);
}

type Start = Pick<Checkpointed, 'segment' | 'offset'>;

/** Ever further back, to the beginning. */
function* starts({ earlier: { checkpoints }, note }: Held, own: Checkpointed | undefined): Generator<Start> {
  if (own === undefined && note !== undefined) yield { segment: note.segment, offset: 0 };
  const last = own === undefined ? -1 : checkpoints.indexOf(own);
  for (let back = 2; last - back >= 0; back *= 4) yield checkpoints[last - back] as Start;
  yield { segment: 0, offset: 0 };
}

async function walkFrom({ directory, format, origin }: Held, start: Start, from: Link | undefined, tail: Tail): Promise<boolean> {
  let found = from === undefined;
  for (const segment of await segmentsIn(directory)) {
    if (segment < start.segment) continue;
    for await (const line of linesOf(join(directory, segmentName(segment)), segment === start.segment ? start.offset : 0)) {
      const { text } = line;
      const recorded = text === undefined ? undefined : format.read(text);
      if (text === undefined || recorded?.link === undefined) continue;
      if (found) await tail.take(segment, { ...line, text }, recorded.kind === 'checkpoint' ? undefined : recorded.link);
      else if (from !== undefined && recorded.kind === 'event' && recorded.link.chain === from.chain && recorded.link.sequence === from.sequence) {
        if (origin.follow(text, undefined)?.fingerprint !== from.fingerprint) throw foreign(segment, await numberOf(directory, segment, line), 'is another event than was signed or noted');
        tail.begin(recorded.link);
        found = true;
      }
    }
  }
  return found;
}

/** What stands behind the last event that is known to be the writer's. */
class Tail {
  readonly #held: Held;
  readonly #note: Noted | undefined;
  readonly #signed: Checkpointed | undefined;
  #head: Link | undefined;
  /** The note's event, or its chain where it has none yet, was met. */
  #met = false;

  constructor(held: Held, note: Noted | undefined, signed: Checkpointed | undefined) {
    this.#held = held;
    this.#signed = signed;
    // A note of an earlier chain than one that the writer signed is an old copy, and tells nothing.
    this.#note = note !== undefined && signed !== undefined && timeOf(note.chain) < timeOf(signed.link.chain) ? undefined : note;
  }

  begin(link: Link): void {
    this.#head = link;
    this.#meet(link);
  }

  /** A line behind it; without a link a checkpoint. Throws CONFIG_INVALID where it is not the writer's. */
  async take(segment: number, line: Line & { readonly text: string }, link: Link | undefined): Promise<void> {
    const { origin } = this.#held;
    if (link === undefined) {
      if (this.#isBehindSigned(segment, line) && !(await origin.isOwn(line.text))) throw await this.#foreign(segment, line, 'is a checkpoint of another key');
      return;
    }
    const next = origin.follow(line.text, this.#head);
    if (next === undefined) throw await this.#foreign(segment, line, 'was changed, or does not follow from the event before it');
    if (next.chain !== this.#head?.chain && this.#ended(next.chain)) throw await this.#foreign(segment, line, 'begins a chain that this gateway did not begin');
    const { before, sequence } = this.#note ?? {};
    if (sequence === 0 && next.chain === before?.chain && next.sequence > before.sequence) throw await this.#foreign(segment, line, 'stands behind the end of its chain');
    if (this.#differs(next)) throw await this.#foreign(segment, line, 'is another event than was noted');
    this.#head = next;
    this.#meet(next);
  }

  end(head: Link): Provenance {
    const note = this.#note;
    if (note !== undefined && !this.#met) throw cut();
    const signed = this.#signed?.link.chain === head.chain ? this.#signed.link.sequence : 0;
    const noted = note?.chain === head.chain ? note.sequence : note?.before?.chain === head.chain ? note.before.sealed : 0;
    const sealed = Math.max(signed, noted);
    return { sealed, doubtful: note === undefined && this.#held.origin.mac !== undefined ? head.sequence - sealed : 0 };
  }

  /** Those before the last of its own were signed by keys that are gone, and are named by it. */
  #isBehindSigned(segment: number, { offset }: Line): boolean {
    const signed = this.#signed;
    return signed !== undefined && (segment > signed.segment || (segment === signed.segment && offset > signed.offset));
  }

  /** A chain begins though the note knows of none behind the one that ended. */
  #ended(chain: string): boolean {
    return this.#note !== undefined && this.#met && chain !== this.#note.chain;
  }

  #differs({ chain, sequence, fingerprint }: Link): boolean {
    const note = this.#note;
    const known = note === undefined ? undefined : knownEvent(note);
    return known?.chain === chain && known.sequence === sequence && known.fingerprint !== fingerprint;
  }

  #meet({ chain, sequence }: Link): void {
    const note = this.#note;
    const known = note === undefined ? undefined : knownEvent(note);
    if (known?.chain === chain && sequence >= known.sequence) this.#met = true;
    if (note !== undefined && chain === note.chain && sequence >= note.sequence) this.#met = true;
  }

  async #foreign(segment: number, line: Line, what: string): Promise<AccessError> {
    return foreign(segment, await numberOf(this.#held.directory, segment, line), what);
  }
}

function isBefore(head: Link, { chain, sequence }: Pick<Link, 'chain' | 'sequence'>): boolean {
  return head.chain === chain ? head.sequence < sequence : timeOf(head.chain) < timeOf(chain);
}

/** Names of chains end in a UUIDv7. */
function timeOf(chain: string): string {
  return chain.slice(-36);
}

async function numberOf(directory: string, segment: number, { offset }: Line): Promise<number> {
  let number = 1;
  for await (const line of linesOf(join(directory, segmentName(segment)))) {
    if (line.offset >= offset) break;
    number += 1;
  }
  return number;
}

function foreign(segment: number, line: number, what: string): AccessError {
  const name = segmentName(segment);
  return new AccessError('CONFIG_INVALID', `the journal holds what this gateway did not write: ${name} line ${line} ${what}. Keep a copy as evidence, then: sallyport audit quarantine DIRECTORY --from ${name}:${line}`);
}

function cut(): AccessError {
  return new AccessError('CONFIG_INVALID', 'the journal ends before what this gateway noted in head.json: restore the files that are missing, or accept the loss with: sallyport audit quarantine DIRECTORY --lost');
}
