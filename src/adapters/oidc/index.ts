import { AccessError, type IdentityProvider } from '../../core/index.js';
import { resolveAllSettings, type OidcOptions } from './options.js';
import { denyToken } from './refusal-reasons.js';
import { readClaimedIssuer } from './unverified-token.js';
import { hashOf, createTokenVerifier } from './token-verifier.js';

export type { ClaimNames, KeySet, OidcOptions } from './options.js';
export { tokenRefusals, type TokenRefusal } from './refusal-reasons.js';

/**
 * Access tokens of one OpenID provider, or of several: each token is judged by the issuer it names, and no other (RFC
 * 9068, RFC 8725). Denies with
 * UNAUTHENTICATED and one of `reasons`; throws IDENTITY_UNAVAILABLE while there are no keys to tell with. Throws
 * CONFIG_INVALID at once for an
 * unset issuer or audience.
 */
export function oidc(options: OidcOptions | readonly OidcOptions[]): IdentityProvider {
  const issuers = new Map<unknown, ReturnType<typeof createTokenVerifier>>(
    resolveAllSettings(options).map((each) => [each.issuer, createTokenVerifier(each)]),
  );
  return {
    async authenticate({ scheme, token }) {
      if (scheme !== 'bearer') return denyToken('token.scheme');
      const hash = hashOf(token);
      for (const each of issuers.values()) if (each.knows(hash)) return each.verify(token, hash);
      const claimed = readClaimedIssuer(token);
      if (typeof claimed === 'string') return denyToken(claimed);
      return issuers.get(claimed.issuer)?.verify(token, hash) ?? denyToken('token.iss');
    },
    async check() {
      const checked = await Promise.allSettled([...issuers.values()].map((each) => each.check()));
      const faults = checked.flatMap((each) =>
        each.status === 'rejected' ? [AccessError.from(each.reason, 'IDENTITY_UNAVAILABLE')] : [],
      );
      const [first, ...more] = faults;
      if (first === undefined) return;
      if (more.length === 0) throw first;
      const all = faults.map((each) => each.message).join('; ');
      throw new AccessError('IDENTITY_UNAVAILABLE', all, { cause: new AggregateError(faults, all) });
    },
  };
}
