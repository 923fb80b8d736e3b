import type { ServerResponse } from 'node:http';
import { AccessError } from '../../core/index.js';

/**
 * Aborts when there is nobody left to answer: the client is gone, or the answer has ended, also where the host ended it
 * (a timeout middleware
 * that answered first). After an end of our own it stops nothing: the work is done then.
 */
export function createDisconnectSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const leave = (): void => {
    response.off('close', leave).off('finish', leave);
    gone.abort(aborted());
  };
  if (response.closed || !isOpen(response)) leave();
  else response.once('close', leave).once('finish', leave);
  return gone.signal;
}

/** Whether anything more may be written: the client is there, and nobody has ended the answer. */
export function isOpen(response: ServerResponse): boolean {
  return !response.destroyed && !response.writableEnded;
}

/** Whether an answer may still begin: the client is there, and nobody else has begun one. */
export function isUnanswered(response: ServerResponse): boolean {
  return isOpen(response) && !response.headersSent;
}

/**
 * Made at the end of every answer, also where nobody listens any more, so that it is spared the trace of its stack:
 * that would tell of this place only.
 */
function aborted(): AccessError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new AccessError('ABORTED');
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
