import { AccessError, parseSecureUrl } from '../../core/index.js';

/**
 * A URL that keys may be fetched from: https, or http on this very machine; an issuer without a query (OpenID Connect
 * Discovery 1.0 §3). Throws CONFIG_INVALID.
 */
export function requireSecureUrl(text: string, what: 'issuer' | 'jwksUri' | 'jwks_uri'): URL {
  const url = parseSecureUrl(text, what === 'issuer' ? {} : { query: true });
  if (typeof url === 'string') throw new AccessError('CONFIG_INVALID', `oidc: ${what} ${url}`);
  return url;
}
