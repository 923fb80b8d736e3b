import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';
import { AccessError } from '../../core/index.js';

/**
 * How JOSE names an Ed25519 signature: `EdDSA` (RFC 8037), which every library knows, or its newer name `Ed25519` (RFC
 * 9864), which several refuse.
 * The signature is the same, and whoever verifies a record takes both.
 */
export type SignatureAlgorithm = 'EdDSA' | 'Ed25519';

/** An Ed25519 public key as RFC 8037 writes it. */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  /** Stands in the header of each checkpoint, too. */
  readonly alg: SignatureAlgorithm;
  readonly use: 'sig';
}

/**
 * Signs checkpoints. The key may be here or in a key service: `sign` gives the 64 bytes of an Ed25519 signature (RFC
 * 8032) over the bytes.
 */
export interface Signer {
  readonly publicKey: PublicKey;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Who signed before, for as long as the record may not name this one yet: announces it there, also after a crash in
   * between.
   */
  readonly predecessor?: Predecessor;
}

/** A signer that is being replaced. */
export interface Predecessor extends Signer {
  /**
   * The record goes on under the new key for certain: this one is of no use any more. Nothing good was signed with it
   * after `at` (epoch milliseconds).
   * Called again where it rejects.
   */
  retire(at: number): Promise<void>;
}

/** Who asks for a signer. */
export interface SignerRequest {
  /** The writer that it signs for. */
  readonly authority: string;
  /**
   * The time of the checkpoint that is due, epoch milliseconds, which never goes back in a record; absent where only
   * the keys are asked for.
   */
  readonly at?: number;
}

/** A private Ed25519 key as RFC 8037 writes it. */
export interface PrivateKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly d: string;
  /** Default: the key's RFC 7638 thumbprint. */
  readonly kid?: string;
  /** What checkpoints and the public key call the signature. Default `EdDSA`. */
  readonly alg?: SignatureAlgorithm;
}

const signatureAlgorithms: ReadonlySet<unknown> = new Set<SignatureAlgorithm>(['EdDSA', 'Ed25519']);

/** @throws CONFIG_INVALID for another name. */
export function readAlgorithm(alg: unknown = 'EdDSA'): SignatureAlgorithm {
  if (!signatureAlgorithms.has(alg)) throw new AccessError('CONFIG_INVALID', 'alg must be EdDSA or Ed25519');
  return alg as SignatureAlgorithm;
}

/** Signs with a key held by this process. Throws CONFIG_INVALID for anything but a private Ed25519 key. */
export function jwkSigner(jwk: PrivateKey): Signer {
  try {
    const key = createPrivateKey({ key: jwk as unknown as JsonWebKey, format: 'jwk' });
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`its type is ${String(key.asymmetricKeyType)}`);
    const { x } = createPublicKey(key).export({ format: 'jwk' });
    return {
      publicKey: publicKey(x as string, jwk.kid, readAlgorithm(jwk.alg)),
      sign: async (bytes) => sign(null, bytes, key),
    };
  } catch {
    throw new AccessError(
      'CONFIG_INVALID',
      'the signing key is no private Ed25519 key in JWK form (RFC 8037) with the alg EdDSA or Ed25519',
    );
  }
}

/** A new Ed25519 key. Keep it secret. */
export function newSigningKey(): PrivateKey {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', x: x as string, d: d as string, kid: computeThumbprint(x as string) };
}

/**
 * A public key for a key service's signer. `x` is the raw key, base64url; `kid` defaults to the RFC 7638 thumbprint,
 * `alg` to `EdDSA`.
 */
export function publicKey(x: string, kid: string = computeThumbprint(x), alg: SignatureAlgorithm = 'EdDSA'): PublicKey {
  return { kty: 'OKP', crv: 'Ed25519', x, kid, alg, use: 'sig' };
}

function computeThumbprint(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
}
