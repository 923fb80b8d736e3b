import { callWithSignal } from './abort-signal.js';
import type { Clock } from './clock.js';
import { AccessError } from '../errors.js';
import { readOptions } from '../options.js';
import type { Checkable } from '../ports.js';

/** How `createGateway` tries its parts before it starts. */
export interface StartCheckOptions {
  /**
   * How long each part may take to prove itself, milliseconds. Default 10,000; at most 600,000. All parts are tried at
   * the same time.
   */
  readonly timeoutMs?: number;
}

/** A part, under the name by which its operator knows it: `connections.warehouse`. */
export interface NamedPart {
  readonly name: string;
  readonly part: Checkable;
}

const defaultTimeoutMs = 10_000;
const maxTimeoutMs = 600_000;

/** How long each part may take; undefined where parts are not tried. Throws CONFIG_INVALID. */
export function resolveStartCheckTimeout(given: false | StartCheckOptions = {}): number | undefined {
  if (given === false) return undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new AccessError(
      'CONFIG_INVALID',
      'startCheck must be false or { timeoutMs }: parts are tried unless it is false',
    );
  }
  const { timeoutMs = defaultTimeoutMs } = readOptions<StartCheckOptions>(given, { timeoutMs: true }, 'startCheck');
  if (Number.isSafeInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= maxTimeoutMs) return timeoutMs;
  throw new AccessError('CONFIG_INVALID', `startCheck.timeoutMs must be a whole number, 1 to ${maxTimeoutMs}`);
}

/**
 * Tries every part at once. Throws one CONFIG_INVALID that names each part that failed; its cause is an AggregateError
 * of one error for each
 * of them, with what the part threw as the cause of that one.
 */
export async function checkParts(parts: readonly NamedPart[], timeoutMs: number, clock: Clock): Promise<void> {
  const tried = await Promise.all(parts.map((each) => checkOnePart(each, timeoutMs, clock)));
  const faults = tried.filter((each) => each !== undefined);
  if (faults.length === 0) return;
  const all = faults.map((each) => each.message).join('; ');
  throw new AccessError('CONFIG_INVALID', `the gateway cannot start: ${all}`, {
    cause: new AggregateError(faults, all),
  });
}

async function checkOnePart(
  { name, part }: NamedPart,
  timeoutMs: number,
  clock: Clock,
): Promise<AccessError | undefined> {
  if (typeof part.check !== 'function') return undefined;
  const stop = new AbortController();
  const late = new AccessError('CONFIG_INVALID', `its check did not end within ${timeoutMs} ms`);
  const forget = clock.after(timeoutMs, () => stop.abort(late));
  try {
    await callWithSignal(() => part.check?.(stop.signal), stop.signal);
    return undefined;
  } catch (error) {
    return new AccessError(
      'CONFIG_INVALID',
      `${name}: ${AccessError.is(error) ? `${error.message}${error === late ? '' : formatDetail(error)}` : 'its check failed'}`,
      { cause: error },
    );
  } finally {
    forget();
  }
}

function formatDetail({ code, detail }: AccessError): string {
  return ` (${[code, ...Object.entries(detail).map(([name, value]) => `${name} ${value}`)].join(', ')})`;
}
