import { importJWK, type CryptoKey } from 'jose';
import { AccessError } from '../../../core/index.js';
import { isKey, isName } from '../reading/forms.js';
import { isMembers, type Members } from '../reading/strict.js';

/** A public key that may sign checkpoints, for whom and when. */
export interface Key {
  readonly kid: string;
  /** The 32 bytes, base64url: what a key is, whatever it is called. */
  readonly x: string;
  readonly key: CryptoKey;
  /** It signs for this writer only; without it for any. */
  readonly authority?: string;
  /** Epoch seconds, as the set has them: for checkpoints of this time or later, and before the other; infinite where nothing is said. */
  readonly nbf: number;
  readonly exp: number;
}

/**
 * The Ed25519 keys of a JWK set (RFC 7517, RFC 8037); keys of other types, for another `use` or with another `alg` are left out. Throws CONFIG_INVALID for what is no set,
 * for a private or secret key, and for Ed25519 keys that cannot be used.
 */
export async function readJwks(jwks: unknown): Promise<readonly Key[]> {
  const keys = isMembers(jwks) ? jwks['keys'] : undefined;
  if (!Array.isArray(keys)) throw invalid('they are no JWK set: {"keys":[…]}');
  const read: Key[] = [];
  for (const jwk of keys as readonly unknown[]) {
    if (!isMembers(jwk)) throw invalid('a key is no JWK');
    if (jwk['d'] !== undefined || jwk['k'] !== undefined) throw invalid('one of them is private: give its public half only, and take care where this file has been');
    const { kty, crv, use = 'sig', alg = 'EdDSA' } = jwk;
    if (kty === 'OKP' && crv === 'Ed25519' && use === 'sig' && (alg === 'EdDSA' || alg === 'Ed25519')) read.push(await readKey(jwk));
  }
  return read;
}

/** One Ed25519 key. Throws CONFIG_INVALID. */
export async function readKey(jwk: unknown): Promise<Key> {
  try {
    return await imported(isMembers(jwk) ? jwk : {});
  } catch (error) {
    throw invalid('one of them cannot be read', error);
  }
}

async function imported({ kty, crv, kid, x, authority, nbf, exp }: Members): Promise<Key> {
  const good = kty === 'OKP' && crv === 'Ed25519' && isName(kid) && isKey(x) && (authority === undefined || isWriter(authority)) && isTime(nbf) && isTime(exp);
  if (!good) throw new TypeError('of another form');
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA');
  return { kid, x, key, nbf: nbf ?? Number.NEGATIVE_INFINITY, exp: exp ?? Number.POSITIVE_INFINITY, ...(authority === undefined ? {} : { authority }) };
}

function isTime(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}

function isWriter(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9][\w.-]{0,62}$/.test(value);
}

function invalid(message: string, cause?: unknown): AccessError {
  return new AccessError('CONFIG_INVALID', `the keys: ${message}`, { cause });
}
