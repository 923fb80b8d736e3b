import { AccessError } from './errors.js';
import type { Outcome } from './outcome.js';
import type { Ended } from './plugin.js';
import { watchedOf, type Seen } from './seen.js';

/** How a piece of work went. */
export type End<T> = { readonly value: T } | { readonly error: unknown };

/** What observers learn of a request. */
export function endOfRequest(end: End<Outcome<unknown>>, seen: Seen): Ended {
  if ('error' in end) return endOfWork(end, seen);
  const outcome = end.value;
  if (outcome.status === 'failed') return endOfWork(outcome, seen);
  return { status: outcome.status, ...(outcome.status === 'denied' ? { code: outcome.code } : {}), watched: watchedOf(seen, outcome.status === 'denied') };
}

/** What observers learn of work that has no outcome of its own. */
export function endOfWork(end: End<unknown>, seen: Seen): Ended {
  const watched = watchedOf(seen);
  if (!('error' in end)) return { status: 'completed', watched };
  const { code, detail } = AccessError.from(end.error, 'INTERNAL');
  const { engineCode, plugin, verb } = detail;
  return {
    status: 'failed', code, watched, ...(engineCode === undefined ? {} : { engineCode: String(engineCode) }),
    ...(code !== 'PLUGIN_FAILED' || plugin === undefined ? {} : { plugin: String(plugin), verb: String(verb) }),
  };
}
