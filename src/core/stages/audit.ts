import type { Clock } from '../clock.js';
import { endOfWork } from '../ended.js';
import { AccessError } from '../errors.js';
import type { AuditEvent } from '../events.js';
import { watch } from '../observe.js';
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

export function createRecorder(log: AuditLog, clock: Clock, timeoutMs: number, observers: readonly Observer[]): Recorder {
  const owed: AuditEvent[] = [];
  let settling: Promise<void> | undefined;
  let retry: (() => void) | undefined;

  const append = (event: AuditEvent, late?: () => void): Promise<void> =>
    watch(observers, 'append', {}, () => inTime(log.append(event), clock, timeoutMs, late), (end) => endOfWork(end, {}));

  const owe = (event: AuditEvent): Promise<void> => {
    owed.push(event);
    return settle();
  };

  const pay = async (): Promise<void> => {
    for (let next = owed[0]; next !== undefined; next = owed[0]) {
      await append(next);
      owed.shift();
    }
  };

  const settle = (): Promise<void> => {
    if (owed.length === 0) return Promise.resolve();
    settling ??= pay().finally(() => {
      settling = undefined;
      if (owed.length > 0) later();
    });
    return settling;
  };

  const later = (): void => {
    retry ??= clock.after(retryMs, () => {
      retry = undefined;
      settle().catch(() => undefined);
    });
  };

  return {
    async intent(event, withdrawn) {
      if (owed.length > 0) await settle();
      await append(event, () => void owe(withdrawn()).catch(() => undefined));
    },
    async outcome(event) {
      if (owed.length === 0) {
        try {
          return await append(event);
        } catch (error) {
          owed.push(event);
          later();
          throw error;
        }
      }
      return owe(event);
    },
    settle,
  };
}

/** Rejects after `timeoutMs`; `late` is called if the append succeeds after that. */
function inTime(appended: Promise<void>, clock: Clock, timeoutMs: number, late?: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let waiting = true;
    const forget = clock.after(timeoutMs, () => {
      waiting = false;
      reject(new AccessError('AUDIT_UNAVAILABLE', 'the record did not become durable in time'));
    });
    appended.then(
      () => {
        forget();
        if (waiting) resolve();
        else late?.();
      },
      (error: unknown) => {
        forget();
        reject(unavailable(error));
      },
    );
  });
}

function unavailable(error: unknown): AccessError {
  return AccessError.is(error) && error.code === 'AUDIT_UNAVAILABLE' ? error : new AccessError('AUDIT_UNAVAILABLE', undefined, { cause: error });
}
