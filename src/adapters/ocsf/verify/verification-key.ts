import { importJWK, type CryptoKey } from 'jose';
import { AccessError } from '../../../core/index.js';
import { isKey, isName } from '../parse/value-checks.js';
import { isJsonObject, type JsonMembers } from '../parse/strict-json.js';

/** A public key that may sign checkpoints, for whom and when. */
export interface VerificationKey {
  readonly kid: string;
  /** The 32 bytes, base64url: what a key is, whatever it is called. */
  readonly x: string;
  readonly key: CryptoKey;
  /** It signs for this writer only; without it for any. */
  readonly authority?: string;
  /**
   * Epoch seconds, as the set has them: for checkpoints of this time or later, and before the other; infinite where
   * nothing is said.
   */
  readonly nbf: number;
  readonly exp: number;
}

/**
 * The Ed25519 keys of a JWK set (RFC 7517, RFC 8037); keys of other types, for another `use` or with another `alg` are
 * left out. Throws CONFIG_INVALID for what is no set,
 * for a private or secret key, and for Ed25519 keys that cannot be used.
 */
export async function readJwks(jwks: unknown): Promise<readonly VerificationKey[]> {
  const keys = isJsonObject(jwks) ? jwks['keys'] : undefined;
  if (!Array.isArray(keys)) throw createConfigError('they are no JWK set: {"keys":[…]}');
  const read: VerificationKey[] = [];
  for (const jwk of keys as readonly unknown[]) {
    if (!isJsonObject(jwk)) throw createConfigError('a key is no JWK');
    if (jwk['d'] !== undefined || jwk['k'] !== undefined)
      throw createConfigError(
        'one of them is private: give its public half only, and take care where this file has been',
      );
    const { kty, crv, use = 'sig', alg = 'EdDSA' } = jwk;
    if (kty === 'OKP' && crv === 'Ed25519' && use === 'sig' && (alg === 'EdDSA' || alg === 'Ed25519'))
      read.push(await readKey(jwk));
  }
  return read;
}

/** One Ed25519 key. Throws CONFIG_INVALID. */
export async function readKey(jwk: unknown): Promise<VerificationKey> {
  try {
    return await importKey(isJsonObject(jwk) ? jwk : {});
  } catch (error) {
    throw createConfigError('one of them cannot be read', error);
  }
}

async function importKey({ kty, crv, kid, x, authority, nbf, exp }: JsonMembers): Promise<VerificationKey> {
  const good =
    kty === 'OKP' &&
    crv === 'Ed25519' &&
    isName(kid) &&
    isKey(x) &&
    (authority === undefined || isWriter(authority)) &&
    isTime(nbf) &&
    isTime(exp);
  if (!good) throw new TypeError('of another form');
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA');
  return {
    kid,
    x,
    key,
    nbf: nbf ?? Number.NEGATIVE_INFINITY,
    exp: exp ?? Number.POSITIVE_INFINITY,
    ...(authority === undefined ? {} : { authority }),
  };
}

function isTime(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}

function isWriter(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9][\w.-]{0,62}$/.test(value);
}

function createConfigError(message: string, cause?: unknown): AccessError {
  return new AccessError('CONFIG_INVALID', `the keys: ${message}`, { cause });
}
