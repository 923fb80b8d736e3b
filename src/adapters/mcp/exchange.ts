import type { AuthInfo, RequestStateCodec, ServerContext } from '@modelcontextprotocol/server';
import type { Caller, Gateway, Identity } from '../../core/index.js';
import type { Admitted } from './door.js';
import type { HeldRows } from './held-rows.js';
import type { Settings } from './options.js';

/** What a client carries between asking and having been asked: which ticket, for which request. */
export interface Carried {
  readonly ticket: string;
  readonly request: string;
}

/** One call of a tool by a known caller. */
export interface Exchange {
  readonly gateway: Gateway;
  readonly settings: Settings;
  readonly rows: HeldRows;
  readonly seal: RequestStateCodec<Carried>;
  readonly caller: Caller;
  /** Whom handles are bound to: `ownerOf` the caller. */
  readonly owner: string;
  readonly context: ServerContext;
  /** Aborts when the client is gone, or cancels the call. */
  readonly signal: AbortSignal;
}

/** Who calls, and for how long there is somebody to answer. */
export interface Visit extends Admitted {
  readonly signal: AbortSignal;
}

/** Carries a visit through the SDK, which hands it on as it is. No token is in the place that the SDK has for one. */
export function carried(visit: Visit): AuthInfo {
  return { token: '', clientId: visit.identity.client ?? '', scopes: [], extra: { visit } };
}

/** The visit again. Throws when there is none: nothing is answered to nobody. */
export function visitOf(info: AuthInfo | undefined): Visit {
  const visit = info?.extra?.['visit'];
  if (visit === undefined) throw new TypeError('a request came past the door');
  return visit as Visit;
}

/** Whom a handle is bound to: principal, actor and client, as sessions are. */
export function ownerOf({ principal, actor, client }: Identity): string {
  return JSON.stringify([principal.issuer, principal.id, actor.id, client ?? null]);
}
