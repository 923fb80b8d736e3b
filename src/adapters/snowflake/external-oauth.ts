import {
  calculateJwkThumbprint,
  exportJWK,
  importJWK,
  importPKCS8,
  SignJWT,
  type CryptoKey,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import { AccessError } from '../../core/index.js';

/**
 * What is needed to sign tokens for Snowflake's External OAuth (docs.snowflake.com, External OAuth, custom clients).
 */
export interface ExternalOAuth {
  /** As in the security integration's EXTERNAL_OAUTH_ISSUER. */
  readonly issuer: string;
  /** One of EXTERNAL_OAUTH_AUDIENCE_LIST. */
  readonly audience: string;
  /** A private RSA key of at least 2,048 bits: PKCS#8 PEM or a JWK. */
  readonly signingKey: string | JWK;
  /** RS256 unless told. */
  readonly algorithm?: 'RS256' | 'RS384' | 'RS512';
}

export interface TokenIssuer {
  /** A token for this user and this role that ends with the grant. */
  issueToken(who: { readonly user: string; readonly role: string; readonly expiresAt: number }): Promise<string>;
  /** The public key, to be served where EXTERNAL_OAUTH_JWS_KEYS_URL points. */
  jwks(): Promise<JSONWebKeySet>;
}

/** Throws CONFIG_INVALID for settings without issuer or audience. */
export function createTokenIssuer({ issuer, audience, signingKey, algorithm = 'RS256' }: ExternalOAuth): TokenIssuer {
  if (!issuer || !audience)
    throw new AccessError('CONFIG_INVALID', 'snowflake: externalOAuth needs issuer and audience');
  let loading: Promise<SigningKey> | undefined;
  const loaded = (): Promise<SigningKey> => (loading ??= loadSigningKey(signingKey, algorithm));
  return {
    async issueToken({ user, role, expiresAt }) {
      const { key, jwk } = await loaded();
      const now = Math.floor(Date.now() / 1_000);
      const until = Math.floor(expiresAt / 1_000);
      if (until <= now)
        throw new AccessError('ENGINE_UNAVAILABLE', 'the grant is over', { detail: { step: 'credential' } });
      return new SignJWT({ scp: [`session:role:${role}`] })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: jwk.kid as string })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(user)
        .setIssuedAt(now)
        .setExpirationTime(until)
        .setJti(crypto.randomUUID())
        .sign(key);
    },
    jwks: async () => ({ keys: [(await loaded()).jwk] }),
  };
}

interface SigningKey {
  readonly key: CryptoKey | Uint8Array;
  /** The public half. */
  readonly jwk: JWK;
}

async function loadSigningKey(signingKey: string | JWK, algorithm: string): Promise<SigningKey> {
  try {
    const key =
      typeof signingKey === 'string'
        ? await importPKCS8(signingKey, algorithm, { extractable: true })
        : await importJWK(signingKey, algorithm, { extractable: true });
    const { kty, n, e } = await exportJWK(key);
    if (kty !== 'RSA' || n === undefined || e === undefined) throw new Error('no RSA key');
    const jwk: JWK = { kty, n, e };
    return { key, jwk: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' } };
  } catch {
    // What jose says may quote the key.
    throw new AccessError(
      'CONFIG_INVALID',
      'snowflake: externalOAuth.signingKey must be a private RSA key, as PKCS#8 PEM or JWK',
    );
  }
}
