import { deny } from '../../core/index.js';
import type { HostRequest } from '../../http/server/host-request.js';
import type { HttpDenial } from '../../http/server/problem.js';

/**
 * As a structured field string (RFC 8941 §3.3.3, as draft-ietf-httpapi-idempotency-key-header has it), or bare as most
 * clients send it.
 */
const keyPattern = /^(?:"([\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/;

/** The key that a request was sent with. Two headers of the name arrive as one with a blank in it, which is refused. */
export function readIdempotencyKey({ headers }: HostRequest): { readonly idempotencyKey?: string } | HttpDenial {
  const given = headers['idempotency-key'];
  if (given === undefined) return {};
  const found = typeof given === 'string' ? keyPattern.exec(given) : null;
  const key = found?.[1] ?? found?.[2];
  if (key !== undefined) return { idempotencyKey: key };
  return {
    denied: deny(
      'INVALID_REQUEST',
      'Idempotency-Key must be 1 to 255 visible ASCII characters without quotes and backslashes, in quotes or not.',
      { reason: 'request.idempotency_key' },
    ),
  };
}
