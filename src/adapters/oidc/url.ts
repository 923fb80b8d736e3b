import { AccessError } from '../../core/index.js';

/** A plain URL that keys may be fetched from: https, or http on this very machine. Throws CONFIG_INVALID. */
export function secureUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && !isLoopback(url))) throw invalid(`${what} must be an https URL`);
  if (url.username !== '' || url.password !== '' || url.hash !== '') throw invalid(`${what} must hold no user, password or fragment`);
  if (what === 'issuer' && url.search !== '') throw invalid('issuer must hold no query (OpenID Connect Discovery 1.0 §3)');
  return url;
}

/** Plain http, but to this very machine: for trials. */
export function isLoopback(url: URL): boolean {
  return url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}

function invalid(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `oidc: ${message}`);
}
