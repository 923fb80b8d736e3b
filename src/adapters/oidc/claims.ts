import type { JWTPayload } from 'jose';
import type { Identity, Principal } from '../../core/index.js';
import type { Settings } from './options.js';

const longest = 255;

/** The identity in verified claims, or the stable reason why there is none. Only the claims named here are ever read. */
export function identityOf(claims: JWTPayload, settings: Settings): Identity | string {
  const { issuer, audience, name, tokens, maxLifetimeMs, clockToleranceMs, clock } = settings;
  const { sub, iat, exp, aud, act, jti } = claims;
  if (!isName(sub)) return 'token.sub';
  if (!isTime(iat) || iat * 1_000 > clock.now() + clockToleranceMs) return 'token.iat';
  if (!isTime(exp) || exp <= iat || (exp - iat) * 1_000 > maxLifetimeMs) return 'token.lifetime';
  const named = typeof aud === 'string' ? [aud] : aud;
  if (!Array.isArray(named) || named.length === 0 || !named.every((each) => audience.has(each))) return 'token.aud';
  const client = claims['client_id'] ?? claims['azp'];
  if (client !== undefined && !isName(client)) return 'token.client';
  if (tokens === 'plain' && ('nonce' in claims || 'at_hash' in claims || (client === undefined && claims['scope'] === undefined))) return 'token.not_for_access';
  const actor = actorOf(act, issuer);
  if (actor === undefined && act !== undefined) return 'token.act';

  const person = (subject: string): Principal => ({ id: `${name}:${subject}`, subject, issuer });
  const shown = claims['name'];
  return {
    principal: { ...person(sub), ...(isName(shown) ? { name: shown } : {}) },
    actor: actor === undefined ? person(sub) : person(actor),
    expiresAt: exp * 1_000,
    ...(client === undefined ? {} : { client }),
    ...(isName(jti) ? { tokenId: jti } : {}),
    ...(typeof claims['scope'] === 'string' ? { scopes: claims['scope'].split(' ').filter((each) => each !== '') } : {}),
  };
}

/** The `sub` of the outermost `act`, who acts now (RFC 8693 §4.1); inner ones are history. An actor of another issuer has no name here. */
function actorOf(act: unknown, issuer: string): string | undefined {
  if (typeof act !== 'object' || act === null || Array.isArray(act)) return undefined;
  const { sub, iss } = act as { readonly sub?: unknown; readonly iss?: unknown };
  return isName(sub) && (iss === undefined || iss === issuer) ? sub : undefined;
}

/** Printable, and short enough to be written down. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest && !/[\p{Cc}\p{Cf}]/u.test(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 && value < 1e11;
}
