import { systemClock, type Clock } from '../async/clock.js';
import { AccessError } from '../errors.js';
import type { AuditEvent } from '../events.js';
import { deepFreeze } from '../data/deep-freeze.js';
import { LineBuffer } from './line-buffer.js';
import type { CheckpointReason, ChainHead, RecordFormat, CheckpointRef } from '../record.js';

/** The lines of one event, its own last; or of one checkpoint. */
export interface LogEntry {
  readonly lines: readonly string[];
  /** Where its bytes end in those of its group. */
  readonly end: number;
  readonly event?: AuditEvent;
}

/** Where lines become durable. */
export interface LogStorage {
  /** Why an entry has no place behind `pending` bytes of others; undefined where it has. */
  checkRoom?(event: AuditEvent | undefined, bytes: number, pending: number): AccessError | undefined;
  /**
   * All durable when resolved, in order; where it rejects, none of them counts. `bytes` are the lines in UTF-8, each
   * with its newline; they may be read until then. `head` is the chain's after them.
   */
  commit(entries: readonly LogEntry[], bytes: Uint8Array, head: ChainHead): Promise<void>;
}

export interface ChainedLogWriterOptions {
  readonly format: RecordFormat;
  readonly storage: LogStorage;
  /** Where the chain begins. */
  readonly head: ChainHead;
  /** A group ends with the event that reaches this size. Default 1 MiB. */
  readonly batchBytes?: number;
  /** A checkpoint after so many events, and after so many milliseconds in any case. Default 1,000 and 60,000. */
  readonly checkpointEvents?: number;
  readonly checkpointMs?: number;
  readonly clock?: Clock;
  /** Told whether the signer signed, each time that it was asked. */
  readonly signed?: (well: boolean) => void;
}

/** An event, or a checkpoint with its line. */
interface QueuedLine {
  readonly event?: AuditEvent | undefined;
  readonly line?: string | undefined;
  readonly checkpoint?: CheckpointRef | undefined;
}

interface PendingWrite extends QueuedLine {
  readonly resolve: () => void;
  readonly reject: (error: AccessError) => void;
}

const maxGroupEvents = 256;

/**
 * Writes events to a log storage in the order of the calls, chained and sealed. Group commit: one group at a time, and
 * what arrives meanwhile goes
 * together in the next. An event that is rejected has left no trace, neither in the log storage nor in the chain.
 */
export class ChainedLogWriter {
  readonly #options: Required<ChainedLogWriterOptions>;
  readonly #queue: PendingWrite[] = [];
  readonly #buffer = new LineBuffer();
  #head: ChainHead;
  #checkpointedAt: number;
  #draining: Promise<void> | undefined;
  #checkpointing: Promise<void> | undefined;
  #forget: (() => void) | undefined;
  #closed = false;

