import { AccessError, readOptions, systemClock, type Clock, type OptionNames } from '../../core/index.js';
import { secureUrl } from './url.js';

/** A public key set (RFC 7517 §5). */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Which claims hold what standards leave open. Who the token stands for is always `sub`: no other claim is sure to stay the same person's. */
export interface ClaimNames {
  /** The OAuth client. Default `client_id` and `azp`, which must agree. */
  readonly client?: string;
  /** The scopes, one text or a list. Default `scope`. */
  readonly scope?: string;
  /** A name to show, never to decide on. Default `name`. */
  readonly name?: string;
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
  /** `at+jwt` (RFC 9068, the default): a token must name its client. `plain` for issuers that cannot: then it must name its client or scope, and ID tokens are refused. */
  readonly tokens?: 'at+jwt' | 'plain';
  readonly claims?: ClaimNames;
  /** Longest `exp - iat`, milliseconds. Default 24 hours. */
  readonly maxLifetimeMs?: number;
  /** How far clocks may differ, milliseconds. Default 30 seconds, at most 60. */
  readonly clockToleranceMs?: number;
  /** How long keys are used while they cannot be fetched again, milliseconds. Default 1 hour. */
  readonly staleKeysMs?: number;
  /** How long one request to the issuer may take, milliseconds. Default 5 seconds. */
  readonly fetchTimeoutMs?: number;
  readonly clock?: Clock;
}

type Names = Required<Omit<ClaimNames, 'client'>> & { readonly client: readonly string[] };

export type Settings = Required<Omit<OidcOptions, 'jwksUri' | 'keys' | 'audience' | 'claims'>> & Pick<OidcOptions, 'jwksUri' | 'keys'> & {
  readonly audience: ReadonlySet<string>;
  readonly claims: Names;
};

const hour = 3_600_000;
const asymmetric = /^(?:ES(?:256|384|512)|RS(?:256|384|512)|PS(?:256|384|512)|EdDSA|Ed25519|ML-DSA-(?:44|65|87))$/;
const spans = { maxLifetimeMs: [1, 7 * 24 * hour], clockToleranceMs: [0, 60_000], staleKeysMs: [0, 24 * hour], fetchTimeoutMs: [1, 30_000] } as const;

/** The settings of every issuer. Throws CONFIG_INVALID: an unset issuer or audience would let anything in, and two issuers of one name could speak for each other. */
export function allSettings(options: OidcOptions | readonly OidcOptions[]): readonly Settings[] {
  const all = [options].flat().map((each) => settingsOf(each));
  if (all.length === 0) throw invalid('issuer is not set');
  for (const own of ['issuer', 'name'] as const) {
    if (new Set(all.map((each) => each[own])).size < all.length) throw invalid(`two issuers have the same ${own}`);
  }
  return all;
}

const claimNames: OptionNames<ClaimNames> = { client: true, scope: true, name: true };
const optionNames: OptionNames<OidcOptions> = {
  issuer: true, audience: true, name: true, jwksUri: true, keys: true, algorithms: true, tokens: true, claims: claimNames, maxLifetimeMs: true, clockToleranceMs: true, staleKeysMs: true, fetchTimeoutMs: true, clock: true,
};

function settingsOf(given: OidcOptions): Settings {
  const options = readOptions<OidcOptions>(given, optionNames, 'oidc');
  const { issuer, jwksUri, keys, name = 'idp', algorithms = ['ES256', 'RS256', 'EdDSA', 'Ed25519'], tokens = 'at+jwt', clock = systemClock } = options;
  const { maxLifetimeMs = 24 * hour, clockToleranceMs = 30_000, staleKeysMs = hour, fetchTimeoutMs = 5_000, claims = {} } = options;
  const audience = new Set([options.audience ?? []].flat());
  if (!isText(issuer)) throw invalid('issuer is not set');
  if (audience.size === 0 || ![...audience].every(isText)) throw invalid('audience is not set');
  if (!/^[a-z][\w-]{0,31}$/.test(name) || name === 'role') throw invalid('name must be a short lower-case word, and not "role"');
  if (!Array.isArray(algorithms) || algorithms.length === 0 || !algorithms.every((each) => asymmetric.test(each))) throw invalid('algorithms must be asymmetric ones, such as ES256');
  if (tokens !== 'at+jwt' && tokens !== 'plain') throw invalid('tokens must be "at+jwt" or "plain"');
  const times = { maxLifetimeMs, clockToleranceMs, staleKeysMs, fetchTimeoutMs };
  for (const [each, [least, most]] of Object.entries(spans)) {
    const value = times[each as keyof typeof spans];
    if (!(value >= least && value <= most)) throw invalid(`${each} must be ${least} to ${most}`);
  }
  if (keys === undefined) secureUrl(jwksUri ?? issuer, jwksUri === undefined ? 'issuer' : 'jwksUri');
  return {
    issuer, audience, name, algorithms, tokens, clock, ...times, claims: namesOf(claims),
    ...(jwksUri === undefined ? {} : { jwksUri }), ...(keys === undefined ? {} : { keys }),
  };
}

function namesOf({ client, scope = 'scope', name = 'name' }: ClaimNames): Names {
  const names = { client: client === undefined ? ['client_id', 'azp'] : [client], scope, name };
  if (![...names.client, scope, name].every(isText)) throw invalid('claims must be names of claims');
  return names;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function invalid(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `oidc: ${message}`);
}
