import { join } from 'node:path';
import { AccessError, type ChainHead, type OriginCheck, type RecordFormat } from '../../core/index.js';
import { listSegments } from './batch-reader.js';
import { readLines, type FileLine } from './file-lines.js';
import type { CheckpointPosition, ReplayedJournal } from './replay.js';
import { formatSegmentName } from './segment.js';
import type { NotedHead } from './writer-note.js';

/** How much of the last chain is the writer's own. */
export interface Provenance {
  /** Its events up to this number. */
  readonly sealed: number;
  /** Events of it that nothing vouches for, though something should: the writer's note is gone. */
  readonly doubtful: number;
}

interface ProvenanceParts {
  readonly directory: string;
  readonly format: RecordFormat;
  readonly origin: OriginCheck;
  readonly earlier: ReplayedJournal;
  readonly note: NotedHead | undefined;
}

/**
 * Recomputes what stands behind the last checkpoint of the writer's own, and holds it against the writer's note. Throws
 * CONFIG_INVALID where something in there was changed,
 * does not follow, or is of a chain that the writer did not begin, naming the line from which on it has to be set
 * aside; and where the end is gone.
 */
export async function checkProvenance(held: ProvenanceParts): Promise<Provenance> {
  const {
    earlier: { head },
    note,
    origin,
  } = held;
  if (head?.fingerprint === undefined)
    return checkMissingNote(note === undefined || selectKnownEvent(note) === undefined);
  const own = await findLastOwnCheckpoint(held);
  const known = note === undefined ? undefined : selectKnownEvent(note);
  const from = own?.head ?? known;
  if (from?.fingerprint === undefined) return { sealed: 0, doubtful: origin.mac === undefined ? 0 : head.sequence };
  if (isBefore(head, from)) throw createTruncatedError();
  const tail = new TailVerifier(held, note, own);
  await walkTail(held, own, from, tail);
  return tail.finish(head);
}

function checkMissingNote(fresh: boolean): Provenance {
  if (!fresh) throw createTruncatedError();
  return { sealed: 0, doubtful: 0 };
}

/** The newest event that a note vouches for. */
function selectKnownEvent({
  chain,
  sequence,
  fingerprint,
  before,
}: NotedHead): Pick<ChainHead, 'chain' | 'sequence' | 'fingerprint'> | undefined {
  return fingerprint === undefined ? before : { chain, sequence, fingerprint };
}

/** The newest checkpoint that is signed with a key of the writer. */
async function findLastOwnCheckpoint({
  directory,
  origin,
  earlier: { checkpoints },
}: ProvenanceParts): Promise<CheckpointPosition | undefined> {
  for (const checkpoint of checkpoints.toReversed()) {
    for await (const { text } of readLines(join(directory, formatSegmentName(checkpoint.segment)), checkpoint.offset)) {
      if (text !== undefined && (await origin.isOwn(text))) return checkpoint;
      break;
    }
  }
  return undefined;
}

/**
 * Gives the tail each line behind an event, which stands before the checkpoint that names it, and most often not far.
 */
async function walkTail(
  held: ProvenanceParts,
  own: CheckpointPosition | undefined,
  from: ChainHead,
  tail: TailVerifier,
): Promise<void> {
  for (const start of listStarts(held, own)) if (await walkTailFrom(held, start, from, tail)) return;
  // Retention has removed it: what is there goes on behind it.
  tail.begin(from);
  await walkTailFrom(held, { segment: 0, offset: 0 }, undefined, tail);
}

type StartPosition = Pick<CheckpointPosition, 'segment' | 'offset'>;

/** Ever further back, to the beginning. */
function* listStarts(
  { earlier: { checkpoints }, note }: ProvenanceParts,
  own: CheckpointPosition | undefined,
): Generator<StartPosition> {
  if (own === undefined && note !== undefined) yield { segment: note.segment, offset: 0 };
  const last = own === undefined ? -1 : checkpoints.indexOf(own);
  for (let back = 2; last - back >= 0; back *= 4) yield checkpoints[last - back] as StartPosition;
  yield { segment: 0, offset: 0 };
}

async function walkTailFrom(
  { directory, format, origin }: ProvenanceParts,
  start: StartPosition,
  from: ChainHead | undefined,
  tail: TailVerifier,
): Promise<boolean> {
  let found = from === undefined;
  for (const segment of await listSegments(directory)) {
    if (segment < start.segment) continue;
    for await (const line of readLines(
      join(directory, formatSegmentName(segment)),
      segment === start.segment ? start.offset : 0,
    )) {
      const { text } = line;
      const recorded = text === undefined ? undefined : format.read(text);
      if (text === undefined || recorded?.link === undefined) continue;
      if (found)
        await tail.addLine(segment, { ...line, text }, recorded.kind === 'checkpoint' ? undefined : recorded.link);
      else if (
        from !== undefined &&
        recorded.kind === 'event' &&
        recorded.link.chain === from.chain &&
        recorded.link.sequence === from.sequence
      ) {
        if (origin.follow(text, undefined)?.fingerprint !== from.fingerprint)
          throw createForeignError(
            segment,
            await countLineNumber(directory, segment, line),
            'is another event than was signed or noted',
          );
        tail.begin(recorded.link);
        found = true;
      }
    }
  }
  return found;
}

