import type { ServerResponse } from 'node:http';
import { faults, newId, type Outcome, type Pending } from '../../core/index.js';
import { createChallenge } from '../../http/server/caller.js';
import type { HttpExchange } from './http-exchange.js';
import { isUnanswered } from '../../http/server/disconnect-signal.js';
import { commonHeaders } from '../../http/server/response-headers.js';
import { writeWhole } from '../../http/server/backpressure.js';
import { serializePending } from '../../http/server/serialize.js';
import {
  createRetryAfterHeader,
  createDenialProblem,
  createErrorProblem,
  type Problem,
  type HttpDenial,
} from '../../http/server/problem.js';
import { httpStatuses } from '../../http/server/status.js';

type Headers = Readonly<Record<string, string | number>>;

/** Sends a whole answer, unless the client is gone or the host has answered already. */
export function send(response: ServerResponse, status: number, body: string, headers: Headers = {}): void {
  if (!isUnanswered(response)) return;
  response.writeHead(status, {
    ...commonHeaders,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/**
 * Sends an answer that may be large, as fast as the client reads. Resolves with the bytes that were given to its
 * connection: all, unless it is gone.
 */
export async function sendLarge({ response, settings }: HttpExchange, body: string): Promise<number> {
  if (!isUnanswered(response)) return 0;
  response.writeHead(200, {
    ...commonHeaders,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  const given = await writeWhole(response, body, settings.stallMs);
  if (given < Buffer.byteLength(body)) response.destroy();
  return given;
}

export function sendProblem(response: ServerResponse, problem: Problem, headers: Headers = {}): void {
  // A failure with a hint is one that is not mended by asking again.
  const retryAfter =
    problem.hint !== undefined && Object.hasOwn(faults, problem.code)
      ? undefined
      : httpStatuses[problem.code].retryAfter;
  send(response, problem.status, JSON.stringify(problem), {
    'content-type': 'application/problem+json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    ...headers,
  });
}

/** Answers a denial, with the challenge that a 401 must carry (RFC 9110 §11.6.1). */
export function sendDenial(
  response: ServerResponse,
  { denied, status, headers = {} }: HttpDenial,
  id = newId(Date.now()),
): void {
  const asked = denied.code === 'UNAUTHENTICATED' ? { 'www-authenticate': createChallenge(denied) } : {};
  sendProblem(response, createDenialProblem(denied, id, status), {
    ...asked,
    ...createRetryAfterHeader(denied),
    ...headers,
  });
}

/** Answers an outcome: a completed one as `complete` does, any other in the one way there is. */
export async function sendOutcome<T>(
  exchange: HttpExchange,
  outcome: Outcome<T>,
  complete: (value: T) => Promise<unknown> | void,
): Promise<void> {
  const { response, settings } = exchange;
  if (outcome.status === 'completed') return void (await complete(outcome.value));
  if (outcome.status === 'pending') return sendPending(exchange, outcome);
  if (outcome.status === 'denied') return sendDenial(response, { denied: outcome }, outcome.id);
  settings.onFault(outcome.error, outcome.id);
  sendProblem(response, createErrorProblem(outcome.error, outcome.id));
}

/** Seconds after which to look again at what a person has not decided yet. */
export const pollAfterSeconds = 5;

function sendPending({ request, response }: HttpExchange, pending: Pending): void {
  send(response, 202, JSON.stringify(serializePending(pending)), {
    location: `${request.baseUrl ?? ''}/approvals/${encodeURIComponent(pending.ticket)}`,
    'retry-after': pollAfterSeconds,
  });
}
