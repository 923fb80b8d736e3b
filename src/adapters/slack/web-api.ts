import { readJson } from '../../http/client/response.js';
import { classifyResponse, type DeliveryResult } from '../../http/client/outbox.js';
import type { SlackSettings } from './options.js';

export type ApiMethod = 'chat.postMessage' | 'chat.update' | 'chat.postEphemeral';

/** What came of a call: its fate, and where the message is that it made. */
export interface ApiResult {
  readonly result: DeliveryResult;
  readonly channel?: string;
  readonly ts?: string;
}

const maxAnswerBytes = 1_048_576;

/** Errors that Slack says may pass. */
const retryableErrors: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
]);
/** Errors that another token may help against. */
const tokenErrors: ReadonlySet<string> = new Set(['token_expired', 'invalid_auth', 'token_revoked']);

/** Calls a method of Slack's Web API once. Rejects as `fetch` does. */
export async function callApi(
  method: ApiMethod,
  given: object,
  { api, botToken, renewable }: SlackSettings,
  signal: AbortSignal,
): Promise<ApiResult> {
  const token = await botToken().catch(() => undefined);
  if (token === undefined) return { result: { fate: 'again', reason: 'token' } };
  const response = await fetch(new URL(method, api), {
    method: 'POST',
    redirect: 'error',
    signal,
    body: JSON.stringify(given),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
  });
  const answer = Object(await readJson(response, maxAnswerBytes)) as Readonly<
    Record<'ok' | 'error' | 'channel' | 'ts', unknown>
  >;
  if (!response.ok) return { result: classifyResponse(response) };
  if (answer.ok === true) return { result: { fate: 'taken' }, ...pickTexts(answer) };
  const reason =
    typeof answer.error === 'string' && /^[a-z_]{1,64}$/.test(answer.error) ? answer.error : 'unreadable answer';
  return {
    result: {
      fate: retryableErrors.has(reason) || (renewable && tokenErrors.has(reason)) ? 'again' : 'refused',
      reason,
    },
  };
}

function pickTexts({ channel, ts }: Readonly<Record<'channel' | 'ts', unknown>>): Omit<ApiResult, 'result'> {
  return { ...(typeof channel === 'string' ? { channel } : {}), ...(typeof ts === 'string' ? { ts } : {}) };
}
