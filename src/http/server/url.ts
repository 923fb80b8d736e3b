import { parseSecureUrl } from '../../core/index.js';

/** An address that people and clients may be sent to; undefined where it is not. */
export function parsePageUrl(given: unknown): URL | undefined {
  const url = parseSecureUrl(given, { query: true, fragment: true });
  return typeof url === 'string' ? undefined : url;
}

/**
 * What tokens are issued for (RFC 8707): no fragment (RFC 9728 §1.2) and no query; undefined where it is not that. Also
 * what an issuer is (RFC 8414 §2).
 */
export function parseResourceUrl(given: unknown): URL | undefined {
  const url = parseSecureUrl(given);
  return typeof url === 'string' ? undefined : url;
}