/** What stands behind the last event that is known to be the writer's. */
class TailVerifier {
  readonly #parts: ProvenanceParts;
  readonly #note: NotedHead | undefined;
  readonly #signed: CheckpointPosition | undefined;
  #head: ChainHead | undefined;
  /** The note's event, or its chain where it has none yet, was met. */
  #noteReached = false;

  constructor(held: ProvenanceParts, note: NotedHead | undefined, signed: CheckpointPosition | undefined) {
    this.#parts = held;
    this.#signed = signed;
    // A note of an earlier chain than one that the writer signed is an old copy, and tells nothing.
    this.#note =
      note !== undefined && signed !== undefined && parseChainTime(note.chain) < parseChainTime(signed.head.chain)
        ? undefined
        : note;
  }

  begin(link: ChainHead): void {
    this.#head = link;
    this.#markReached(link);
  }

  /** A line behind it; without a link a checkpoint. Throws CONFIG_INVALID where it is not the writer's. */
  async addLine(
    segment: number,
    line: FileLine & { readonly text: string },
    link: ChainHead | undefined,
  ): Promise<void> {
    const { origin } = this.#parts;
    if (link === undefined) {
      if (this.#isBehindSigned(segment, line) && !(await origin.isOwn(line.text)))
        throw await this.#createForeignError(segment, line, 'is a checkpoint of another key');
      return;
    }
    const next = origin.follow(line.text, this.#head);
    if (next === undefined)
      throw await this.#createForeignError(segment, line, 'was changed, or does not follow from the event before it');
    if (next.chain !== this.#head?.chain && this.#isUnknownChain(next.chain))
      throw await this.#createForeignError(segment, line, 'begins a chain that this gateway did not begin');
    const { before, sequence } = this.#note ?? {};
    if (sequence === 0 && next.chain === before?.chain && next.sequence > before.sequence)
      throw await this.#createForeignError(segment, line, 'stands behind the end of its chain');
    if (this.#contradictsNote(next))
      throw await this.#createForeignError(segment, line, 'is another event than was noted');
    this.#head = next;
    this.#markReached(next);
  }

  finish(head: ChainHead): Provenance {
    const note = this.#note;
    if (note !== undefined && !this.#noteReached) throw createTruncatedError();
    const signed = this.#signed?.head.chain === head.chain ? this.#signed.head.sequence : 0;
    const noted =
      note?.chain === head.chain ? note.sequence : note?.before?.chain === head.chain ? note.before.sealed : 0;
    const sealed = Math.max(signed, noted);
    return {
      sealed,
      doubtful: note === undefined && this.#parts.origin.mac !== undefined ? head.sequence - sealed : 0,
    };
  }

  /** Those before the last of its own were signed by keys that are gone, and are named by it. */
  #isBehindSigned(segment: number, { offset }: FileLine): boolean {
    const signed = this.#signed;
    return signed !== undefined && (segment > signed.segment || (segment === signed.segment && offset > signed.offset));
  }

  /** A chain begins though the note knows of none behind the one that ended. */
  #isUnknownChain(chain: string): boolean {
    return this.#note !== undefined && this.#noteReached && chain !== this.#note.chain;
  }

  #contradictsNote({ chain, sequence, fingerprint }: ChainHead): boolean {
    const note = this.#note;
    const known = note === undefined ? undefined : selectKnownEvent(note);
    return known?.chain === chain && known.sequence === sequence && known.fingerprint !== fingerprint;
  }

  #markReached({ chain, sequence }: ChainHead): void {
    const note = this.#note;
    const known = note === undefined ? undefined : selectKnownEvent(note);
    if (known?.chain === chain && sequence >= known.sequence) this.#noteReached = true;
    if (note !== undefined && chain === note.chain && sequence >= note.sequence) this.#noteReached = true;
  }

  async #createForeignError(segment: number, line: FileLine, what: string): Promise<AccessError> {
    return createForeignError(segment, await countLineNumber(this.#parts.directory, segment, line), what);
  }
}

function isBefore(head: ChainHead, { chain, sequence }: Pick<ChainHead, 'chain' | 'sequence'>): boolean {
  return head.chain === chain ? head.sequence < sequence : parseChainTime(head.chain) < parseChainTime(chain);
}

/** Names of chains end in a UUIDv7. */
function parseChainTime(chain: string): string {
  return chain.slice(-36);
}

async function countLineNumber(directory: string, segment: number, { offset }: FileLine): Promise<number> {
  let number = 1;
  for await (const line of readLines(join(directory, formatSegmentName(segment)))) {
    if (line.offset >= offset) break;
    number += 1;
  }
  return number;
}

function createForeignError(segment: number, line: number, what: string): AccessError {
  const name = formatSegmentName(segment);
  return new AccessError(
    'CONFIG_INVALID',
    `the journal holds what this gateway did not write: ${name} line ${line} ${what}. Keep a copy as evidence, then: sallyport audit quarantine DIRECTORY --from ${name}:${line}`,
  );
}

function createTruncatedError(): AccessError {
  return new AccessError(
    'CONFIG_INVALID',
    'the journal ends before what this gateway noted in head.json: restore the files that are missing, or accept the loss with: sallyport audit quarantine DIRECTORY --lost',
  );
}
