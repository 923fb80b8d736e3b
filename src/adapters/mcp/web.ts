import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { HostRequest } from '../../mount/host.js';
import { always } from '../../mount/headers.js';
import { write } from '../../mount/pace.js';

/** All that the SDK is shown of a request's head. The token is not among them. */
const shown = /^(?:accept|content-type|content-length|mcp-[a-z-]+|last-event-id)$/;

/** A request as the SDK takes it. Its body is what the client sends, unless the host has read it already. */
export function webRequest(request: HostRequest, signal: AbortSignal): Request {
  const { method = 'POST', headers } = request;
  const body = method === 'POST' && !request.readableDidRead ? { body: Readable.toWeb(request) as unknown as ReadableStream, duplex: 'half' as const } : {};
  // Nobody looks at the address: what is mounted where is the host's affair.
  return new Request('http://mcp.invalid/', { method, headers: headersOf(headers), signal, ...body });
}

/** What the host has read of the body, where it has. */
export function parsedBody({ readableDidRead, body }: HostRequest): { readonly parsedBody?: unknown } {
  return readableDidRead && body !== undefined ? { parsedBody: Buffer.isBuffer(body) ? parsed(body) : body } : {};
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function headersOf(headers: IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => (value === undefined || !shown.test(name) ? [] : [[name, String(value)] as [string, string]]));
}

/** Sends what the SDK answered, as it comes and no faster than the client reads. */
export async function sendWeb(answer: Response, response: ServerResponse, stallMs: number): Promise<void> {
  if (response.destroyed) return;
  const unread = answer.status === 413 ? { connection: 'close' } : {};
  // nginx and its kin hold a stream back unless told.
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...always, 'x-accel-buffering': 'no', ...unread });
  const body = answer.body as WebStream<Uint8Array> | null;
  if (body === null) {
    response.end();
    return;
  }
  response.flushHeaders();
  for await (const chunk of body) await write(response, chunk, stallMs);
  response.end();
}
