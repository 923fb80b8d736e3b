import { AccessError } from '../errors.js';
import type { Outcome } from '../outcome.js';
import type { ObservedResult } from '../plugin.js';
import { createObservedAttributes, type EventFacts } from '../audit/event-facts.js';

/** How a piece of work went. */
export type OperationEnd<T> = { readonly value: T } | { readonly error: unknown };

/** What observers learn of a request. */
export function createRequestResult(end: OperationEnd<Outcome<unknown>>, seen: EventFacts): ObservedResult {
  if ('error' in end) return createOperationResult(end, seen);
  const outcome = end.value;
  if (outcome.status === 'failed') return createOperationResult(outcome, seen);
  return {
    status: outcome.status,
    ...(outcome.status === 'denied' ? { code: outcome.code } : {}),
    watched: createObservedAttributes(seen, outcome.status === 'denied'),
  };
}

/** What observers learn of work that has no outcome of its own. */
export function createOperationResult(end: OperationEnd<unknown>, seen: EventFacts): ObservedResult {
  const watched = createObservedAttributes(seen);
  if (!('error' in end)) return { status: 'completed', watched };
  const { code, detail } = AccessError.from(end.error, 'INTERNAL');
  const { engineCode, plugin, verb } = detail;
  return {
    status: 'failed',
    code,
    watched,
    ...(engineCode === undefined ? {} : { engineCode: String(engineCode) }),
    ...(code !== 'PLUGIN_FAILED' || plugin === undefined ? {} : { plugin: String(plugin), verb: String(verb) }),
  };
}
