import { parseSecureUrl, type Notice } from '../../core/index.js';
import type { OutboxSettings } from './outbox.js';

/** Told of a notice that was given up; `why` is `full`, `shutdown`, or a code such as `status 410`. */
export type OnDropped = (notice: Notice, why: string) => void;

/** Where people look at what a notice is about: the address of the reviewers' page, or one for each notice. */
export type PageAddress = string | ((notice: Notice) => string | undefined);

/** What everybody who tells people may be told about it. */
export interface NotifierOptions {
  readonly page?: PageAddress;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly waiting?: number;
  readonly onDropped?: OnDropped;
}

export interface NotifierSettings {
  readonly resolveLink: (notice: Notice) => string | undefined;
  readonly outbox: Omit<OutboxSettings, 'concurrency'>;
  readonly onDropped: OnDropped;
}

/** The options with their defaults. Throws what `invalid` makes. */
export function resolveNotifierOptions(
  { page, timeoutMs = 10_000, retries = 8, waiting = 1_000, onDropped = () => undefined }: NotifierOptions,
  invalid: (message: string) => Error,
): NotifierSettings {
  for (const [what, value, least] of [
    ['timeoutMs', timeoutMs, 1],
    ['retries', retries, 0],
    ['waiting', waiting, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least)
      throw invalid(`${what} must be a whole number, ${least} or more`);
  }
  if (typeof onDropped !== 'function') throw invalid('onDropped must be a function');
  return {
    resolveLink: createLinkResolver(page, invalid),
    outbox: { timeoutMs, retries, maxQueued: waiting },
    onDropped: ignoreErrors(onDropped),
  };
}

function createLinkResolver(
  page: PageAddress | undefined,
  invalid: (message: string) => Error,
): NotifierSettings['resolveLink'] {
  if (page === undefined) return () => undefined;
  if (typeof page === 'function') return (notice) => resolveCustomLink(page, notice);
  const base = parseSecureUrl(page, { query: true });
  if (typeof base === 'string') throw invalid(`page ${base}`);
  return (notice) => {
    const link = new URL(base);
    link.hash = formatPagePath(notice);
    return link.href;
  };
}

/** Below the address of the page, as the paths of REST below the mount. */
function formatPagePath({ type, ticket, session }: Notice): string {
  if (ticket !== undefined) return `/approvals/${ticket}`;
  return session === undefined ? '' : `/${type.startsWith('breakglass.') ? 'reviews' : 'sessions'}/${session}`;
}

/** A notice without a link is better than none. */
function resolveCustomLink(page: (notice: Notice) => string | undefined, notice: Notice): string | undefined {
  try {
    const link = parseSecureUrl(page(notice), { query: true, fragment: true });
    return typeof link === 'string' ? undefined : link.href;
  } catch {
    return undefined;
  }
}

function ignoreErrors(told: OnDropped): OnDropped {
  return (notice, why) => {
    try {
      told(notice, why);
    } catch {
      // A log that fails must not keep others from being told.
    }
  };
}
