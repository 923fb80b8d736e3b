import { AccessError, systemClock, type Clock } from '../../core/index.js';

/** A public key set (RFC 7517 §5). */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

export interface OidcOptions {
  /** The `iss` of every token, exactly. Also where discovery begins (OpenID Connect Discovery 1.0 §4). */
  readonly issuer: string;
  /** The `aud` of every token: this service. Every audience a token names must be one of these. */
  readonly audience: string | readonly string[];
  /** Short name of the issuer: ids are `<name>:<sub>`. Default `idp`. */
  readonly name?: string;
  /** Where the keys are, instead of discovery. */
  readonly jwksUri?: string;
  /** The keys themselves, instead of fetching any. */
  readonly keys?: KeySet;
  /** Signature algorithms that count. Default ES256, RS256, EdDSA, Ed25519. Symmetric ones and `none` are refused. */
  readonly algorithms?: readonly string[];
  /** `at+jwt` (RFC 9068, the default), or `plain` for issuers that cannot: then a token must name its client or scope, and ID tokens are refused. */
  readonly tokens?: 'at+jwt' | 'plain';
  /** Longest `exp - iat`, milliseconds. Default 24 hours. */
  readonly maxLifetimeMs?: number;
  /** How far clocks may differ, milliseconds. Default 30 seconds, at most 60. */
  readonly clockToleranceMs?: number;
  /** How long keys are used while they cannot be fetched again, milliseconds. Default 1 hour. */
  readonly staleKeysMs?: number;
  readonly clock?: Clock;
}

export type Settings = Required<Omit<OidcOptions, 'jwksUri' | 'keys' | 'audience'>> & Pick<OidcOptions, 'jwksUri' | 'keys'> & { readonly audience: ReadonlySet<string> };

const hour = 3_600_000;
const asymmetric = /^(?:ES(?:256|384|512)|RS(?:256|384|512)|PS(?:256|384|512)|EdDSA|Ed25519|ML-DSA-(?:44|65|87))$/;

/** The options with their defaults. Throws CONFIG_INVALID: an unset issuer or audience would let anything in. */
export function settingsOf(options: OidcOptions): Settings {
  const { issuer, name = 'idp', algorithms = ['ES256', 'RS256', 'EdDSA', 'Ed25519'], tokens = 'at+jwt' } = options;
  const { maxLifetimeMs = 24 * hour, clockToleranceMs = 30_000, staleKeysMs = hour, clock = systemClock, jwksUri, keys } = options;
  const audience = new Set(typeof options.audience === 'string' ? [options.audience] : (options.audience ?? []));
  if (!isText(issuer)) throw invalid('issuer is not set');
  if (audience.size === 0 || ![...audience].every(isText)) throw invalid('audience is not set');
  if (!/^[a-z][\w-]{0,31}$/.test(name) || name === 'role') throw invalid('name must be a short lower-case word, and not "role"');
  if (algorithms.length === 0 || !algorithms.every((each) => asymmetric.test(each))) throw invalid('algorithms must be asymmetric ones, such as ES256');
  if (tokens !== 'at+jwt' && tokens !== 'plain') throw invalid('tokens must be "at+jwt" or "plain"');
  if (!(maxLifetimeMs > 0 && maxLifetimeMs <= 7 * 24 * hour)) throw invalid('maxLifetimeMs must be more than 0 and at most a week');
  if (!(clockToleranceMs >= 0 && clockToleranceMs <= 60_000)) throw invalid('clockToleranceMs must be 0 to 60,000');
  if (!(staleKeysMs >= 0 && staleKeysMs <= 24 * hour)) throw invalid('staleKeysMs must be 0 to 24 hours');
  if (keys !== undefined && !Array.isArray(keys.keys)) throw invalid('keys must be a key set: { keys: [...] }');
  if (keys === undefined) secureUrl(jwksUri ?? issuer, jwksUri === undefined ? 'issuer' : 'jwksUri');
  return { issuer, audience, name, algorithms, tokens, maxLifetimeMs, clockToleranceMs, staleKeysMs, clock, ...(jwksUri === undefined ? {} : { jwksUri }), ...(keys === undefined ? {} : { keys }) };
}

/** A URL that keys may be fetched from: https, or http on this very machine. Throws CONFIG_INVALID. */
export function secureUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url === undefined || (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))) throw invalid(`${what} must be an https URL`);
  return url;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function invalid(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `oidc: ${message}`);
}
