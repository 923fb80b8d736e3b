import type { AuditEvent } from './events.js';

/** The head of a chain: what the next event of the same process start is linked to. */
export interface ChainHead {
  /** One chain per process start. */
  readonly chain: string;
  /** Events in the chain so far: 0 before the first one, whose sequence is 1. */
  readonly sequence: number;
  /** The last event's id and OCSF type; absent before the first. */
  readonly id?: string;
  readonly type?: number;
  /** SHA-256 of the last event's canonical form, lower-case hex; absent before the first. */
  readonly fingerprint?: string;
  readonly checkpoint?: CheckpointRef;
  /** Where the chain of the earlier run ended; only until the first event of this one, which names it. */
  readonly before?: ChainHead;
  /** Of the chain of an earlier run: its events up to this number are known to be the writer's own. Absent: none. */
  readonly sealed?: number;
  /** The latest `at` of the events that this run wrote, epoch milliseconds. */
  readonly latest?: number;
}

/** The last checkpoint of a log. */
export interface CheckpointRef {
  /** SHA-256, lower-case hex. */
  readonly digest: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The id of the key that signs the one after it. */
  readonly key?: string;
}

/** A signed checkpoint of a log, for who keeps it elsewhere. */
export interface RecordCheckpoint {
  /** As compact JWS (RFC 7515). */
  readonly jws: string;
  /** SHA-256 of the JWS, lower-case hex. */
  readonly digest: string;
  /** When it was made, epoch milliseconds. */
  readonly at: number;
  /** The writer. */
  readonly authority: string;
  /** The chain of which it speaks, and how many events of it are sealed. */
  readonly chain: string;
  readonly seq: number;
}

/**
 * What a line of a log is: an event, a signed statement of how far the chain goes, or the text of a statement kept
 * apart.
 */
export type LineKind = 'event' | 'checkpoint' | 'text';

/** Where a line stands: in a log, in a partition of a topic, or anywhere else. */
export type LineSource = 'log' | 'partition' | 'export';

/** One line of a record, read back. */
export interface RecordedLine {
  readonly kind: LineKind;
  /** The head after it; absent for a text. */
  readonly link?: ChainHead;
  /** Absent also for an event with a code of a later version. */
  readonly event?: AuditEvent;
  /**
   * It stands for an event that was too large for its way: its place in the chain is that one's, and nothing proves
   * what it says. Never in a log.
   */
  readonly unproven?: true;
}

/** One line of a log on its way to a receiver. */
export interface DeliveryMessage {
  readonly kind: LineKind;
  /** Deduplicate by it. */
  readonly id: string;
  /** Keeps its order at the receiver: the session, else the chain. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** One JSON object, or a compact JWS for a checkpoint; no newline in it. */
  readonly value: string;
  /** CloudEvents attributes (`ce_id`, `ce_type`, …) and what else routes it, without a look inside. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The least of it that still says who and what and keeps its place in the chain, for a receiver that will not have
   * the whole. Absent where that is small enough for any receiver.
   */
  readonly stub?: () => string;
}

/** A message as the line it stands for: one JSON object, so that what verifies the log verifies its copy. */
export function formatMessageLine({ kind, value }: DeliveryMessage): string {
  if (kind === 'event') return value;
  return kind === 'checkpoint' ? JSON.stringify({ checkpoint: value }) : `{"sqltext":${value}}`;
}

/** Why a checkpoint is made; `rotation` names the next key under the old one. */
export type CheckpointReason = 'count' | 'time' | 'close' | 'rotation';

/** What a checkpoint promises of the next one: at most so many events, and for at most so long, stand without one. */
export interface CheckpointInterval {
  readonly events: number;
  readonly ms: number;
}

/** How a start tells what the writer itself wrote from what was put behind it while nobody looked. */
export interface OriginCheck {
  /**
   * Whether the line of a checkpoint is signed with a key of this writer. Throws AUDIT_UNAVAILABLE where the signer
   * cannot be asked.
   */
  isOwn(line: string): Promise<boolean>;
  /**
   * The head after the line of an event; undefined where its content is not what its fingerprint says, or where it does
   * not follow from the head. Without a head only its content is looked at.
   */
  follow(line: string, head: ChainHead | undefined): ChainHead | undefined;
  /** Authenticates a text under a secret of the writer that outlives the process. Absent where there is none. */
  readonly mac?: (text: string) => string;
}

/**
 * How events become lines, each linked to the one before. Pure but for the signing: the log keeps the head, and moves
 * it on when a line is durable.
 */
export interface RecordFormat {
  /** Whether it makes checkpoints at all. */
  readonly seals: boolean;
  /** Names the writer, as its messages do in `ce_source`. */
  readonly source: string;
  /** The head of a chain that begins now; `before` is what an earlier run left in the same log. */
  begin(before?: ChainHead): ChainHead;
  /** The lines of one event, the event's own last, and the head after it. No line holds a newline. */
  write(event: AuditEvent, head: ChainHead): { readonly lines: readonly string[]; readonly head: ChainHead };
  /**
   * The checkpoints that are due at a head: none without a signer, two where the key changed. What names them goes into
   * the head.
   */
  seal(
    head: ChainHead,
    reason: CheckpointReason,
    interval: CheckpointInterval,
  ): Promise<readonly { readonly line: string; readonly checkpoint: CheckpointRef }[]>;
  /** Undefined for what this format never wrote in such a place; the place is a log where none is named. */
  read(line: string, standing?: LineSource): RecordedLine | undefined;
  /** What is delivered for a line that `read` knows. */
  toMessage(line: string): DeliveryMessage;
  /**
   * The checkpoint of a line; undefined for every other line, which it tells at a glance. Absent where there are none.
   */
  checkpoint?(line: string): RecordCheckpoint | undefined;
  /** Absent where nothing tells the writer's own lines: a later run then vouches for none of them. */
  readonly origin?: OriginCheck;
}

/** Where a durable record is copied to. At least once, in the order given. */
export interface AuditSink {
  /** For metrics, the cursor's file and events: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** Resolves when the receiver has all of them. Rejects when it may not: the same messages come again. */
  deliver(messages: readonly DeliveryMessage[], signal: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}
