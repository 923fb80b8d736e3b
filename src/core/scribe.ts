import { systemClock, type Clock } from './clock.js';
import { AccessError } from './errors.js';
import type { AuditEvent } from './events.js';
import { facts } from './freeze.js';
import { Page } from './page.js';
import type { CheckpointReason, Link, RecordFormat, Sealed } from './record.js';

/** The lines of one event, its own last; or of one checkpoint. */
export interface Entry {
  readonly lines: readonly string[];
  /** Where its bytes end in those of its group. */
  readonly end: number;
  readonly event?: AuditEvent;
}

/** Where lines become durable. */
export interface Medium {
  /** Why an entry has no place behind `pending` bytes of others; undefined where it has. */
  refuse?(event: AuditEvent | undefined, bytes: number, pending: number): AccessError | undefined;
  /** All durable when resolved, in order; where it rejects, none of them counts. `bytes` are the lines in UTF-8, each with its newline; they may be read until then. `head` is the chain's after them. */
  commit(entries: readonly Entry[], bytes: Uint8Array, head: Link): Promise<void>;
}

export interface ScribeOptions {
  readonly format: RecordFormat;
  readonly medium: Medium;
  /** Where the chain begins. */
  readonly head: Link;
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
interface Enqueued {
  readonly event?: AuditEvent | undefined;
  readonly line?: string | undefined;
  readonly checkpoint?: Sealed | undefined;
}

interface Waiting extends Enqueued {
  readonly resolve: () => void;
  readonly reject: (error: AccessError) => void;
}

const mostEvents = 256;

/**
 * Writes events to a medium in the order of the calls, chained and sealed. Group commit: one group at a time, and what arrives meanwhile goes
 * together in the next. An event that is rejected has left no trace, neither in the medium nor in the chain.
 */
export class Scribe {
  readonly #options: Required<ScribeOptions>;
  readonly #queue: Waiting[] = [];
  readonly #page = new Page();
  #head: Link;
  #sealedAt: number;
  #draining: Promise<void> | undefined;
  #sealing: Promise<void> | undefined;
  #forget: (() => void) | undefined;
  #closed = false;

  constructor(options: ScribeOptions) {
    this.#options = { batchBytes: 1024 ** 2, checkpointEvents: 1_000, checkpointMs: 60_000, clock: systemClock, signed: () => undefined, ...options };
    this.#head = options.head;
    this.#sealedAt = options.head.sequence;
    this.#tick();
  }

  get head(): Link {
    return this.#head;
  }

  /** Durable when resolved. Throws AUDIT_UNAVAILABLE. */
  append(event: AuditEvent): Promise<void> {
    if (this.#closed) return Promise.reject(new AccessError('AUDIT_UNAVAILABLE', 'the log is closed'));
    try {
      const kept = facts(event);
      return this.#enqueue({ event: kept });
    } catch (error) {
      return Promise.reject(new AccessError('AUDIT_UNAVAILABLE', 'the event cannot be written as JSON', { cause: error }));
    }
  }

  /** Writes what is waiting and a last checkpoint, then takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#forget?.();
    await this.#draining;
    await this.#sealing;
    await this.#seal('close');
  }

  #enqueue({ event, line, checkpoint }: Enqueued): Promise<void> {
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
    const group: Waiting[] = [];
    const entries: Entry[] = [];
    let head = this.#head;
    this.#page.cut();
    while (this.#queue.length > 0 && group.length < mostEvents && this.#page.length < this.#options.batchBytes) {
      const next = this.#queue.shift() as Waiting;
      const before = this.#page.length;
      try {
        const { lines, head: after } = this.#linesOf(next, head);
        this.#page.add(lines);
        const end = this.#page.length;
        const refusal = this.#options.medium.refuse?.(next.event, end - before, before);
        if (refusal !== undefined) throw refusal;
        group.push(next);
        entries.push(next.event === undefined ? { lines, end } : { lines, end, event: next.event });
        head = after;
      } catch (error) {
        this.#page.cut(before);
        next.reject(unavailable(error, 'the event cannot be written'));
      }
    }
    if (group.length > 0) await this.#write(group, entries, head);
  }

  async #write(group: readonly Waiting[], entries: readonly Entry[], head: Link): Promise<void> {
    try {
      await this.#options.medium.commit(entries, this.#page.bytes, head);
      this.#head = head;
      for (const { resolve } of group) resolve();
      if (head.sequence - this.#sealedAt >= this.#options.checkpointEvents && !this.#closed) void this.#seal('count');
    } catch (error) {
      const failure = unavailable(error, 'the log cannot be written');
      for (const { reject } of group) reject(failure);
    }
  }

  #linesOf({ event, line, checkpoint }: Waiting, head: Link): { readonly lines: readonly string[]; readonly head: Link } {
    if (event !== undefined) return this.#options.format.write(event, head);
    return { lines: [line as string], head: { ...head, checkpoint: checkpoint as Sealed } };
  }

  /** One at a time; where it fails, the next one says as much and more. */
  #seal(reason: CheckpointReason): Promise<void> {
    this.#sealing ??= this.#sealed(this.#head, reason).catch(() => undefined).finally(() => {
      this.#sealing = undefined;
    });
    return this.#sealing;
  }

  async #sealed(head: Link, reason: CheckpointReason): Promise<void> {
    this.#sealedAt = head.sequence;
    const checkpoints = await this.#signed(head, reason);
    // One behind the other: the second names the first, and must not be there without it.
    for (const checkpoint of checkpoints) await this.#enqueue(checkpoint);
  }

  async #signed(head: Link, reason: CheckpointReason): ReturnType<RecordFormat['seal']> {
    try {
      const checkpoints = await this.#options.format.seal(head, reason, { events: this.#options.checkpointEvents + mostEvents, ms: this.#options.checkpointMs });
      this.#options.signed(true);
      return checkpoints;
    } catch (error) {
      this.#options.signed(false);
      throw error;
    }
  }

  #tick(): void {
    this.#forget = this.#options.clock.after(this.#options.checkpointMs, () => {
      void this.#seal('time');
      this.#tick();
    });
  }
}

function unavailable(error: unknown, message: string): AccessError {
  if (AccessError.is(error) && error.code === 'AUDIT_UNAVAILABLE') return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  return new AccessError('AUDIT_UNAVAILABLE', message, { cause: error, detail: { reason: typeof code === 'string' ? code : 'unknown' } });
}
