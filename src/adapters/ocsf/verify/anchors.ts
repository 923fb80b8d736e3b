import { AccessError } from '../../../core/index.js';
import { isBlankLine, parseLine } from '../parse/line.js';
import type { AnchoredWriter, LinePosition, Finding } from './report.js';
import type { PlacedCheckpoint } from './signed-checkpoint.js';
import type { CheckpointTrail } from './checkpoint-trail.js';

/**
 * A line that somebody else kept: the compact JWS of a checkpoint, its line of the log, or only its SHA-256 in
 * hexadecimal.
 */
export interface AnchorLine {
  readonly line: string;
  readonly place: LinePosition;
}

interface Kept {
  readonly digest: string;
  readonly place: LinePosition;
  /** Absent where only the digest was kept. */
  readonly stamp?: PlacedCheckpoint;
}

/** Checkpoints that were anchored, held against those of the record. */
export class Anchors {
  readonly #kept: readonly Kept[];
  readonly #wanted: ReadonlySet<string>;
  readonly #found = new Set<string>();
  readonly #good = new Map<string, AnchoredWriter>();

  /** Throws CONFIG_INVALID for a line that is no checkpoint. */
  constructor(lines: readonly AnchorLine[]) {
    this.#kept = lines.filter(({ line }) => !isBlankLine(line)).map(keptOf);
    this.#wanted = new Set(this.#kept.map(({ digest }) => digest));
  }

  /** A checkpoint of the record; `good` where it holds. */
  met({ digest, claims: { authority, at, chain, seq } }: PlacedCheckpoint, good: boolean): void {
    if (!this.#wanted.has(digest)) return;
    this.#found.add(digest);
    if (good && (this.#good.get(authority)?.at ?? -1) <= at) this.#good.set(authority, { authority, at, chain, seq });
  }

  /** Until when the record of each writer is anchored. */
  get writers(): readonly AnchoredWriter[] {
    return [...this.#good.values()].toSorted((a, b) => (a.authority < b.authority ? -1 : 1));
  }

  /**
   * What was anchored and is absent. What is older than the record is: whether a beginning may be absent is told at
   * that.
   */
  *absent(trail: CheckpointTrail): Generator<Finding> {
    for (const { digest, place, stamp } of this.#kept) {
      if (this.#found.has(digest)) continue;
      if (stamp === undefined) {
        yield trail.isFromTheStart
          ? told('tampered', 'a checkpoint that was anchored is not in the record', place)
          : told(
              'incomplete',
              'a checkpoint that was anchored is not here: a digest does not say whether it is older than the record',
              place,
            );
        continue;
      }
      const { authority, at, chain, seq } = stamp.claims;
      const times = trail.times(authority);
      if (times.length > 0 && at < Math.min(...times)) continue;
      yield {
        ...told('tampered', `the checkpoint over ${chain} to ${seq} was anchored and is not in the record`, place),
        chain,
        sequence: seq,
        at,
      };
    }
  }
}

function keptOf({ line, place }: AnchorLine): Kept {
  const digest = /^[ \t\r]*([0-9a-f]{64})[ \t\r]*$/i.exec(line)?.[1]?.toLowerCase();
  if (digest !== undefined) return { digest, place };
  const read = parseLine(line, 'export');
  if (read?.kind !== 'checkpoint')
    throw new AccessError('CONFIG_INVALID', `the anchors: line ${place.line} is no checkpoint`);
  const stamp: PlacedCheckpoint = { ...read.signed, position: place, order: 0, isBehindEnd: false };
  return { digest: stamp.digest, place, stamp };
}

function told(verdict: Finding['verdict'], message: string, place: LinePosition): Finding {
  return { kind: 'anchor', verdict, message, place };
}
