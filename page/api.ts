import type {
  Approval,
  RecordEvent,
  EventPage,
  Problem,
  BreakGlassReview,
  Session,
  Suspended,
  Suspension,
} from './api-types.js';
import { syncClock } from './clock.js';
import { mountUrl } from './settings.js';

/** The gateway's refusal, or its silence. */
export class ApiError extends Error {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly reason: string;
  readonly hint: string;

  constructor(status: number, { detail, reason = '', hint = '' }: Partial<Problem>) {
    super(detail ?? 'The gateway does not answer.');
    this.status = status;
    this.reason = reason;
    this.hint = hint;
  }
}

/** The REST mount, for one reviewer. Every method throws Refusal. */
export interface Api {
  approvals(state: 'pending' | 'decided', signal?: AbortSignal): Promise<readonly Approval[]>;
  approval(ticket: string, signal?: AbortSignal): Promise<Approval>;
  decide(
    ticket: string,
    said: { readonly decision: 'approve' | 'reject'; readonly digest: string; readonly comment?: string },
  ): Promise<Approval>;
  sessions(signal?: AbortSignal): Promise<readonly Session[]>;
  revoke(session: string, comment?: string): Promise<Session>;
  suspensions(signal?: AbortSignal): Promise<readonly Suspension[]>;
  /** For an hour, or `ttl` seconds. */
  suspend(actor: string, said: { readonly ttl?: number; readonly comment?: string }): Promise<Suspended>;
  reinstate(actor: string, comment?: string): Promise<unknown>;
  reviews(signal?: AbortSignal): Promise<readonly BreakGlassReview[]>;
  completeReview(session: string, comment: string): Promise<BreakGlassReview>;
  /** The first `pages` pages of a session's record. */
  record(session: string, pages: number, signal?: AbortSignal): Promise<EventPage>;
}

interface ApiCall {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** `expired` is called when the gateway no longer takes the token. */
export function createApi(token: string, expired: () => void): Api {
  const call = async <T>(method: string, path: string, { body, signal }: ApiCall = {}): Promise<T> => {
    const answer = await fetchFromMount(method, path, token, body, signal);
    syncClock(answer.headers.get('date'));
    const content = (await answer.json().catch(() => ({}))) as T & Problem;
    if (answer.status === 401) expired();
    if (!answer.ok) throw new ApiError(answer.status, content);
    return content;
  };
  const id = encodeURIComponent;
  return {
    approvals: async (state, signal) =>
      (
        await call<{ approvals: Approval[] }>('GET', state === 'pending' ? '/approvals' : '/approvals?state=decided', {
          signal,
        })
      ).approvals,
    approval: (ticket, signal) => call('GET', `/approvals/${id(ticket)}`, { signal }),
    decide: (ticket, body) => call('POST', `/approvals/${id(ticket)}/decision`, { body }),
    sessions: async (signal) => (await call<{ sessions: Session[] }>('GET', '/sessions', { signal })).sessions,
    revoke: (session, comment) =>
      call('DELETE', `/sessions/${id(session)}?revoke`, { body: comment === undefined ? {} : { comment } }),
    suspensions: async (signal) =>
      (await call<{ suspensions: Suspension[] }>('GET', '/suspensions', { signal })).suspensions,
    suspend: (actor, said) => call('POST', '/suspensions', { body: { actor, ...said } }),
    reinstate: (actor, comment) =>
      call('DELETE', `/suspensions?${new URLSearchParams({ actor })}`, {
        body: comment === undefined ? {} : { comment },
      }),
    reviews: async (signal) => (await call<{ reviews: BreakGlassReview[] }>('GET', '/reviews', { signal })).reviews,
    completeReview: (session, comment) => call('POST', `/reviews/${id(session)}`, { body: { comment } }),
    async record(session, pages, signal) {
      const events: RecordEvent[] = [];
      let next: string | undefined;
      for (let read = 0; read === 0 || (read < pages && next !== undefined); read += 1) {
        const page: EventPage = await call(
          'GET',
          `/sessions/${id(session)}/record${next === undefined ? '' : `?after=${id(next)}`}`,
          { signal },
        );
        events.push(...page.events);
        next = page.next;
      }
      return { events, ...(next === undefined ? {} : { next }) };
    },
  };
}

/** What is only read is given up after a while, and read again later; what was decided is not. */
function createTimeout(method: string, signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  if (method === 'GET')
    return { signal: AbortSignal.any([AbortSignal.timeout(20_000), ...(signal === undefined ? [] : [signal])]) };
  return signal === undefined ? {} : { signal };
}

async function fetchFromMount(
  method: string,
  path: string,
  token: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Response> {
  try {
    return await fetch(mountUrl + path, {
      method,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...createTimeout(method, signal),
    });
  } catch (error) {
    throw new ApiError(0, {
      detail: error instanceof Error && error.name === 'AbortError' ? 'Given up.' : 'The gateway does not answer.',
    });
  }
}
