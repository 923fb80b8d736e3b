import type { Clock } from '../async/clock.js';
import { createOperationResult } from '../plugins/observed-result.js';
import { AccessError } from '../errors.js';
import type { AuditEvent } from '../events.js';
import { observeOperation } from '../plugins/observe-operation.js';
import { SharedTimeout } from '../async/shared-timeout.js';
import type { Observer } from '../plugin.js';
import type { AuditLog } from '../ports.js';
import { PendingEvents, type PendingEvent, type UnwrittenRefusals } from './pending-events.js';

/** Writes the record: intents before the effect, outcomes before anything is released. Nothing is ever skipped. */
export interface Recorder {
  /**
   * Durable when resolved. Throws AUDIT_UNAVAILABLE, and then nothing may run; should the event become durable after
   * all, the outcome that
   * `withdrawn` makes follows it.
   */
  recordIntent(event: AuditEvent, withdrawn: () => AuditEvent): Promise<void>;
  /**
   * For what already happened. Throws AUDIT_UNAVAILABLE when it is not durable yet, so that the result is withheld; the
   * event is kept,
   * retried, and written before any later intent.
   */
  recordOutcome(event: AuditEvent): Promise<void>;
  /** Writes what is still owed, waiting once more. Throws AUDIT_UNAVAILABLE when it cannot. */
  flush(): Promise<void>;
}

const retryMs = 500;

/** So many are written at once of what is owed: they share their syncs. */
const maxParallelWrites = 256;
/** Intents that were given up and may still become durable. With so many the record hangs, and no more are begun. */
const maxLateIntents = 256;

/** `unwritten` makes the event that tells of refusals that were only counted. */
export function createRecorder(
  log: AuditLog,
  clock: Clock,
  timeoutMs: number,
  observers: readonly Observer[],
  unwritten: (facts: UnwrittenRefusals) => AuditEvent,
): Recorder {
  const pendingEvents = new PendingEvents();
  const late = new Set<Promise<void>>();
  let settling: Promise<void> | undefined;
  let retry: (() => void) | undefined;

  const start = async (event: AuditEvent): Promise<void> => {
    try {
      await log.append(event);
    } catch (error) {
      throw createUnavailableError(error);
    }
  };

  const timeout = new SharedTimeout(
    clock,
    timeoutMs,
    () => new AccessError('AUDIT_UNAVAILABLE', 'the record did not become durable in time'),
  );

  const wait = (writing: Promise<void>): Promise<void> =>
    observeOperation(
      observers,
      'append',
      {},
      () => timeout.race(writing),
      (end) => createOperationResult(end, {}),
    );

  /** A write that timed out is not begun again while it may still succeed. */
  const write = (item: PendingEvent): Promise<void> => {
    if (item.writing === undefined) {
      item.writing = start(item.event);
      item.writing.catch(() => {
        item.writing = undefined;
      });
    }
    return wait(item.writing);
  };

  const owe = (item: PendingEvent, answers = false): boolean => {
    const kept = pendingEvents.add(item, answers);
    later();
    return kept;
  };

  /**
   * The oldest first by itself: while the record is away one try is enough. Refusals that were only counted are told
   * once the rest is written.
   */
  const pay = async (): Promise<void> => {
    for (let most = 1; ; most = maxParallelWrites) {
      const told = pendingEvents.hasAny ? undefined : pendingEvents.drainUnwritten();
      if (told !== undefined) pendingEvents.add({ event: unwritten(told) });
      const items = pendingEvents.listOldest(most);
      if (items.length === 0) return;
      const ends = await Promise.allSettled(items.map(write));
      pendingEvents.remove(new Set(items.filter((_item, index) => ends[index]?.status === 'fulfilled')));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    }
  };

  const payAll = (): Promise<void> => {
    settling ??= pay().finally(() => {
      settling = undefined;
      if (pendingEvents.hasAny) later();
    });
    return settling;
  };

  const later = (): void => {
    retry ??= clock.after(retryMs, () => {
      retry = undefined;
      payAll().catch(() => undefined);
    });
  };

  /** An intent that timed out may still become durable; then it needs an outcome. */
  const withdraw = (writing: Promise<void>, withdrawn: () => AuditEvent): void => {
    const answered = writing
      .then(
        () => void owe({ event: withdrawn() }, true),
        () => undefined,
      )
      .finally(() => late.delete(answered));
    late.add(answered);
  };

  return {
    async recordIntent(event, withdrawn) {
      if (pendingEvents.hasAny) await payAll();
      if (late.size >= maxLateIntents) throw new AccessError('AUDIT_UNAVAILABLE', 'the record does not answer');
      const writing = start(event);
      try {
        await wait(writing);
      } catch (error) {
        withdraw(writing, withdrawn);
        throw error;
      }
    },

    async recordOutcome(event) {
      const item: PendingEvent = { event };
      if (pendingEvents.hasAny) {
        owe(item);
        return payAll();
      }
      try {
        return await write(item);
      } catch (error) {
        owe(item);
        throw error;
      }
    },

    async flush() {
      if (late.size > 0) await timeout.race(Promise.all(late));
      // What is under way was begun before: that it fails says nothing of a write that begins now.
      if (pendingEvents.hasAny) await payAll().catch(() => undefined);
      if (pendingEvents.hasAny) await payAll();
    },
  };
}

function createUnavailableError(error: unknown): AccessError {
  return AccessError.is(error) && error.code === 'AUDIT_UNAVAILABLE'
    ? error
    : new AccessError('AUDIT_UNAVAILABLE', undefined, { cause: error });
}
