import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { base64url, canonical, type Facts } from './canonical.js';

/** A key of the vectors: always the same for the same name, and of no use elsewhere. */
export interface Key {
  readonly kid: string;
  readonly secret: KeyObject;
  readonly jwk: Facts;
}

const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

export function keyOf(kid: string): Key {
  const seed = createHash('sha256').update(`sallyport test vector key ${kid}`).digest();
  const secret = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(secret).export({ format: 'jwk' });
  return { kid, secret, jwk: { kty: 'OKP', crv: 'Ed25519', x: x as string, kid } };
}

export const first = keyOf('k1');
export const second = keyOf('k2');
export const stranger = keyOf('k9');

/** A JWK set. Each key with the members that bind it. */
export const jwks = (...keys: readonly (readonly [Key, Facts?])[]): string =>
  JSON.stringify({ keys: keys.map(([{ jwk }, bound]) => ({ ...jwk, alg: 'EdDSA', use: 'sig', ...bound })) });

/** A compact JWS of the claims. */
export function jwsOf(claims: Facts, { kid, secret }: Key, header: Facts = {}): string {
  const signed = [{ alg: 'EdDSA', kid, typ: 'audit-checkpoint+jws', ...header }, claims]
    .map((part) => base64url(canonical(part)))
    .join('.');
  return `${signed}.${base64url(sign(null, Buffer.from(signed), secret))}`;
}

export const claimsOf = (jws: string): Facts =>
  JSON.parse(Buffer.from(jws.split('.')[1] as string, 'base64url').toString()) as Facts;
