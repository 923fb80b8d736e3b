import { repeatsMember } from './members.js';

const mostCharacters = 16_384;
const form = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const keyInHeader = ['jwk', 'jku', 'x5u', 'x5c'];

/** What is wrong with a token before any key is looked at, as a stable reason; undefined when it may be verified. */
export function faultOf(token: string): string | undefined {
  if (token.length > mostCharacters) return 'token.too_long';
  if (!form.test(token)) return 'token.malformed';
  const [header, payload] = token.split('.').map(textOf);
  if (header === undefined || payload === undefined) return 'token.malformed';
  if (!isObject(header) || !isObject(payload)) return 'token.malformed';
  if (repeatsMember(header) || repeatsMember(payload)) return 'token.repeated_member';
  const parsed = JSON.parse(header) as Record<string, unknown>;
  return keyInHeader.some((name) => Object.hasOwn(parsed, name)) ? 'token.key_in_header' : undefined;
}

function textOf(part: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
  } catch {
    return undefined;
  }
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
