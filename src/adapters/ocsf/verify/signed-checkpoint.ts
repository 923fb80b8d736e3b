import { checkpointType, type Checkpoint } from '../checkpoint.js';
import { hashSha256 } from '../fingerprint.js';
import { claimNames, hasOnly, headerNames, intervalNames, nextNames } from '../parse/closed-objects.js';
import { isAuthority, isChain, isCount, isDigest, isKey, isName, isWholeNumber } from '../parse/value-checks.js';
import { isJsonObject, parseStrictObject, type JsonMembers } from '../parse/strict-json.js';
import type { LinePosition } from './report.js';

/** A checkpoint as it came, its signature not yet looked at. */
export interface SignedCheckpoint {
  readonly jws: string;
  /** SHA-256 (hex) of the JWS: how the next checkpoint names it. */
  readonly digest: string;
  readonly kid: string;
  readonly claims: Checkpoint;
}

/** And where it stands. */
export interface PlacedCheckpoint extends SignedCheckpoint {
  /** Rises with each that is read. */
  readonly order: number;
  /** In its log its chain had ended when it was read, and another had begun. */
  readonly isBehindEnd: boolean;
  readonly position: LinePosition;
}

/**
 * Reads a compact JWS; undefined where it is no checkpoint. Only the one canonical spelling is taken, since a JWS is
 * named by the digest of its text. Header and claims are closed:
 * a member that nobody knows, as a key of its own, may mean something to somebody else.
 */
export function parseSignedCheckpoint(jws: string): SignedCheckpoint | undefined {
  const parts = jws.split('.');
  const bytes = parts.map((part) => Buffer.from(part, 'base64url'));
  if (
    parts.length !== 3 ||
    bytes[2]?.length !== 64 ||
    bytes.some((each, index) => each.toString('base64url') !== parts[index])
  )
    return undefined;
  const [header, claims] = bytes.slice(0, 2).map(objectOf);
  if (header === undefined || claims === undefined || !isCheckpoint(claims)) return undefined;
  const { alg, kid, typ } = header;
  const isSigned = alg === 'Ed25519' || (alg === 'EdDSA' && claims.v === 2);
  return hasOnly(header, headerNames) && isName(kid) && typ === checkpointType && isSigned
    ? { jws, digest: hashSha256(jws), kid, claims }
    : undefined;
}

/** What is not UTF-8 is no text. */
function objectOf(bytes: Buffer): JsonMembers | undefined {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? parseStrictObject(text) : undefined;
}

const checkpointReasons: ReadonlySet<unknown> = new Set(['count', 'time', 'close', 'rotation']);

function isCheckpoint(value: JsonMembers): value is JsonMembers & Checkpoint {
  const { v, authority, chain, seq, head, head_uid: uid, at, prev, reason, interval, next } = value;
  return (
    (v === 1 || v === 2) &&
    hasOnly(value, claimNames[v]) &&
    isAuthority(authority) &&
    isChain(chain) &&
    isCount(seq) &&
    isDigest(head) &&
    isName(uid) &&
    isWholeNumber(at) &&
    (prev === undefined || isDigest(prev)) &&
    (v === 1 || isInterval(interval)) &&
    checkpointReasons.has(reason) &&
    (reason === 'rotation' ? isNext(next) : next === undefined)
  );
}

function isInterval(value: unknown): boolean {
  return isJsonObject(value) && hasOnly(value, intervalNames) && isCount(value['events']) && isCount(value['ms']);
}

function isNext(value: unknown): boolean {
  if (!isJsonObject(value) || !hasOnly(value, nextNames)) return false;
  const { kty, crv, x, kid, alg = 'EdDSA', use = 'sig' } = value;
  return (
    kty === 'OKP' &&
    crv === 'Ed25519' &&
    isKey(x) &&
    isName(kid) &&
    (alg === 'EdDSA' || alg === 'Ed25519') &&
    use === 'sig'
  );
}
