import type { JWTPayload } from 'jose';
import { isVisible, type Identity, type Principal } from '../../core/index.js';
import type { OidcSettings } from './options.js';
import type { TokenRefusal } from './refusal-reasons.js';

const maxNameLength = 255;
/** Control and format characters, halves of one, line ends, and what is drawn as nothing or as a blank that is none. */
const invisibleCharacters = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * The identity in verified claims, or the reason why there is none. Only the claims named here and in the options are
 * ever read.
 */
export function createIdentity(claims: JWTPayload, settings: OidcSettings): Identity | TokenRefusal {
  const { sub, exp, jti } = claims;
  const act = claims['act'];
  const shown = claims[settings.claims.name];
  if (!isName(sub)) return 'token.sub';
  const fault = checkTimes(claims, settings) ?? checkAudience(claims, settings);
  if (fault !== undefined) return fault;
  if (claims['cnf'] !== undefined) return 'token.bound';
  const clients = new Set(settings.claims.client.map((each) => claims[each]).filter((each) => each !== undefined));
  const [client] = clients;
  if (clients.size > 1 || (client !== undefined && !isName(client))) return 'token.client';
  const scopes = readScopes(claims[settings.claims.scope]);
  if (!isForAccess(claims, client, scopes, settings)) return 'token.not_for_access';
  const actor = readActor(act, settings.issuer);
  if (actor === undefined && act !== undefined) return 'token.act';

  const principal = createPrincipal(sub, settings, isName(shown) ? { name: shown } : {});
  return Object.freeze({
    principal,
    actor: actor === undefined ? principal : createPrincipal(actor, settings),
    expiresAt: Math.floor((exp as number) * 1_000),
    ...(client === undefined ? {} : { client }),
    ...(isName(jti) ? { tokenId: jti } : {}),
    ...(scopes === undefined ? {} : { scopes }),
    audience: Object.freeze([claims.aud as string | string[]].flat()),
  });
}

/**
 * An `at+jwt` names its client (RFC 9068 §2.2): a session belongs to one. A token that does not say that it is one must
 * show it by what it holds,
 * and must not hold what only ID tokens do.
 */
function isForAccess(claims: JWTPayload, client: unknown, scopes: unknown, { tokens }: OidcSettings): boolean {
  if (tokens === 'at+jwt') return client !== undefined;
  return !('nonce' in claims) && !('at_hash' in claims) && (client !== undefined || scopes !== undefined);
}

function createPrincipal(
  subject: string,
  { name, issuer }: OidcSettings,
  more: { readonly name?: string } = {},
): Principal {
  return Object.freeze({ id: `${name}:${subject}`, subject, issuer, ...more });
}

function checkTimes(
  { iat, exp }: JWTPayload,
  { clock, clockToleranceMs, maxLifetimeMs }: OidcSettings,
): TokenRefusal | undefined {
  if (!isTime(iat) || iat * 1_000 > clock.now() + clockToleranceMs) return 'token.iat';
  return !isTime(exp) || exp <= iat || (exp - iat) * 1_000 > maxLifetimeMs ? 'token.lifetime' : undefined;
}

/**
 * Every audience must be us (RFC 9068 §4 leaves it to us): a token for another service too could be replayed here by
 * that service.
 */
function checkAudience({ aud }: JWTPayload, { audience }: OidcSettings): TokenRefusal | undefined {
  const named = typeof aud === 'string' ? [aud] : aud;
  return Array.isArray(named) && named.length > 0 && named.every((each) => audience.has(each))
    ? undefined
    : 'token.aud';
}

/**
 * The `sub` of the outermost `act`, who acts now (RFC 8693 §4.1); inner ones are history. An actor of another issuer
 * has no name here.
 */
function readActor(act: unknown, issuer: string): string | undefined {
  if (typeof act !== 'object' || act === null || Array.isArray(act)) return undefined;
  const { sub, iss } = act as { readonly sub?: unknown; readonly iss?: unknown };
  return isName(sub) && (iss === undefined || iss === issuer) ? sub : undefined;
}

/** Words in one text (RFC 6749 §3.3), or a list of them as some issuers write it. */
function readScopes(value: unknown): readonly string[] | undefined {
  const words = typeof value === 'string' ? value.split(' ').filter((each) => each !== '') : value;
  return Array.isArray(words) && words.every(isName) ? Object.freeze([...words]) : undefined;
}

/**
 * Printable, whole characters, at least one of which is seen, and short enough to be written down: two names never look
 * the same in the record.
 */
function isName(value: unknown): value is string {
  return (
    typeof value === 'string' && isVisible(value) && value.length <= maxNameLength && !invisibleCharacters.test(value)
  );
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
