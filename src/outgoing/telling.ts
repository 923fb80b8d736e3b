import { readSecureUrl, type Notice } from '../core/index.js';
import type { OutboxSettings } from './outbox.js';

/** Told of a notice that was given up; `why` is `full`, `shutdown`, or a code such as `status 410`. */
export type OnDropped = (notice: Notice, why: string) => void;

/** Where people look at what a notice is about: the address of the reviewers' page, or one for each notice. */
export type Page = string | ((notice: Notice) => string | undefined);

/** What everybody who tells people may be told about it. */
export interface TellingOptions {
  readonly page?: Page;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly waiting?: number;
  readonly onDropped?: OnDropped;
}

export interface Telling {
  readonly linkOf: (notice: Notice) => string | undefined;
  readonly sending: Omit<OutboxSettings, 'atOnce'>;
  readonly onDropped: OnDropped;
}

/** The options with their defaults. Throws what `invalid` makes. */
export function tellingOf({ page, timeoutMs = 10_000, retries = 8, waiting = 1_000, onDropped = () => undefined }: TellingOptions, invalid: (message: string) => Error): Telling {
  for (const [what, value, least] of [['timeoutMs', timeoutMs, 1], ['retries', retries, 0], ['waiting', waiting, 0]] as const) {
    if (!Number.isSafeInteger(value) || value < least) throw invalid(`${what} must be a whole number, ${least} or more`);
  }
  if (typeof onDropped !== 'function') throw invalid('onDropped must be a function');
  return { linkOf: linkFrom(page, invalid), sending: { timeoutMs, retries, waiting }, onDropped: quiet(onDropped) };
}

function linkFrom(page: Page | undefined, invalid: (message: string) => Error): Telling['linkOf'] {
  if (page === undefined) return () => undefined;
  if (typeof page === 'function') return (notice) => usable(page, notice);
  const base = readSecureUrl(page, { query: true });
  if (typeof base === 'string') throw invalid(`page ${base}`);
  return (notice) => {
    const link = new URL(base);
    link.hash = placeOf(notice);
    return link.href;
  };
}

/** Below the address of the page, as the paths of REST below the mount. */
function placeOf({ type, ticket, session }: Notice): string {
  if (ticket !== undefined) return `/approvals/${ticket}`;
  return session === undefined ? '' : `/${type.startsWith('breakglass.') ? 'reviews' : 'sessions'}/${session}`;
}

/** A notice without a link is better than none. */
function usable(page: (notice: Notice) => string | undefined, notice: Notice): string | undefined {
  try {
    const link = readSecureUrl(page(notice), { query: true, fragment: true });
    return typeof link === 'string' ? undefined : link.href;
  } catch {
    return undefined;
  }
}

function quiet(told: OnDropped): OnDropped {
  return (notice, why) => {
    try {
      told(notice, why);
    } catch {
      // A log that fails must not keep others from being told.
    }
  };
}
