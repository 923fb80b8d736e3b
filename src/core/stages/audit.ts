import type { Clock } from '../clock.js';
import { endOfWork } from '../ended.js';
import { AccessError } from '../errors.js';
import type { AuditEvent } from '../events.js';
import { watch } from '../observe.js';
import { Patience } from '../patience.js';
import type { Observer } from '../plugin.js';
import type { AuditLog } from '../ports.js';

/** Writes the record: intents before the effect, outcomes before anything is released. Nothing is ever skipped. */
export interface Recorder {
  /**
   * Durable when resolved. Throws AUDIT_UNAVAILABLE, and then nothing may run; should the event become durable after all, the outcome that
   * `withdrawn` makes follows it.
   */
  intent(event: AuditEvent, withdrawn: () => AuditEvent): Promise<void>;
  /**
   * For what already happened. Throws AUDIT_UNAVAILABLE when it is not durable yet, so that the result is withheld; the event is kept,
   * retried, and written before any later intent.
   */
  outcome(event: AuditEvent): Promise<void>;
  /** Writes what is still owed, waiting once more. Throws AUDIT_UNAVAILABLE when it cannot. */
  settle(): Promise<void>;
}

const retryMs = 500;

/** An outcome that is not durable yet, and the write of it that may still succeed. */
interface Owed {
  readonly event: AuditEvent;
  writing?: Promise<void> | undefined;
}

export function createRecorder(log: AuditLog, clock: Clock, timeoutMs: number, observers: readonly Observer[]): Recorder {
  const owed: Owed[] = [];
  const late = new Set<Promise<void>>();
  let settling: Promise<void> | undefined;
  let retry: (() => void) | undefined;

  const start = async (event: AuditEvent): Promise<void> => {
    try {
      await log.append(event);
    } catch (error) {
      throw unavailable(error);
    }
  };

  const patience = new Patience(clock, timeoutMs, () => new AccessError('AUDIT_UNAVAILABLE', 'the record did not become durable in time'));

  const wait = (writing: Promise<void>): Promise<void> => watch(observers, 'append', {}, () => patience.wait(writing), (end) => endOfWork(end, {}));

  /** A write that timed out is not begun again while it may still succeed. */
  const write = (item: Owed): Promise<void> => {
    if (item.writing === undefined) {
      item.writing = start(item.event);
      item.writing.catch(() => {
        item.writing = undefined;
      });
    }
    return wait(item.writing);
  };

  const owe = (item: Owed): void => {
    owed.push(item);
    later();
  };

  const pay = async (): Promise<void> => {
    for (let next = owed[0]; next !== undefined; next = owed[0]) {
      await write(next);
      owed.shift();
    }
  };

  const payAll = (): Promise<void> => {
    settling ??= pay().finally(() => {
      settling = undefined;
      if (owed.length > 0) later();
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
    const answered = writing.then(() => owe({ event: withdrawn() }), () => undefined).finally(() => late.delete(answered));
    late.add(answered);
  };

  return {
    async intent(event, withdrawn) {
      if (owed.length > 0) await payAll();
      const writing = start(event);
      try {
        await wait(writing);
      } catch (error) {
        withdraw(writing, withdrawn);
        throw error;
      }
    },

    async outcome(event) {
      const item: Owed = { event };
      if (owed.length > 0) {
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

    async settle() {
      if (late.size > 0) await patience.wait(Promise.all(late));
      if (owed.length > 0) await payAll();
    },
  };
}

function unavailable(error: unknown): AccessError {
  return AccessError.is(error) && error.code === 'AUDIT_UNAVAILABLE' ? error : new AccessError('AUDIT_UNAVAILABLE', undefined, { cause: error });
}
