import { createHash } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type InputRequiredResult,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { deny, newId, type Outcome } from '../../core/index.js';
import { createOwnerKey, readAuthInfo, type ElicitationState, type ToolCall } from './tool-call.js';
import type { McpSettings } from './options.js';

/** How long a person may take to come back from the page, seconds. */
const stateTtlSeconds = 600;

/** What the question is called that a client is asked. */
const elicitationId = 'approval';

/**
 * Seals it: a changed, foreign or expired one is refused before any tool runs. Using one twice is of no use, since a
 * ticket is for once.
 */
export function createStateCodec({ stateKey }: McpSettings): RequestStateCodec<ElicitationState> {
  return createRequestStateCodec<ElicitationState>({
    key: stateKey,
    ttlSeconds: stateTtlSeconds,
    bind: ({ mcpReq, http }) => `${mcpReq.method} ${createOwnerKey(readAuthInfo(http?.authInfo).identity)}`,
  });
}

/** Names the tool and all its arguments, so that what was carried fits this request only. */
function hashCall(tool: string, asked: object): string {
  return createHash('sha256')
    .update(JSON.stringify([tool, asked]))
    .digest('base64url');
}

/**
 * Asks, and where a person must agree first, sends whoever sits at the client to the reviewers' page, if the client can
 * (URL elicitation) and there
 * is one. That somebody has seen the page is no consent: the gateway is asked again, and it alone knows. With a ticket,
 * waits a while for the answer, unless the page was not opened.
 */
export async function callWithElicitation<T>(
  { gateway, caller, context, stateCodec: seal, settings, signal }: ToolCall,
  tool: string,
  asked: { readonly ticket?: string },
  ask: (ticket: { readonly ticket?: string }) => Promise<Outcome<T>>,
): Promise<Outcome<T> | InputRequiredResult> {
  const carried = context.mcpReq.requestState<ElicitationState>();
  const request = hashCall(tool, asked);
  if (carried !== undefined && carried.request !== request) return denyOtherRequest();
  const ticket = carried?.ticket ?? asked.ticket;
  const { reviewUrl, approvalWaitMs: waitMs } = settings;
  // Whatever this answers, the next line finds out: it only saves the client from asking in a loop.
  if (ticket !== undefined && !isDeclined(context)) await gateway.approval({ ...caller, ticket, waitMs }, signal);
  const outcome = await ask(ticket === undefined ? {} : { ticket });
  if (
    outcome.status !== 'pending' ||
    carried !== undefined ||
    reviewUrl === undefined ||
    !supportsUrlElicitation(context)
  )
    return outcome;
  return inputRequired({
    inputRequests: {
      [elicitationId]: inputRequired.elicitUrl({
        message: 'A person must agree before this goes on. The page shows exactly what is asked for.',
        url: reviewUrl(outcome.ticket),
      }),
    },
    requestState: await seal.mint({ ticket: outcome.ticket, request }, context),
  });
}

function isDeclined({ mcpReq }: ServerContext): boolean {
  const answer = inputResponse(mcpReq.inputResponses, elicitationId);
  return answer.kind === 'elicit' && answer.action !== 'accept';
}

function denyOtherRequest(): Outcome<never> {
  return {
    ...deny('INVALID_REQUEST', 'The requestState belongs to another request.', { reason: 'request.state' }),
    at: 'receive',
    id: newId(Date.now()),
  };
}

/** Known of clients of 2026-07-28 only: older ones say it once, and nothing is remembered here between two requests. */
function supportsUrlElicitation({ mcpReq }: ServerContext): boolean {
  const envelope = mcpReq.envelope as
    | Readonly<Record<string, { readonly elicitation?: { readonly url?: unknown } } | undefined>>
    | undefined;
  return envelope?.[CLIENT_CAPABILITIES_META_KEY]?.elicitation?.url !== undefined;
}
