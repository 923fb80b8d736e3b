import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import { AccessError, LruCache, sizeAsJson, type Denied, type Identity } from '../../core/index.js';
import { createIdentity } from './claims.js';
import { FetchFault } from './fetch-json.js';
import { KeySource, type IssuerKeys } from './key-source.js';
import type { OidcSettings } from './options.js';
import { tokenRefusals, denyToken, type TokenRefusal } from './refusal-reasons.js';

const cacheLimits = { maxEntries: 10_000, maxBytes: 2 ** 25 };

interface VerifiedToken {
  readonly identity: Identity;
  readonly keys: IssuerKeys;
}

/**
 * Judges the tokens of one issuer, and remembers the good ones as long as they last and the keys they were verified
 * with are in force.
 */
export interface TokenVerifier {
  /** Whether the token of this hash was good before: then it need not be read to know whose it is. */
  knows(hash: string): boolean;
  verify(token: string, hash: string): Promise<Identity | Denied>;
  /** Fetches the keys. Throws IDENTITY_UNAVAILABLE where there are none to judge with. */
  check(): Promise<void>;
}

export function createTokenVerifier(settings: OidcSettings): TokenVerifier {
  const source = new KeySource(settings);
  const kept = new LruCache<VerifiedToken>({ ...cacheLimits, measure: ({ identity }) => sizeAsJson(identity) });
  return {
    knows: (hash) => kept.get(hash) !== undefined,
    verify: createCachedVerify(source, settings, kept),
    check: () => checkKeys(source, settings),
  };
}

/**
 * Why a fetch failed, of the innermost cause: the system's code (ECONNREFUSED, ENOTFOUND), or what this adapter itself
 * said. What others say may repeat anything.
 */
function reasonIn(error: unknown): string | undefined {
  let inner = error;
  for (let depth = 0; depth < 8 && inner instanceof Error && inner.cause !== undefined; depth += 1) inner = inner.cause;
  if (!(inner instanceof Error)) return undefined;
  const { code } = inner as { readonly code?: unknown };
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) && !AccessError.is(inner)) return code;
  if (inner.name === 'TimeoutError') return 'no answer in time';
  return inner instanceof FetchFault || AccessError.is(inner) ? inner.message : undefined;
}

async function checkKeys(source: KeySource, { issuer }: OidcSettings): Promise<void> {
  const keys = await source.getKeys().catch((error: unknown) => {
    const why = reasonIn(error);
    throw new AccessError(
      'IDENTITY_UNAVAILABLE',
      `the keys of ${issuer} cannot be fetched${why === undefined ? '' : `: ${why}`}`,
      { cause: error },
    );
  });
  if (keys.size === 0) throw new AccessError('IDENTITY_UNAVAILABLE', `${issuer} publishes no key for signatures`);
}

/** What tokens are remembered by. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

function createCachedVerify(
  source: KeySource,
  settings: OidcSettings,
  kept: LruCache<VerifiedToken>,
): TokenVerifier['verify'] {
  return async (token, hash) => {
    const keys = await source.getKeys();
    const before = kept.get(hash);
    if (before?.keys === keys && before.identity.expiresAt > settings.clock.now()) return before.identity;
    kept.delete(hash);
    const verified = await verifyToken(token, keys, source, settings);
    if (typeof verified === 'string') return denyToken(verified);
    kept.set(hash, verified);
    return verified.identity;
  };
}

async function verifyToken(
  token: string,
  keys: IssuerKeys,
  source: KeySource,
  settings: OidcSettings,
): Promise<VerifiedToken | TokenRefusal> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys.find, createJoseOptions(settings));
    if (!isAccessType(protectedHeader.typ)) return 'token.typ';
    const identity = createIdentity(payload, settings);
    return typeof identity === 'string' ? identity : { identity, keys };
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) return classifyError(error);
    const newer = await source.refresh();
    return newer === keys ? 'token.key' : verifyToken(token, newer, source, settings);
  }
}

/**
 * Nothing is left to a default of jose: it checks only what it is asked to. The audience is ours to check, in
 * claims.ts.
 */
function createJoseOptions({ issuer, algorithms, clockToleranceMs, clock, tokens }: OidcSettings): JWTVerifyOptions {
  return {
    issuer,
    algorithms: [...algorithms],
    clockTolerance: clockToleranceMs / 1_000,
    currentDate: new Date(clock.now()),
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    ...(tokens === 'at+jwt' ? { typ: 'at+jwt' } : {}),
  };
}

/** Also where `at+jwt` is not asked for, a token that says it is something else is believed (RFC 8725 §3.11). */
function isAccessType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && /^(?:application\/)?(?:at\+)?jwt$/i.test(typ));
}

function classifyError(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return 'token.expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token.signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token.algorithm';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'token.key';
  const claim = error instanceof errors.JWTClaimValidationFailed ? `token.${error.claim}` : '';
  return Object.hasOwn(tokenRefusals, claim) ? (claim as TokenRefusal) : 'token.malformed';
}
