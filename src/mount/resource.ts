import { readSecureUrl } from '../core/index.js';

/** An address that people and clients may be sent to; undefined where it is not. */
export function safeUrl(given: unknown): URL | undefined {
  const url = readSecureUrl(given, { query: true, fragment: true });
  return typeof url === 'string' ? undefined : url;
}

/** What tokens are issued for (RFC 8707): no fragment (RFC 9728 §1.2) and no query; undefined where it is not that. Also what an issuer is (RFC 8414 §2). */
export function resourceUrl(given: unknown): URL | undefined {
  const url = readSecureUrl(given);
  return typeof url === 'string' ? undefined : url;
}
