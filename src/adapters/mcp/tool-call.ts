import type { AuthInfo, RequestStateCodec, ServerContext } from '@modelcontextprotocol/server';
import type { Caller, Gateway, Identity } from '../../core/index.js';
import type { AuthenticatedCaller } from './authenticate-request.js';
import type { RowBuffer } from './row-buffer.js';
import type { McpSettings } from './options.js';

/** What a client carries between asking and having been asked: which ticket, for which request. */
export interface ElicitationState {
  readonly ticket: string;
  readonly request: string;
}

/** One call of a tool by a known caller. */
export interface ToolCall {
  readonly gateway: Gateway;
  readonly settings: McpSettings;
  readonly rowBuffer: RowBuffer;
  readonly stateCodec: RequestStateCodec<ElicitationState>;
  readonly caller: Caller;
  /** Whom handles are bound to: `ownerOf` the caller. */
  readonly owner: string;
  readonly context: ServerContext;
  /** Aborts when the client is gone, or cancels the call. */
  readonly signal: AbortSignal;
}

/** Who calls, and for how long there is somebody to answer. */
export interface CallerContext extends AuthenticatedCaller {
  readonly signal: AbortSignal;
}

/** Carries a visit through the SDK, which hands it on as it is. No token is in the place that the SDK has for one. */
export function createAuthInfo(visit: CallerContext): AuthInfo {
  return { token: '', clientId: visit.identity.client ?? '', scopes: [], extra: { visit } };
}

/** The visit again. Throws when there is none: nothing is answered to nobody. */
export function readAuthInfo(info: AuthInfo | undefined): CallerContext {
  const visit = info?.extra?.['visit'];
  if (visit === undefined) throw new TypeError('a request was not authenticated by the router');
  return visit as CallerContext;
}

/** Whom a handle is bound to: principal, actor and client, as sessions are. */
export function createOwnerKey({ principal, actor, client }: Identity): string {
  return JSON.stringify([principal.issuer, principal.id, actor.id, client ?? null]);
}
