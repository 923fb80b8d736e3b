import { isUtf8 } from 'node:buffer';
import { deny } from '../../core/index.js';
import type { HostRequest } from './host-request.js';
import type { HttpDenial } from './problem.js';

/** The most a request body may hold, bytes. */
const bodyLimit = 1_048_576;

const jsonContentType = /^application\/json *(?:; *charset *= *(?:utf-8|"utf-8") *)?$/i;

/** What a body says, or why it is not taken; `gone` when the client left before its end. */
export type BodyResult = { readonly value: unknown } | HttpDenial | 'gone';

/** Reads a JSON body of at most 1 MiB, or takes the one that the host has parsed before. */
export async function readBody(request: HostRequest): Promise<BodyResult> {
  const type = request.headers['content-type'];
  if (type === undefined || !jsonContentType.test(type))
    return denyUnsupported('request.content_type', 'The body must be sent as application/json in UTF-8.');
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return denyTooLarge();
  if (request.readableDidRead || request.readableEnded) return readParsedBody(request);
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return denyUnsupported('request.content_encoding', 'The body must not be compressed.');
  const bytes = await collectBytes(request);
  return Buffer.isBuffer(bytes) ? parseJson(bytes) : bytes;
}

/** True where nobody has read the body yet. */
export function isUnread(request: HostRequest): boolean {
  return !request.readableDidRead && !request.readableEnded;
}

/**
 * The most that is read of a caller who must wait, bytes: enough to end something, or to say what a reviewer thinks of
 * it.
 */
export const shortBodyLimit = 16_384;

/** True for a body that says beforehand that it is not too long. */
export function isWithinLength({ headers }: HostRequest, most = bodyLimit): boolean {
  return headers['content-length'] !== undefined && Number(headers['content-length']) <= most;
}

/**
 * The bytes of a body of at most 1 MiB, as they came; also where the host has read them before and kept them so. For
 * who must check a signature.
 */
export async function readBytes(request: HostRequest): Promise<Buffer | HttpDenial | 'gone'> {
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return denyTooLarge();
  if (!request.readableDidRead && !request.readableEnded) return collectBytes(request);
  const { body } = request;
  if (!Buffer.isBuffer(body))
    return denyInvalid('request.body', 'The service read the body before it came here, and did not keep its bytes.');
  return body.length > bodyLimit ? denyTooLarge() : body;
}

function readParsedBody({ body, headers }: HostRequest): BodyResult {
  if (body === undefined)
    return denyInvalid('request.body', 'The service read the body before it came here, and kept nothing of it.');
  if (Buffer.isBuffer(body)) return body.length > bodyLimit ? denyTooLarge() : parseJson(body);
  const announced = headers['content-length'] !== undefined && headers['content-encoding'] === undefined;
  return announced || measureJson(body) <= bodyLimit ? { value: body } : denyTooLarge();
}

function measureJson(body: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(body) ?? '');
  } catch {
    return Infinity; // nested deeper than the stack
  }
}

/** Reads by events: leaving an async iteration early would destroy the socket, and with it the answer. */
function collectBytes(request: HostRequest): Promise<Buffer | HttpDenial | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > bodyLimit) finish(denyTooLarge());
      else chunks.push(chunk);
    };
    const end = (): void => finish(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    const gone = (): void => finish('gone');
    const finish = (result: Buffer | HttpDenial | 'gone'): void => {
      request.off('data', take).off('end', end).off('close', gone);
      resolve(result);
    };
    request.on('data', take).on('end', end).on('close', gone);
    request.on('error', gone);
    if (request.destroyed) gone();
  });
}

function parseJson(bytes: Buffer): BodyResult {
  if (!isUtf8(bytes)) return denyInvalid('request.encoding', 'The body is not UTF-8.');
  try {
    return { value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return denyInvalid('request.json', 'The body is not JSON.');
  }
}

function denyInvalid(reason: string, message: string): HttpDenial {
  return { denied: deny('INVALID_REQUEST', message, { reason }) };
}

function denyUnsupported(reason: string, message: string): HttpDenial {
  return {
    status: 415,
    denied: deny('INVALID_REQUEST', message, {
      reason,
      hint: 'Send "Content-Type: application/json" and nothing encoded.',
    }),
  };
}

/** The rest of the body is not waited for, so the connection cannot be used again. */
function denyTooLarge(): HttpDenial {
  return {
    status: 413,
    headers: { connection: 'close' },
    denied: deny('INVALID_REQUEST', `The body is larger than ${bodyLimit} bytes.`, { reason: 'request.too_large' }),
  };
}
