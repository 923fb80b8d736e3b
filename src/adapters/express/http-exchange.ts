import type { ServerResponse } from 'node:http';
import type { Caller, Gateway } from '../../core/index.js';
import type { HostRequest } from '../../http/server/host-request.js';
import type { ExpressSettings } from './options.js';

/** One request of a known caller, and where its answer goes. */
export interface HttpExchange {
  readonly gateway: Gateway;
  readonly settings: ExpressSettings;
  readonly request: HostRequest;
  readonly response: ServerResponse;
  readonly caller: Caller;
  /** The session or ticket that the path names; empty where it names none. */
  readonly pathParameter: string;
  /** What follows the `?`. */
  readonly query: string;
  /** Aborts when the client is gone before its answer is complete. */
  readonly signal: AbortSignal;
}

/** Answers one kind of request. */
export type Operation = (exchange: HttpExchange) => Promise<void>;
