import type { ServerResponse } from 'node:http';
import { AccessError } from '../core/index.js';

/** Aborts when the client is gone before its answer is complete. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const leave = (): void => {
    if (!response.writableFinished) gone.abort(new AccessError('ABORTED'));
  };
  if (response.closed || response.destroyed) leave();
  else response.once('close', leave);
  return gone.signal;
}
