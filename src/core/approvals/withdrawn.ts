import type { AuditEvent } from '../events.js';

/**
 * Of the lines about suspensions those that had an effect, in their order: one that could not be written in time and
 * was taken back had none, and what took
 * it back undoes that line alone, whatever else was written about the actor meanwhile.
 */
export function withEffect(events: readonly AuditEvent[]): readonly AuditEvent[] {
  const kept: AuditEvent[] = [];
  for (const event of events) {
    if (event.data['code'] === undefined) {
      kept.push(event);
      continue;
    }
    const at = kept.findLastIndex((each) => isTakenBack(each, event));
    if (at >= 0) kept.splice(at, 1);
    // Without the line that it takes back, one that reinstates proves nothing.
    else if (event.code === 'actor.suspended') kept.push(event);
  }
  return kept;
}

function isTakenBack(line: AuditEvent, by: AuditEvent): boolean {
  const same = (name: string): boolean => JSON.stringify(line.data[name]) === JSON.stringify(by.data[name]);
  return (
    line.code !== by.code &&
    line.instance === by.instance &&
    same('actor') &&
    same('places') &&
    (by.code === 'actor.suspended' || by.data['expiresAt'] === undefined || same('expiresAt'))
  );
}
