import type { Members } from './strict.js';

/** The names that an object may have: what is closed has no others. */
export type Names = ReadonlySet<string>;

export const attestationNames: Names = new Set(['authority_uid', 'chain_uid', 'fingerprint', 'prev_event']);
export const fingerprintNames: Names = new Set(['algorithm_id', 'encoding_id', 'serialization_id', 'value']);
export const namedNames: Names = new Set(['fingerprint', 'type_uid', 'uid']);

const ours = ['v', 'instance', 'data', 'statement', 'connection', 'scope', 'who', 'trace_id', 'span_id', 'before'];
/** Of what is ours, by its version. */
export const oursNames: Readonly<Record<1 | 2, Names>> = { 1: new Set(ours), 2: new Set([...ours, 'texts']) };

const before = ['chain', 'sequence', 'id', 'fingerprint'];
export const beforeNames: Readonly<Record<1 | 2, Names>> = { 1: new Set(before), 2: new Set([...before, 'sealed']) };

export const roleNames: Names = new Set(['run', 'asked']);
export const namedTextNames: Names = new Set(['parts', 'sha256']);

const text = ['v', 'id', 'at', 'session', 'statement', 'part', 'of', 'text', 'role'];
export const textNames: Readonly<Record<1 | 2, Names>> = { 1: new Set(text), 2: new Set([...text, 'event', 'salt']) };

export const headerNames: Names = new Set(['alg', 'kid', 'typ']);
const claims = ['v', 'authority', 'chain', 'seq', 'head', 'head_uid', 'at', 'prev', 'reason', 'next'];
/** Of a checkpoint's claims, by its version. */
export const claimNames: Readonly<Record<1 | 2, Names>> = { 1: new Set(claims), 2: new Set([...claims, 'interval']) };
export const intervalNames: Names = new Set(['events', 'ms']);
/** Of the key that a rotation announces. */
export const nextNames: Names = new Set(['kty', 'crv', 'x', 'kid', 'alg', 'use']);

/** True where an object has no name but these. */
export function closed(value: Members, names: Names): boolean {
  for (const name in value) if (!names.has(name)) return false;
  return true;
}
