import type { ServerResponse } from 'node:http';
import { faults, newId, type Outcome, type Pending } from '../../core/index.js';
import { challenge } from '../../mount/caller.js';
import type { Exchange } from './exchange.js';
import { isUnanswered } from '../../mount/gone.js';
import { always } from '../../mount/headers.js';
import { writeWhole } from '../../mount/pace.js';
import { pendingShown } from '../../mount/shown.js';
import { laterOf, problemOfDenial, problemOfError, type Problem, type Refused } from '../../mount/problem.js';
import { http } from '../../mount/status.js';

type Headers = Readonly<Record<string, string | number>>;

/** Sends a whole answer, unless the client is gone or the host has answered already. */
export function send(response: ServerResponse, status: number, body: string, headers: Headers = {}): void {
  if (!isUnanswered(response)) return;
  response.writeHead(status, { ...always, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** Sends an answer that may be large, as fast as the client reads. Resolves with the bytes that were given to its connection: all, unless it is gone. */
export async function sendLarge({ response, settings }: Exchange, body: string): Promise<number> {
  if (!isUnanswered(response)) return 0;
  response.writeHead(200, { ...always, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  const given = await writeWhole(response, body, settings.stallMs);
  if (given < Buffer.byteLength(body)) response.destroy();
  return given;
}

export function sendProblem(response: ServerResponse, problem: Problem, headers: Headers = {}): void {
  // A failure with a hint is one that is not mended by asking again.
  const retryAfter = problem.hint !== undefined && Object.hasOwn(faults, problem.code) ? undefined : http[problem.code].retryAfter;
  send(response, problem.status, JSON.stringify(problem), {
    'content-type': 'application/problem+json', ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }), ...headers,
  });
}

/** Answers a denial, with the challenge that a 401 must carry (RFC 9110 §11.6.1). */
export function refuse(response: ServerResponse, { denied, status, headers = {} }: Refused, id = newId(Date.now())): void {
  const asked = denied.code === 'UNAUTHENTICATED' ? { 'www-authenticate': challenge(denied) } : {};
  sendProblem(response, problemOfDenial(denied, id, status), { ...asked, ...laterOf(denied), ...headers });
}

/** Answers an outcome: a completed one as `complete` does, any other in the one way there is. */
export async function reply<T>(exchange: Exchange, outcome: Outcome<T>, complete: (value: T) => Promise<unknown> | void): Promise<void> {
  const { response, settings } = exchange;
  if (outcome.status === 'completed') return void (await complete(outcome.value));
  if (outcome.status === 'pending') return sendPending(exchange, outcome);
  if (outcome.status === 'denied') return refuse(response, { denied: outcome }, outcome.id);
  settings.onFault(outcome.error, outcome.id);
  sendProblem(response, problemOfError(outcome.error, outcome.id));
}

/** Seconds after which to look again at what a person has not decided yet. */
export const lookAgainAfter = 5;

function sendPending({ request, response }: Exchange, pending: Pending): void {
  send(response, 202, JSON.stringify(pendingShown(pending)), { location: `${request.baseUrl ?? ''}/approvals/${encodeURIComponent(pending.ticket)}`, 'retry-after': lookAgainAfter });
}
