import { deny, newId, type AccessError, type Caller, type Gateway, type Identity } from '../../core/index.js';
import { createChallenge, readCaller } from '../../http/server/caller.js';
import type { HostRequest } from '../../http/server/host-request.js';
import {
  createRetryAfterHeader as waitOf,
  createDenialProblem,
  createErrorProblem,
  type Problem,
} from '../../http/server/problem.js';
import { httpStatuses } from '../../http/server/status.js';
import type { McpSettings } from './options.js';
import { createMetadataUrl } from './resource-metadata.js';

/** Who was let in. The credential stays with the gateway's side of things: nothing of it is shown to the SDK. */
export interface AuthenticatedCaller {
  readonly caller: Caller;
  readonly identity: Identity;
}

/** Who was not, and how that is said in HTTP. */
export interface McpRejection {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly fault?: AccessError;
}

/**
 * Everything that is asked before a request is read: from where it comes, who sends it, and whether the token is for
 * us. `ending`: however much its caller asks.
 */
export async function authenticateRequest(
  request: HostRequest,
  gateway: Gateway,
  settings: McpSettings,
  signal: AbortSignal,
  ending = false,
): Promise<AuthenticatedCaller | McpRejection> {
  const stranger = checkHostAndOrigin(request, settings);
  if (stranger !== undefined) return stranger;
  const read = readCaller(request, 'mcp');
  if ('status' in read) return rejectUnauthenticated(createDenialProblem(read, newId(Date.now())), settings);
  const caller = settings.resource === undefined ? read : { ...read, resource: settings.resource.href };
  const outcome = await gateway.identify(ending ? { ...caller, ending } : caller, signal);
  if (outcome.status === 'completed')
    return checkScopes(outcome.value, outcome.id, settings) ?? { caller, identity: outcome.value };
  if (outcome.status === 'failed')
    return {
      problem: createErrorProblem(outcome.error, outcome.id),
      headers: createRetryAfter(outcome.error),
      fault: outcome.error,
    };
  const denied = outcome.status === 'denied' ? outcome : deny('APPROVAL_REQUIRED');
  const problem = createDenialProblem(denied, outcome.id);
  if (problem.code === 'RATE_LIMITED') return { problem, headers: waitOf(denied) };
  return problem.code === 'UNAUTHENTICATED' ? rejectUnauthenticated(problem, settings) : rejectForbidden(problem);
}

/**
 * DNS rebinding and pages in a browser: neither is a client that somebody set up (Streamable HTTP, security warning).
 */
function checkHostAndOrigin({ headers }: HostRequest, { hosts, origins }: McpSettings): McpRejection | undefined {
  const name = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1]?.toLowerCase();
  if (name === undefined || !hosts.has(name))
    return rejectForbidden(
      createDenialProblem(
        deny('NOT_PERMITTED', 'The Host header does not name this service.', { reason: 'request.host' }),
        newId(Date.now()),
      ),
    );
  if (headers.origin === undefined || origins.has(headers.origin)) return undefined;
  return rejectForbidden(
    createDenialProblem(
      deny('NOT_PERMITTED', 'Pages of this origin may not call here.', { reason: 'request.origin' }),
      newId(Date.now()),
    ),
  );
}

/** A token without a scope that is needed says which (RFC 6750 §3.1). */
function checkScopes({ scopes = [] }: Identity, id: string, settings: McpSettings): McpRejection | undefined {
  const missing = settings.scopes.filter((each) => !scopes.includes(each));
  if (missing.length === 0) return undefined;
  const rejection = rejectForbidden(
    createDenialProblem(
      deny('NOT_PERMITTED', 'The token lacks a scope that this endpoint needs.', {
        reason: 'token.scope',
        hint: `Get a token with the scope ${settings.scopes.join(' ')}.`,
      }),
      id,
    ),
  );
  return {
    ...rejection,
    headers: {
      'www-authenticate': createChallenge({}, { error: 'insufficient_scope', ...createChallengeParameters(settings) }),
    },
  };
}

function rejectUnauthenticated(problem: Problem, settings: McpSettings): McpRejection {
  return { problem, headers: { 'www-authenticate': createChallenge(problem, createChallengeParameters(settings)) } };
}

function createChallengeParameters(settings: McpSettings): Readonly<Record<string, string>> {
  const { resource, scopes } = settings;
  return {
    ...(resource === undefined ? {} : { resource_metadata: createMetadataUrl(resource) }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  };
}

function rejectForbidden(problem: Problem): McpRejection {
  return { problem: { ...problem, status: 403 }, headers: {} };
}

function createRetryAfter({ code }: AccessError): McpRejection['headers'] {
  const { retryAfter } = httpStatuses[code];
  return retryAfter === undefined ? {} : { 'retry-after': retryAfter };
}
