import type { DeliveryMessage } from '../../core/index.js';
import { classifyNetworkError, readJson, isRetryableStatus } from '../../http/client/response.js';
import { parseRetryAfter } from '../../http/client/backoff.js';
import { withTimeout } from '../../http/client/timeout.js';
import type { MessageResult } from './format.js';
import { stripScheme, type HttpSettings } from './options.js';

/**
 * What came of one request: a verdict for each message, and how long the receiver asks to be left alone, milliseconds.
 */
export interface RequestResult {
  readonly results: readonly MessageResult[];
  readonly retryAfterMs?: number;
}

/** An answer is read no further. */
const maxAnswerBytes = 4 * 1024 ** 2;

/**
 * Sends messages in one request, and once more with a new token where the receiver did not know the first (401).
 * Rejects only with the signal's reason.
 */
export async function sendRequest(
  messages: readonly DeliveryMessage[],
  settings: HttpSettings,
  signal: AbortSignal,
): Promise<RequestResult> {
  const body = messages.map((message) => settings.format.encode(message)).join('');
  const once = (): Promise<PostResult> =>
    withTimeout(settings.timeoutMs, signal, (ending) => postOnce(body, messages.length, settings, ending));
  try {
    const first = await once();
    return first.status === 401 && settings.renewable ? await once() : first;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return { results: repeatResult(messages.length, classifyNetworkError(error)) };
  }
}

interface PostResult extends RequestResult {
  readonly status: number;
}

async function postOnce(
  body: string,
  count: number,
  { url, format, headers, token }: HttpSettings,
  signal: AbortSignal,
): Promise<PostResult> {
  let secret: string | undefined;
  try {
    secret = stripScheme(await token(), format.scheme);
  } catch {
    return { status: 0, results: repeatResult(count, { fate: 'again', reason: 'token' }) };
  }
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal,
    body,
    headers: {
      ...headers,
      'content-type': format.contentType,
      ...(secret === undefined ? {} : { authorization: `${format.scheme} ${secret}` }),
    },
  });
  const { status } = response;
  const answer = await readJson(response, maxAnswerBytes);
  if (response.ok) {
    const verdicts =
      format.answered === undefined ? repeatResult(count, { fate: 'taken' }) : format.answered(answer, count);
    return {
      status,
      results:
        verdicts?.length === count ? verdicts : repeatResult(count, { fate: 'again', reason: 'unreadable answer' }),
    };
  }
  const pauseMs = parseRetryAfter(response.headers.get('retry-after'));
  return {
    status,
    results: repeatResult(count, format.failed?.(status, answer) ?? classifyStatus(status)),
    ...(pauseMs === undefined ? {} : { retryAfterMs: pauseMs }),
  };
}

function repeatResult(count: number, verdict: MessageResult): readonly MessageResult[] {
  return Array.from({ length: count }, () => verdict);
}

/**
 * Codes of RFC 9110: what may pass by itself, what blames the content, and all else, which blames who asks or where.
 */
function classifyStatus(status: number): MessageResult {
  const reason = `status ${status}`;
  if (isRetryableStatus(status)) return { fate: 'again', reason };
  return { fate: status === 400 || status === 413 || status === 422 ? 'poison' : 'refused', reason };
}
