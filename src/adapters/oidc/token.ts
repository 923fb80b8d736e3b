import { repeatsMember } from './members.js';
import type { Reason } from './reasons.js';

const mostCharacters = 16_384;
const form = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const keyInHeader = ['jwk', 'jku', 'x5u', 'x5c'];
/**
 * Members that would change how the payload is read (RFC 7797, RFC 7516) or ask for an extension (RFC 7515 §4.1.11). A reader that heeds
 * one and a reader that leaves it aside have two tokens; jose leaves all but `crit` aside.
 */
const changesMeaning = ['b64', 'crit', 'zip', 'enc'];

/** The issuer a token claims to be of, believed by nobody yet; or what is wrong with it before any key is looked at. */
export function claimedIssuer(token: string): { readonly issuer: unknown } | Reason {
  if (token.length > mostCharacters) return 'token.too_long';
  if (!form.test(token)) return 'token.malformed';
  const [head = '', body = ''] = token.split('.').map(textOf);
  const [header, payload] = [objectIn(head), objectIn(body)];
  if (header === undefined || payload === undefined) return 'token.malformed';
  if (changesMeaning.some((name) => Object.hasOwn(header, name)) || isNested(header['cty'])) return 'token.malformed';
  if (repeatsMember(head) || repeatsMember(body)) return 'token.repeated_member';
  if (keyInHeader.some((name) => Object.hasOwn(header, name))) return 'token.key_in_header';
  return { issuer: payload['iss'] };
}

/** A token whose payload is said to be a token itself (RFC 7519 §5.2), whatever it is. */
function isNested(contentType: unknown): boolean {
  return contentType !== undefined && (typeof contentType !== 'string' || /^(?:application\/)?(?:[\w.-]+\+)?jwt$/i.test(contentType));
}

/** Strict UTF-8, and a byte order mark is no part of JSON (RFC 8259 §8.1). Empty when it is not text. */
function textOf(part: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(part, 'base64url'));
  } catch {
    return '';
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
