import { jsonOf } from '../../outgoing/answer.js';
import { fateOf, type Fate } from '../../outgoing/outbox.js';
import type { Settings } from './options.js';

export type Method = 'chat.postMessage' | 'chat.update' | 'chat.postEphemeral';

/** What came of a call: its fate, and where the message is that it made. */
export interface Called {
  readonly fate: Fate;
  readonly channel?: string;
  readonly ts?: string;
}

const mostBytes = 1_048_576;

/** Errors that Slack says may pass. */
const passing: ReadonlySet<string> = new Set(['ratelimited', 'rate_limited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);
/** Errors that another token may help against. */
const ofToken: ReadonlySet<string> = new Set(['token_expired', 'invalid_auth', 'token_revoked']);

/** Calls a method of Slack's Web API once. Rejects as `fetch` does. */
export async function call(method: Method, given: object, { api, botToken, renewable }: Settings, signal: AbortSignal): Promise<Called> {
  const token = await botToken().catch(() => undefined);
  if (token === undefined) return { fate: { fate: 'again', reason: 'token' } };
  const response = await fetch(new URL(method, api), {
    method: 'POST', redirect: 'error', signal, body: JSON.stringify(given), headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
  });
  const answer = Object(await jsonOf(response, mostBytes)) as Readonly<Record<'ok' | 'error' | 'channel' | 'ts', unknown>>;
  if (!response.ok) return { fate: fateOf(response) };
  if (answer.ok === true) return { fate: { fate: 'taken' }, ...textsOf(answer) };
  const reason = typeof answer.error === 'string' && /^[a-z_]{1,64}$/.test(answer.error) ? answer.error : 'unreadable answer';
  return { fate: { fate: passing.has(reason) || (renewable && ofToken.has(reason)) ? 'again' : 'refused', reason } };
}

function textsOf({ channel, ts }: Readonly<Record<'channel' | 'ts', unknown>>): Omit<Called, 'fate'> {
  return { ...(typeof channel === 'string' ? { channel } : {}), ...(typeof ts === 'string' ? { ts } : {}) };
}
