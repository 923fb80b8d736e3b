import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { AccessError } from '../../core/index.js';

const maxKeys = 200;

/** The issuer's keys as they were published once. Other keys make another one. */
export interface IssuerKeys {
  readonly find: JWTVerifyGetKey;
  /** How many of them verify signatures. */
  readonly size: number;
}

/**
 * Public signature keys only: a set that holds a secret or private key was published by mistake and is not used. Throws
 * CONFIG_INVALID.
 */
export function parseKeySet(document: unknown): IssuerKeys {
  const keys: unknown = (document as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length > maxKeys || !keys.every(isKey))
    throw createConfigError('keys must be a key set: { keys: [...] }');
  if (keys.some((key) => key['kty'] === 'oct' || 'd' in key || 'k' in key || 'priv' in key))
    throw createConfigError('the key set holds a secret or private key');
  const usable = keys.filter((key) => key['use'] === undefined || key['use'] === 'sig');
  return { find: createLocalJWKSet({ keys: usable }), size: usable.length };
}

function isKey(value: unknown): value is Readonly<Record<string, unknown>> & { readonly kty: string } {
  return typeof value === 'object' && value !== null && typeof (value as { kty?: unknown }).kty === 'string';
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `oidc: ${message}`);
}
