import { deny, type Denied, type Gateway, type Identity } from '../../core/index.js';

/** Bodies that are read at once for one caller. */
const maxBodies = 32;

const reading = new WeakMap<Gateway, Map<string, number>>();

/**
 * Takes a place for a body that is about to be read, so that nobody holds many by sending each slowly. The returned
 * function gives it back.
 */
export function acquireBodySlot(gateway: Gateway, { principal, actor }: Identity): (() => void) | Denied {
  const held = reading.get(gateway) ?? new Map<string, number>();
  reading.set(gateway, held);
  const caller = JSON.stringify([principal.id, actor.id]);
  const count = held.get(caller) ?? 0;
  if (count >= maxBodies)
    return deny('RATE_LIMITED', 'Too many requests of this caller have not sent their body yet.', {
      reason: 'rate.bodies',
      hint: 'Send the body at once.',
      retryAfterMs: 1_000,
    });
  held.set(caller, count + 1);
  return () => {
    const left = (held.get(caller) ?? 1) - 1;
    if (left === 0) held.delete(caller);
    else held.set(caller, left);
  };
}
