import { faults, type AccessError } from '../../core/index.js';

/** Told of a fault that was answered; `id` is the one in the answer and in the record. */
export type OnFault = (fault: AccessError, id: string) => void;

/**
 * Tells faults only: an answer may end by a denial too, such as a deadline, and clients that left are nobody's fault.
 * What `told` throws is ignored.
 */
export function createFaultListener(told: OnFault): OnFault {
  return (fault, id) => {
    if (fault.code === 'ABORTED' || !Object.hasOwn(faults, fault.code)) return;
    try {
      told(fault, id);
    } catch {
      // A log that fails must not change an answer.
    }
  };
}
