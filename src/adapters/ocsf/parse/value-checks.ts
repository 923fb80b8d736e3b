const digestPattern = /^[0-9a-f]{64}$/;
const authorityPattern = /^[A-Za-z0-9][\w.-]{0,62}$/;
const chainPattern = /^w-[A-Za-z0-9][\w.-]{0,62}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isOptionalName(value: unknown): value is string | undefined {
  return value === undefined || isName(value);
}

export function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A whole number from 1. */
export function isCount(value: unknown): value is number {
  return isWholeNumber(value) && value > 0;
}

/** A SHA-256 in lower-case hexadecimal digits. */
export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && digestPattern.test(value);
}

/** A writer's name. */
export function isAuthority(value: unknown): value is string {
  return typeof value === 'string' && authorityPattern.test(value);
}

/** A chain's name. */
export function isChain(value: unknown): value is string {
  return typeof value === 'string' && chainPattern.test(value);
}

/** The 32 bytes of an Ed25519 key, in canonical base64url. */
export function isKey(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const bytes = Buffer.from(value, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === value;
}
