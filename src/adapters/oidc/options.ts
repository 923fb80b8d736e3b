import { AccessError, readOptions, systemClock, type Clock, type OptionNames } from '../../core/index.js';
import { requireSecureUrl } from './secure-url.js';

/** A public key set (RFC 7517 §5). */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Which claims hold what standards leave open. Who the token stands for is always `sub`: no other claim is sure to stay
 * the same person's.
 */
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
  /**
   * `at+jwt` (RFC 9068, the default): a token must name its client. `plain` for issuers that cannot: then it must name
   * its client or scope, and ID tokens are refused.
   */
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

type ResolvedClaimNames = Required<Omit<ClaimNames, 'client'>> & { readonly client: readonly string[] };

export type OidcSettings = Required<Omit<OidcOptions, 'jwksUri' | 'keys' | 'audience' | 'claims'>> &
  Pick<OidcOptions, 'jwksUri' | 'keys'> & {
    readonly audience: ReadonlySet<string>;
    readonly claims: ResolvedClaimNames;
  };

const hourMs = 3_600_000;
const asymmetricAlgorithms =
  /^(?:ES(?:256|384|512)|RS(?:256|384|512)|PS(?:256|384|512)|EdDSA|Ed25519|ML-DSA-(?:44|65|87))$/;
const numberRanges = {
  maxLifetimeMs: [1, 7 * 24 * hourMs],
  clockToleranceMs: [0, 60_000],
  staleKeysMs: [0, 24 * hourMs],
  fetchTimeoutMs: [1, 30_000],
} as const;

/**
 * The settings of every issuer. Throws CONFIG_INVALID: an unset issuer or audience would let anything in, and two
 * issuers of one name could speak for each other.
 */
export function resolveAllSettings(options: OidcOptions | readonly OidcOptions[]): readonly OidcSettings[] {
  const all = [options].flat().map((each) => resolveSettings(each));
  if (all.length === 0) throw createConfigError('issuer is not set');
  for (const own of ['issuer', 'name'] as const) {
    if (new Set(all.map((each) => each[own])).size < all.length)
      throw createConfigError(`two issuers have the same ${own}`);
  }
  return all;
}

const claimNames: OptionNames<ClaimNames> = { client: true, scope: true, name: true };
const optionNames: OptionNames<OidcOptions> = {
  issuer: true,
  audience: true,
  name: true,
  jwksUri: true,
  keys: true,
  algorithms: true,
  tokens: true,
  claims: claimNames,
  maxLifetimeMs: true,
  clockToleranceMs: true,
  staleKeysMs: true,
  fetchTimeoutMs: true,
  clock: true,
};

function resolveSettings(given: OidcOptions): OidcSettings {
  const options = readOptions<OidcOptions>(given, optionNames, 'oidc');
  const {
    issuer,
    jwksUri,
    keys,
    name = 'idp',
    algorithms = ['ES256', 'RS256', 'EdDSA', 'Ed25519'],
    tokens = 'at+jwt',
    clock = systemClock,
  } = options;
  const {
    maxLifetimeMs = 24 * hourMs,
    clockToleranceMs = 30_000,
    staleKeysMs = hourMs,
    fetchTimeoutMs = 5_000,
    claims = {},
  } = options;
  const audience = new Set([options.audience ?? []].flat());
  if (!isNonBlankString(issuer)) throw createConfigError('issuer is not set');
  if (audience.size === 0 || ![...audience].every(isNonBlankString)) throw createConfigError('audience is not set');
  if (!/^[a-z][\w-]{0,31}$/.test(name) || name === 'role')
    throw createConfigError('name must be a short lower-case word, and not "role"');
  if (
    !Array.isArray(algorithms) ||
    algorithms.length === 0 ||
    !algorithms.every((each) => asymmetricAlgorithms.test(each))
  )
    throw createConfigError('algorithms must be asymmetric ones, such as ES256');
  if (tokens !== 'at+jwt' && tokens !== 'plain') throw createConfigError('tokens must be "at+jwt" or "plain"');
  const times = { maxLifetimeMs, clockToleranceMs, staleKeysMs, fetchTimeoutMs };
  for (const [each, [least, most]] of Object.entries(numberRanges)) {
    const value = times[each as keyof typeof numberRanges];
    if (!(value >= least && value <= most)) throw createConfigError(`${each} must be ${least} to ${most}`);
  }
  if (keys === undefined) requireSecureUrl(jwksUri ?? issuer, jwksUri === undefined ? 'issuer' : 'jwksUri');
  return {
    issuer,
    audience,
    name,
    algorithms,
    tokens,
    clock,
    ...times,
    claims: resolveClaimNames(claims),
    ...(jwksUri === undefined ? {} : { jwksUri }),
    ...(keys === undefined ? {} : { keys }),
  };
}

function resolveClaimNames({ client, scope = 'scope', name = 'name' }: ClaimNames): ResolvedClaimNames {
  const names = { client: client === undefined ? ['client_id', 'azp'] : [client], scope, name };
  if (![...names.client, scope, name].every(isNonBlankString))
    throw createConfigError('claims must be names of claims');
  return names;
}

function isNonBlankString(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `oidc: ${message}`);
}