  constructor(options: ChainedLogWriterOptions) {
    this.#options = {
      batchBytes: 1024 ** 2,
      checkpointEvents: 1_000,
      checkpointMs: 60_000,
      clock: systemClock,
      signed: () => undefined,
      ...options,
    };
    this.#head = options.head;
    this.#checkpointedAt = options.head.sequence;
    this.#scheduleCheckpoint();
  }

  get head(): ChainHead {
    return this.#head;
  }

  /** Durable when resolved. Throws AUDIT_UNAVAILABLE. */
  append(event: AuditEvent): Promise<void> {
    if (this.#closed) return Promise.reject(new AccessError('AUDIT_UNAVAILABLE', 'the log is closed'));
    try {
      const kept = deepFreeze(event);
      return this.#enqueue({ event: kept });
    } catch (error) {
      return Promise.reject(
        new AccessError('AUDIT_UNAVAILABLE', 'the event cannot be written as JSON', { cause: error }),
      );
    }
  }

  /** Writes what is waiting and a last checkpoint, then takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#forget?.();
    await this.#draining;
    await this.#checkpointing;
    await this.#checkpoint('close');
  }

  #enqueue({ event, line, checkpoint }: QueuedLine): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ event, line, checkpoint, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // So that what is appended in the same turn of the event loop shares the first sync.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#commit();
    this.#draining = undefined;
  }

  /** The next group: in order, without what cannot be written. The head moves on only when all of it is durable. */
  async #commit(): Promise<void> {
    const group: PendingWrite[] = [];
    const entries: LogEntry[] = [];
    let head = this.#head;
    this.#buffer.truncate();
    while (this.#queue.length > 0 && group.length < maxGroupEvents && this.#buffer.length < this.#options.batchBytes) {
      const next = this.#queue.shift() as PendingWrite;
      const before = this.#buffer.length;
      try {
        const { lines, head: after } = this.#createLines(next, head);
        this.#buffer.add(lines);
        const end = this.#buffer.length;
        const refusal = this.#options.storage.checkRoom?.(next.event, end - before, before);
        if (refusal !== undefined) throw refusal;
        group.push(next);
        entries.push(next.event === undefined ? { lines, end } : { lines, end, event: next.event });
        head = after;
      } catch (error) {
        this.#buffer.truncate(before);
        next.reject(createUnavailableError(error, 'the event cannot be written'));
      }
    }
    if (group.length > 0) await this.#write(group, entries, head);
  }

  async #write(group: readonly PendingWrite[], entries: readonly LogEntry[], head: ChainHead): Promise<void> {
    try {
      await this.#options.storage.commit(entries, this.#buffer.bytes, head);
      this.#head = head;
      for (const { resolve } of group) resolve();
      if (head.sequence - this.#checkpointedAt >= this.#options.checkpointEvents && !this.#closed)
        void this.#checkpoint('count');
    } catch (error) {
      const failure = createUnavailableError(error, 'the log cannot be written');
      for (const { reject } of group) reject(failure);
    }
  }

  #createLines(
    { event, line, checkpoint }: PendingWrite,
    head: ChainHead,
  ): { readonly lines: readonly string[]; readonly head: ChainHead } {
    if (event !== undefined) return this.#options.format.write(event, head);
    return { lines: [line as string], head: { ...head, checkpoint: checkpoint as CheckpointRef } };
  }

  /** One at a time; where it fails, the next one says as much and more. */
  #checkpoint(reason: CheckpointReason): Promise<void> {
    this.#checkpointing ??= this.#writeCheckpoints(this.#head, reason)
      .catch(() => undefined)
      .finally(() => {
        this.#checkpointing = undefined;
      });
    return this.#checkpointing;
  }

  async #writeCheckpoints(head: ChainHead, reason: CheckpointReason): Promise<void> {
    this.#checkpointedAt = head.sequence;
    const checkpoints = await this.#createCheckpoints(head, reason);
    // One behind the other: the second names the first, and must not be there without it.
    for (const checkpoint of checkpoints) await this.#enqueue(checkpoint);
  }

  async #createCheckpoints(head: ChainHead, reason: CheckpointReason): ReturnType<RecordFormat['seal']> {
    try {
      const checkpoints = await this.#options.format.seal(head, reason, {
        events: this.#options.checkpointEvents + maxGroupEvents,
        ms: this.#options.checkpointMs,
      });
      this.#options.signed(true);
      return checkpoints;
    } catch (error) {
      this.#options.signed(false);
      throw error;
    }
  }

  #scheduleCheckpoint(): void {
    this.#forget = this.#options.clock.after(this.#options.checkpointMs, () => {
      void this.#checkpoint('time');
      this.#scheduleCheckpoint();
    });
  }
}

function createUnavailableError(error: unknown, message: string): AccessError {
  if (AccessError.is(error) && error.code === 'AUDIT_UNAVAILABLE') return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  return new AccessError('AUDIT_UNAVAILABLE', message, {
    cause: error,
    detail: { reason: typeof code === 'string' ? code : 'unknown' },
  });
}
