import { hasRepeatedMember } from './repeated-members.js';
import type { TokenRefusal } from './refusal-reasons.js';

const maxTokenLength = 16_384;
const jwtPattern = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const keyInHeader = ['jwk', 'jku', 'x5u', 'x5c'];
/**
 * Members that would change how the payload is read (RFC 7797, RFC 7516) or ask for an extension (RFC 7515 §4.1.11). A
 * reader that heeds
 * one and a reader that leaves it aside have two tokens; jose leaves all but `crit` aside.
 */
const meaningChangingMembers = ['b64', 'crit', 'zip', 'enc'];

/** The issuer a token claims to be of, believed by nobody yet; or what is wrong with it before any key is looked at. */
export function readClaimedIssuer(token: string): { readonly issuer: unknown } | TokenRefusal {
  if (token.length > maxTokenLength) return 'token.too_long';
  if (!jwtPattern.test(token)) return 'token.malformed';
  const [head = '', body = ''] = token.split('.').map(decodePart);
  const [header, payload] = [parseObject(head), parseObject(body)];
  if (header === undefined || payload === undefined) return 'token.malformed';
  if (meaningChangingMembers.some((name) => Object.hasOwn(header, name)) || isNested(header['cty']))
    return 'token.malformed';
  if (hasRepeatedMember(head) || hasRepeatedMember(body)) return 'token.repeated_member';
  if (keyInHeader.some((name) => Object.hasOwn(header, name))) return 'token.key_in_header';
  return { issuer: payload['iss'] };
}

/** A token whose payload is said to be a token itself (RFC 7519 §5.2), whatever it is. */
function isNested(contentType: unknown): boolean {
  return (
    contentType !== undefined &&
    (typeof contentType !== 'string' || /^(?:application\/)?(?:[\w.-]+\+)?jwt$/i.test(contentType))
  );
}

/** Strict UTF-8, and a byte order mark is no part of JSON (RFC 8259 §8.1). Empty when it is not text. */
function decodePart(part: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(part, 'base64url'));
  } catch {
    return '';
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
