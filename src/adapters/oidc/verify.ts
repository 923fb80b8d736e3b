import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import { AccessError, Kept, sizeAsJson, type Denied, type Identity } from '../../core/index.js';
import { identityOf } from './claims.js';
import { KeySource, type Keys } from './keys.js';
import type { Settings } from './options.js';
import { reasons, refused, type Reason } from './reasons.js';

const known = { most: 10_000, bytes: 2 ** 25 };

interface Known {
  readonly identity: Identity;
  readonly keys: Keys;
}

/** Judges the tokens of one issuer, and remembers the good ones as long as they last and the keys they were verified with are in force. */
export interface Verifier {
  verify(token: string): Promise<Identity | Denied>;
  /** Fetches the keys. Throws IDENTITY_UNAVAILABLE where there are none to judge with. */
  check(): Promise<void>;
}

export function verifierOf(settings: Settings): Verifier {
  const source = new KeySource(settings);
  return { verify: rememberingVerify(source, settings), check: () => checkKeys(source, settings) };
}

async function checkKeys(source: KeySource, { issuer }: Settings): Promise<void> {
  const keys = await source.current().catch((error: unknown) => {
    throw new AccessError('IDENTITY_UNAVAILABLE', `the keys of ${issuer} cannot be fetched`, { cause: error });
  });
  if (keys.size === 0) throw new AccessError('IDENTITY_UNAVAILABLE', `${issuer} publishes no key for signatures`);
}

function rememberingVerify(source: KeySource, settings: Settings): Verifier['verify'] {
  const kept = new Kept<Known>({ ...known, sizeOf: ({ identity }) => sizeAsJson(identity) });
  return async (token) => {
    const keys = await source.current();
    const hash = createHash('sha256').update(token).digest('base64');
    const before = kept.get(hash);
    if (before?.keys === keys && before.identity.expiresAt > settings.clock.now()) return before.identity;
    kept.delete(hash);
    const verified = await verify(token, keys, source, settings);
    if (typeof verified === 'string') return refused(verified);
    kept.put(hash, verified);
    return verified.identity;
  };
}

async function verify(token: string, keys: Keys, source: KeySource, settings: Settings): Promise<Known | Reason> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys.find, joseOptions(settings));
    if (!isAccessType(protectedHeader.typ)) return 'token.typ';
    const identity = identityOf(payload, settings);
    return typeof identity === 'string' ? identity : { identity, keys };
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) return reasonOf(error);
    const newer = await source.newer();
    return newer === keys ? 'token.key' : verify(token, newer, source, settings);
  }
}

/** Nothing is left to a default of jose: it checks only what it is asked to. The audience is ours to check, in claims.ts. */
function joseOptions({ issuer, algorithms, clockToleranceMs, clock, tokens }: Settings): JWTVerifyOptions {
  return {
    issuer, algorithms: [...algorithms], clockTolerance: clockToleranceMs / 1_000, currentDate: new Date(clock.now()), requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    ...(tokens === 'at+jwt' ? { typ: 'at+jwt' } : {}),
  };
}

/** Also where `at+jwt` is not asked for, a token that says it is something else is believed (RFC 8725 §3.11). */
function isAccessType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && /^(?:application\/)?(?:at\+)?jwt$/i.test(typ));
}

function reasonOf(error: unknown): Reason {
  if (error instanceof errors.JWTExpired) return 'token.expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token.signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token.algorithm';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'token.key';
  const claim = error instanceof errors.JWTClaimValidationFailed ? `token.${error.claim}` : '';
  return Object.hasOwn(reasons, claim) ? (claim as Reason) : 'token.malformed';
}
