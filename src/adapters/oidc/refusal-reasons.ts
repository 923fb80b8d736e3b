import { deny, type Denied } from '../../core/index.js';

/** Why a token is refused, closed: the `reason` of an UNAUTHENTICATED denial. */
export const tokenRefusals = {
  'token.scheme': 'It was not presented as a bearer token.',
  'token.too_long': 'It is longer than 16,384 characters.',
  'token.malformed': 'It is not a signed JWT in compact form, or uses an extension nobody here knows.',
  'token.repeated_member': 'Its header or payload names a member twice.',
  'token.key_in_header': 'It brings its own key, or says where to fetch one.',
  'token.algorithm': 'It is signed with an algorithm that is not allowed, or not at all.',
  'token.key': 'The issuer has no key of that id now, or more than one fits.',
  'token.signature': 'The signature does not match.',
  'token.typ': 'It is a token of another type: an ID token, a logout token.',
  'token.iss': 'Another issuer made it.',
  'token.aud': 'It is not for this service, or not for this service alone.',
  'token.sub': 'It names nobody, or nobody who could be written down.',
  'token.iat': 'It does not say when it was made, or was made in the future.',
  'token.exp': 'It does not say when it ends.',
  'token.nbf': 'It does not count yet.',
  'token.expired': 'It has run out.',
  'token.lifetime': 'It lasts longer than is allowed, or ends before it begins.',
  'token.client': 'It names two clients, or one that could not be written down.',
  'token.act': 'Its actor cannot be told, or is of another issuer.',
  'token.bound': 'It is bound to a key of its holder (`cnf`), which nobody here can check.',
  'token.not_for_access': "It names no client (with `tokens: 'plain'`: neither client nor scope), or is an ID token.",
} as const satisfies Readonly<Record<string, string>>;

export type TokenRefusal = keyof typeof tokenRefusals;

/** The denial for a reason. It never holds the token or anything read from it. */
export function denyToken(reason: TokenRefusal): Denied {
  return deny('UNAUTHENTICATED', undefined, {
    reason,
    hint: 'Present an access token that the identity provider issued for this service.',
  });
}
