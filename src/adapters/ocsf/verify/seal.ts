import { checkpointType, type Checkpoint } from '../checkpoint.js';
import { sha256 } from '../fingerprint.js';
import type { Place } from './report.js';
import { isMembers, strictObject, type Members } from '../reading/strict.js';

/** A checkpoint as it came, its signature not yet looked at. */
export interface Signed {
  readonly jws: string;
  /** SHA-256 (hex) of the JWS: how the next checkpoint names it. */
  readonly digest: string;
  readonly kid: string;
  readonly claims: Checkpoint;
}

/** And where it stands. */
export interface Stamp extends Signed {
  readonly place: Place;
}

/** Reads a compact JWS; undefined where it is no checkpoint. Only the one canonical spelling is taken, since a JWS is named by the digest of its text. */
export function signedOf(jws: string): Signed | undefined {
  const parts = jws.split('.');
  if (parts.length !== 3 || parts.some((part) => part === '' || Buffer.from(part, 'base64url').toString('base64url') !== part)) return undefined;
  const [header, payload] = parts.slice(0, 2).map((part) => strictObject(Buffer.from(part, 'base64url').toString()));
  const kid = header?.['kid'];
  if (typeof kid !== 'string' || header?.['typ'] !== checkpointType || payload === undefined || !isCheckpoint(payload)) return undefined;
  return { jws, digest: sha256(jws), kid, claims: payload };
}

const reasons: ReadonlySet<unknown> = new Set(['count', 'time', 'close', 'rotation']);
const hex = /^[0-9a-f]{64}$/;

function isCheckpoint(value: Members): value is Members & Checkpoint {
  const { v, authority, chain, seq, head, head_uid: uid, at, prev, reason, next } = value;
  return (v === 1 || v === 2) && [authority, chain, uid].every((each) => typeof each === 'string' && each !== '') && Number.isSafeInteger(seq) && (seq as number) >= 1
    && isHex(head) && (prev === undefined || isHex(prev)) && Number.isSafeInteger(at) && (at as number) >= 0 && reasons.has(reason)
    && (reason === 'rotation') === (next !== undefined) && (next === undefined || isMembers(next));
}

function isHex(value: unknown): boolean {
  return typeof value === 'string' && hex.test(value);
}
