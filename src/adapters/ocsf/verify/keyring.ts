import { calculateJwkThumbprint, compactVerify, importJWK, type CryptoKey } from 'jose';
import { AccessError } from '../../../core/index.js';
import type { Stamp } from './seal.js';
import { isMembers, type Members } from '../reading/strict.js';

/** What a signature is worth: it holds; it does not; its key is not known, or not valid at its time. */
export type Held = 'good' | 'bad' | 'unknown' | 'untimely';

interface Key {
  readonly key: CryptoKey;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly until: number;
}

/** The public keys that are trusted: those given, for every writer, and those that a writer announced under a trusted key, for itself. */
export class Keyring {
  readonly #pinned: ReadonlyMap<string, Key>;
  readonly #announced = new Map<string, Key>();

  private constructor(pinned: ReadonlyMap<string, Key>) {
    this.#pinned = pinned;
  }

  /**
   * Reads a JWK set (RFC 7517) of Ed25519 public keys (RFC 8037); `nbf` and `exp` (seconds) limit a key to checkpoints of that time. Keys of other types are left out.
   * Throws CONFIG_INVALID for anything else, for a private key, and where none is left.
   */
  static async of(jwks: unknown): Promise<Keyring> {
    const keys = isMembers(jwks) ? jwks['keys'] : undefined;
    if (!Array.isArray(keys)) throw invalid('they are no JWK set: {"keys":[…]}');
    const pinned = new Map<string, Key>();
    for (const jwk of keys as readonly unknown[]) {
      if (!isMembers(jwk)) throw invalid('a key is no JWK');
      if (jwk['d'] !== undefined) throw invalid('one of them is private: give its public half only, and take care where this file has been');
      if (jwk['kty'] !== 'OKP' || jwk['crv'] !== 'Ed25519') continue;
      const { kid, key } = await imported(jwk);
      if (pinned.has(kid)) throw invalid('two keys have the same kid');
      pinned.set(kid, key);
    }
    if (pinned.size === 0) throw invalid('there is no Ed25519 key among them');
    return new Keyring(pinned);
  }

  static readonly none = new Keyring(new Map());

  get empty(): boolean {
    return this.#pinned.size === 0;
  }

  /** True for a key that was given, not announced. */
  has(kid: string): boolean {
    return this.#pinned.has(kid);
  }

  /** Trusts the key that a good checkpoint of reason `rotation` names, for the same writer. Resolves to its kid; undefined where it is none. */
  async announce({ claims: { authority, next, at } }: Stamp): Promise<string | undefined> {
    try {
      const { kid, key } = await imported(next as unknown as Members);
      const name = nameOf(authority, kid);
      if (!this.#announced.has(name)) this.#announced.set(name, { ...key, from: at });
      return kid;
    } catch {
      return undefined;
    }
  }

  async judge({ jws, kid, claims: { authority, at } }: Stamp): Promise<Held> {
    const known = this.#pinned.get(kid) ?? this.#announced.get(nameOf(authority, kid));
    if (known === undefined) return 'unknown';
    try {
      await compactVerify(jws, known.key, { algorithms: ['Ed25519', 'EdDSA'] });
    } catch {
      return 'bad';
    }
    return at >= known.from && at < known.until ? 'good' : 'untimely';
  }
}

async function imported(jwk: Members): Promise<{ readonly kid: string; readonly key: Key }> {
  const { kid, x, nbf = 0, exp = Number.POSITIVE_INFINITY } = jwk;
  const plain = { kty: 'OKP', crv: 'Ed25519', x: x as string };
  try {
    if (jwk['kty'] !== 'OKP' || jwk['crv'] !== 'Ed25519' || typeof nbf !== 'number' || typeof exp !== 'number' || (kid !== undefined && typeof kid !== 'string')) throw new TypeError('of another form');
    const key = (await importJWK(plain, 'Ed25519')) as CryptoKey;
    return { kid: kid ?? (await calculateJwkThumbprint(plain)), key: { key, from: nbf * 1_000, until: exp * 1_000 } };
  } catch (error) {
    throw invalid('one of them cannot be read', error);
  }
}

function nameOf(authority: string, kid: string): string {
  return JSON.stringify([authority, kid]);
}

function invalid(message: string, cause?: unknown): AccessError {
  return new AccessError('CONFIG_INVALID', `the keys: ${message}`, { cause });
}
