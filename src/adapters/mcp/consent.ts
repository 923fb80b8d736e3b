import { createHash } from 'node:crypto';
import { CLIENT_CAPABILITIES_META_KEY, createRequestStateCodec, inputRequired, inputResponse, type InputRequiredResult, type RequestStateCodec, type ServerContext } from '@modelcontextprotocol/server';
import { deny, newId, type Outcome } from '../../core/index.js';
import { ownerOf, visitOf, type Carried, type Exchange } from './exchange.js';
import type { Settings } from './options.js';

/** How long a person may take to come back from the page, seconds. */
const validSeconds = 600;

/** What the question is called that a client is asked. */
const asking = 'approval';

/** Seals it: a changed, foreign or expired one is refused before any tool runs. Using one twice is of no use, since a ticket is for once. */
export function sealOf({ stateKey }: Settings): RequestStateCodec<Carried> {
  return createRequestStateCodec<Carried>({ key: stateKey, ttlSeconds: validSeconds, bind: ({ mcpReq, http }) => `${mcpReq.method} ${ownerOf(visitOf(http?.authInfo).identity)}` });
}

/** Names the tool and all its arguments, so that what was carried fits this request only. */
function requestOf(tool: string, asked: object): string {
  return createHash('sha256').update(JSON.stringify([tool, asked])).digest('base64url');
}

/**
 * Asks, and where a person must agree first, sends whoever sits at the client to the reviewers' page, if the client can (URL elicitation) and there
 * is one. That somebody has seen the page is no consent: the gateway is asked again, and it alone knows. With a ticket, waits a while for the answer, unless the page was not opened.
 */
export async function consented<T>(
  { gateway, caller, context, seal, settings, signal }: Exchange, tool: string, asked: { readonly ticket?: string }, ask: (ticket: { readonly ticket?: string }) => Promise<Outcome<T>>,
): Promise<Outcome<T> | InputRequiredResult> {
  const carried = context.mcpReq.requestState<Carried>();
  const request = requestOf(tool, asked);
  if (carried !== undefined && carried.request !== request) return another();
  const ticket = carried?.ticket ?? asked.ticket;
  const { reviewUrl, approvalWaitMs: waitMs } = settings;
  // Whatever this answers, the next line finds out: it only saves the client from asking in a loop.
  if (ticket !== undefined && !declined(context)) await gateway.approval({ ...caller, ticket, waitMs }, signal);
  const outcome = await ask(ticket === undefined ? {} : { ticket });
  if (outcome.status !== 'pending' || carried !== undefined || reviewUrl === undefined || !opensPages(context)) return outcome;
  return inputRequired({
    inputRequests: { [asking]: inputRequired.elicitUrl({ message: 'A person must agree before this goes on. The page shows exactly what is asked for.', url: reviewUrl(outcome.ticket) }) },
    requestState: await seal.mint({ ticket: outcome.ticket, request }, context),
  });
}

function declined({ mcpReq }: ServerContext): boolean {
  const answer = inputResponse(mcpReq.inputResponses, asking);
  return answer.kind === 'elicit' && answer.action !== 'accept';
}

function another(): Outcome<never> {
  return { ...deny('INVALID_REQUEST', 'The requestState belongs to another request.', { reason: 'request.state' }), at: 'receive', id: newId(Date.now()) };
}

/** Known of clients of 2026-07-28 only: older ones say it once, and nothing is remembered here between two requests. */
function opensPages({ mcpReq }: ServerContext): boolean {
  const envelope = mcpReq.envelope as Readonly<Record<string, { readonly elicitation?: { readonly url?: unknown } } | undefined>> | undefined;
  return envelope?.[CLIENT_CAPABILITIES_META_KEY]?.elicitation?.url !== undefined;
}
