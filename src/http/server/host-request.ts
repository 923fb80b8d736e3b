import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as Express 4 and 5 hand it on; plain `node:http` requests fit too. */
export interface HostRequest extends IncomingMessage {
  /** Set where the host has read the body already. */
  body?: unknown;
  /** The prefix we are mounted under. */
  baseUrl?: string;
  /** The client's address as the host's `trust proxy` setting sees it. */
  ip?: string | undefined;
}

/** A handler for `app.use`. */
export type Mount = (request: HostRequest, response: ServerResponse, next: (error?: unknown) => void) => void;
