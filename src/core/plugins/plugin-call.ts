import { raceSignal, followSignal, getAbortError } from '../async/abort-signal.js';
import type { Clock } from '../async/clock.js';
import { AccessError } from '../errors.js';

/** What of a plugin is called. */
export type PluginVerb = 'setup' | 'inform' | 'guard' | 'fulfil' | 'close';

/** Whose verb is called, and how long it may take. */
export interface PluginCall {
  readonly plugin: string;
  readonly verb: PluginVerb;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Calls a plugin and waits for its answer, no longer than it may take and no longer than the caller stays. The signal
 * that the plugin gets
 * aborts in both cases. Throws PLUGIN_FAILED, which names plugin and verb; or the reason of an aborted `signal`.
 */
export async function callPlugin<T>(
  call: PluginCall,
  act: (signal: AbortSignal) => T | Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (isAborted(signal)) throw getAbortError(signal);
  const stop = new AbortController();
  const unfollow = followSignal(signal, stop);
  try {
    const answer = act(stop.signal);
    return isPromise(answer) ? await waitForAnswer(call, answer, stop) : answer;
  } catch (error) {
    throw isAborted(signal) ? getAbortError(signal) : createPluginFailure(call, error);
  } finally {
    unfollow();
  }
}

/** The fault of a plugin that threw, answered out of form, or did not answer. Its own error is the cause. */
export function createPluginFailure(
  { plugin, verb }: Pick<PluginCall, 'plugin' | 'verb'>,
  cause: unknown,
): AccessError {
  if (isTimeout(cause)) return cause;
  return new AccessError('PLUGIN_FAILED', `plugin ${plugin} failed in ${verb}`, { cause, detail: { plugin, verb } });
}

async function waitForAnswer<T>(
  { plugin, verb, clock, timeoutMs }: PluginCall,
  answer: Promise<T>,
  stop: AbortController,
): Promise<T> {
  const disarm = clock.after(timeoutMs, () =>
    stop.abort(
      new AccessError('PLUGIN_FAILED', `plugin ${plugin} did not answer in ${verb} within ${timeoutMs} ms`, {
        detail: { plugin, verb, cause: 'timeout' },
      }),
    ),
  );
  try {
    return await raceSignal(answer, stop.signal);
  } finally {
    disarm();
  }
}

function isAborted(signal: AbortSignal | undefined): signal is AbortSignal {
  return signal?.aborted === true;
}

function isTimeout(error: unknown): error is AccessError {
  return AccessError.is(error) && error.code === 'PLUGIN_FAILED' && error.detail['cause'] === 'timeout';
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}
