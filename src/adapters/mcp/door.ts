import { deny, newId, type AccessError, type Caller, type Gateway, type Identity } from '../../core/index.js';
import { challenge, readCaller } from '../../mount/caller.js';
import type { HostRequest } from '../../mount/host.js';
import { laterOf as waitOf, problemOfDenial, problemOfError, type Problem } from '../../mount/problem.js';
import { http } from '../../mount/status.js';
import type { Settings } from './options.js';
import { metadataUrl } from './resource.js';

/** Who was let in. The credential stays with the gateway's side of things: nothing of it is shown to the SDK. */
export interface Admitted {
  readonly caller: Caller;
  readonly identity: Identity;
}

/** Who was not, and how that is said in HTTP. */
export interface Turned {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly fault?: AccessError;
}

/** Everything that is asked before a request is read: from where it comes, who sends it, and whether the token is for us. `ending`: however much its caller asks. */
export async function admit(request: HostRequest, gateway: Gateway, settings: Settings, signal: AbortSignal, ending = false): Promise<Admitted | Turned> {
  const stranger = fromElsewhere(request, settings);
  if (stranger !== undefined) return stranger;
  const read = readCaller(request, 'mcp');
  if ('status' in read) return unauthenticated(problemOfDenial(read, newId(Date.now())), settings);
  const caller = settings.resource === undefined ? read : { ...read, resource: settings.resource.href };
  const outcome = await gateway.identify(ending ? { ...caller, ending } : caller, signal);
  if (outcome.status === 'completed') return tooNarrow(outcome.value, outcome.id, settings) ?? { caller, identity: outcome.value };
  if (outcome.status === 'failed') return { problem: problemOfError(outcome.error, outcome.id), headers: laterOf(outcome.error), fault: outcome.error };
  const denied = outcome.status === 'denied' ? outcome : deny('APPROVAL_REQUIRED');
  const problem = problemOfDenial(denied, outcome.id);
  if (problem.code === 'RATE_LIMITED') return { problem, headers: waitOf(denied) };
  return problem.code === 'UNAUTHENTICATED' ? unauthenticated(problem, settings) : forbidden(problem);
}

/** DNS rebinding and pages in a browser: neither is a client that somebody set up (Streamable HTTP, security warning). */
function fromElsewhere({ headers }: HostRequest, { hosts, origins }: Settings): Turned | undefined {
  const name = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1]?.toLowerCase();
  if (name === undefined || !hosts.has(name)) return forbidden(problemOfDenial(deny('NOT_PERMITTED', 'The Host header does not name this service.', { reason: 'request.host' }), newId(Date.now())));
  if (headers.origin === undefined || origins.has(headers.origin)) return undefined;
  return forbidden(problemOfDenial(deny('NOT_PERMITTED', 'Pages of this origin may not call here.', { reason: 'request.origin' }), newId(Date.now())));
}

/** A token without a scope that is needed says which (RFC 6750 §3.1). */
function tooNarrow({ scopes = [] }: Identity, id: string, settings: Settings): Turned | undefined {
  const missing = settings.scopes.filter((each) => !scopes.includes(each));
  if (missing.length === 0) return undefined;
  const turned = forbidden(problemOfDenial(deny('NOT_PERMITTED', 'The token lacks a scope that this endpoint needs.', { reason: 'token.scope', hint: `Get a token with the scope ${settings.scopes.join(' ')}.` }), id));
  return { ...turned, headers: { 'www-authenticate': challenge({}, { error: 'insufficient_scope', ...where(settings) }) } };
}

function unauthenticated(problem: Problem, settings: Settings): Turned {
  return { problem, headers: { 'www-authenticate': challenge(problem, where(settings)) } };
}

function where(settings: Settings): Readonly<Record<string, string>> {
  const { resource, scopes } = settings;
  return { ...(resource === undefined ? {} : { resource_metadata: metadataUrl(resource) }), ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }) };
}

function forbidden(problem: Problem): Turned {
  return { problem: { ...problem, status: 403 }, headers: {} };
}

function laterOf({ code }: AccessError): Turned['headers'] {
  const { retryAfter } = http[code];
  return retryAfter === undefined ? {} : { 'retry-after': retryAfter };
}
