import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { HostRequest } from '../../http/server/host-request.js';
import { isOpen, isUnanswered } from '../../http/server/disconnect-signal.js';
import { commonHeaders } from '../../http/server/response-headers.js';
import { writeChunk, writeWhole } from '../../http/server/backpressure.js';

/** All that the SDK is shown of a request's head. The token is not among them. */
const forwardedHeaders = /^(?:accept|content-type|mcp-[a-z-]+)$/;

/**
 * The head of a request as the SDK takes it; the body has been read. Nobody looks at the address: what is mounted where
 * is the host's affair.
 */
export function createFetchRequest({ method = 'POST', headers }: HostRequest, signal: AbortSignal): Request {
  return new Request('http://mcp.invalid/', { method, headers: selectHeaders(headers), signal });
}

function selectHeaders(headers: IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || !forwardedHeaders.test(name) ? [] : [[name, String(value)] as [string, string]],
  );
}

/** Sends what the SDK answered, as it comes and no faster than the client reads. */
export async function sendFetchResponse(answer: Response, response: ServerResponse, stallMs: number): Promise<void> {
  if (!isUnanswered(response)) return answer.body?.cancel();
  const head = {
    ...Object.fromEntries(answer.headers),
    ...commonHeaders,
    ...(answer.status === 413 ? { connection: 'close' } : {}),
  };
  if (answer.headers.get('content-type') !== 'text/event-stream') {
    const body = await answer.text();
    if (!isUnanswered(response)) return;
    response.writeHead(answer.status, { ...head, 'content-length': Buffer.byteLength(body) });
    await writeWhole(response, body, stallMs);
    return;
  }
  // nginx and its kin hold a stream back unless told.
  response.writeHead(answer.status, { ...head, 'x-accel-buffering': 'no' }).flushHeaders();
  for await (const chunk of answer.body as WebStream<Uint8Array>) await writeChunk(response, chunk, stallMs);
  if (isOpen(response)) response.end();
}
