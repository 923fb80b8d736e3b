import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import { deny, type Denied, type Identity, type IdentityProvider } from '../../core/index.js';
import { identityOf } from './claims.js';
import { KeySource, type Keys } from './keys.js';
import { settingsOf, type OidcOptions, type Settings } from './options.js';
import { faultOf } from './token.js';

export type { KeySet, OidcOptions } from './options.js';

interface Known {
  readonly identity: Identity;
  readonly keys: Keys;
}

const mostKnown = 10_000;

/**
 * Access tokens of one OpenID provider (RFC 9068, RFC 8725). Denies with UNAUTHENTICATED and a reason `token.*`; throws IDENTITY_UNAVAILABLE
 * while there are no keys to tell with. Throws CONFIG_INVALID at once for an unset issuer or audience.
 */
export function oidc(options: OidcOptions): IdentityProvider {
  const settings = settingsOf(options);
  const source = new KeySource(settings);
  const known = new Map<string, Known>();
  return {
    async authenticate({ scheme, token }) {
      if (scheme !== 'bearer') return denied('token.scheme');
      const fault = faultOf(token);
      if (fault !== undefined) return denied(fault);
      const keys = await source.current();
      const key = createHash('sha256').update(token).digest('base64');
      const before = known.get(key);
      // A verified token is believed as long as it lasts and the keys it was verified with are in force.
      if (before?.keys === keys && before.identity.expiresAt > settings.clock.now()) return before.identity;
      known.delete(key);
      const verified = await verify(token, keys, source, settings);
      if ('status' in verified) return verified;
      known.set(key, verified);
      if (known.size > mostKnown) known.delete(known.keys().next().value as string);
      return verified.identity;
    },
  };
}

async function verify(token: string, keys: Keys, source: KeySource, settings: Settings): Promise<Known | Denied> {
  const { issuer, algorithms, clockToleranceMs, clock, tokens } = settings;
  const options: JWTVerifyOptions = {
    issuer, algorithms: [...algorithms], clockTolerance: clockToleranceMs / 1_000, currentDate: new Date(clock.now()), requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    ...(tokens === 'at+jwt' ? { typ: 'at+jwt' } : {}),
  };
  try {
    const { payload } = await jwtVerify(token, keys.find, options);
    const identity = identityOf(payload, settings);
    return typeof identity === 'string' ? denied(identity) : { identity, keys };
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) return denied(reasonOf(error));
    const newer = await source.newer();
    return newer === keys ? denied('token.key') : verify(token, newer, source, settings);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'token.expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `token.${error.claim}`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token.signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token.algorithm';
  return error instanceof errors.JWKSMultipleMatchingKeys ? 'token.key' : 'token.malformed';
}

function denied(reason: string): Denied {
  return deny('UNAUTHENTICATED', undefined, { reason, hint: 'Present an access token that the identity provider issued for this service.' });
}
