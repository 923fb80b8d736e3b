import { isUtf8 } from 'node:buffer';
import { deny } from '../core/index.js';
import type { HostRequest } from './host.js';
import type { Refused } from './problem.js';

/** The most a request body may hold, bytes. */
const bodyLimit = 1_048_576;

const json = /^application\/json *(?:; *charset *= *(?:utf-8|"utf-8") *)?$/i;

/** What a body says, or why it is not taken; `gone` when the client left before its end. */
export type Body = { readonly value: unknown } | Refused | 'gone';

/** Reads a JSON body of at most 1 MiB, or takes the one that the host has parsed before. */
export async function readBody(request: HostRequest): Promise<Body> {
  const type = request.headers['content-type'];
  if (type === undefined || !json.test(type)) return unsupported('request.content_type', 'The body must be sent as application/json in UTF-8.');
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return tooLarge();
  if (request.readableDidRead || request.readableEnded) return parsedByHost(request);
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return unsupported('request.content_encoding', 'The body must not be compressed.');
  const bytes = await collect(request);
  return Buffer.isBuffer(bytes) ? parse(bytes) : bytes;
}

/** True where nobody has read the body yet. */
export function isUnread(request: HostRequest): boolean {
  return !request.readableDidRead && !request.readableEnded;
}

/** The most that is read of a caller who must wait, bytes: enough to end something, or to say what a reviewer thinks of it. */
export const shortBody = 16_384;

/** True for a body that says beforehand that it is not too long. */
export function isShort({ headers }: HostRequest, most = bodyLimit): boolean {
  return headers['content-length'] !== undefined && Number(headers['content-length']) <= most;
}

/** The bytes of a body of at most 1 MiB, as they came; also where the host has read them before and kept them so. For who must check a signature. */
export async function readBytes(request: HostRequest): Promise<Buffer | Refused | 'gone'> {
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return tooLarge();
  if (!request.readableDidRead && !request.readableEnded) return collect(request);
  const { body } = request;
  if (!Buffer.isBuffer(body)) return invalid('request.body', 'The service read the body before it came here, and did not keep its bytes.');
  return body.length > bodyLimit ? tooLarge() : body;
}

function parsedByHost({ body, headers }: HostRequest): Body {
  if (body === undefined) return invalid('request.body', 'The service read the body before it came here, and kept nothing of it.');
  if (Buffer.isBuffer(body)) return body.length > bodyLimit ? tooLarge() : parse(body);
  const announced = headers['content-length'] !== undefined && headers['content-encoding'] === undefined;
  return announced || sizeOf(body) <= bodyLimit ? { value: body } : tooLarge();
}

function sizeOf(body: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(body) ?? '');
  } catch {
    return Infinity; // nested deeper than the stack
  }
}

/** Reads by events: leaving an async iteration early would destroy the socket, and with it the answer. */
function collect(request: HostRequest): Promise<Buffer | Refused | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > bodyLimit) finish(tooLarge());
      else chunks.push(chunk);
    };
    const end = (): void => finish(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    const gone = (): void => finish('gone');
    const finish = (result: Buffer | Refused | 'gone'): void => {
      request.off('data', take).off('end', end).off('close', gone);
      resolve(result);
    };
    request.on('data', take).on('end', end).on('close', gone);
    request.on('error', gone);
    if (request.destroyed) gone();
  });
}

function parse(bytes: Buffer): Body {
  if (!isUtf8(bytes)) return invalid('request.encoding', 'The body is not UTF-8.');
  try {
    return { value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return invalid('request.json', 'The body is not JSON.');
  }
}

function invalid(reason: string, message: string): Refused {
  return { denied: deny('INVALID_REQUEST', message, { reason }) };
}

function unsupported(reason: string, message: string): Refused {
  return { status: 415, denied: deny('INVALID_REQUEST', message, { reason, hint: 'Send "Content-Type: application/json" and nothing encoded.' }) };
}

/** The rest of the body is not waited for, so the connection cannot be used again. */
function tooLarge(): Refused {
  return { status: 413, headers: { connection: 'close' }, denied: deny('INVALID_REQUEST', `The body is larger than ${bodyLimit} bytes.`, { reason: 'request.too_large' }) };
}
