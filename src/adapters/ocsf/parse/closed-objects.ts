import type { JsonMembers } from './strict-json.js';

/** The names that an object may have: what is closed has no others. */
export type AllowedNames = ReadonlySet<string>;

export const attestationNames: AllowedNames = new Set(['authority_uid', 'chain_uid', 'fingerprint', 'prev_event']);
export const fingerprintNames: AllowedNames = new Set(['algorithm_id', 'encoding_id', 'serialization_id', 'value']);
export const previousEventNames: AllowedNames = new Set(['fingerprint', 'type_uid', 'uid']);

const ownNames = ['v', 'instance', 'data', 'statement', 'connection', 'scope', 'who', 'trace_id', 'span_id', 'before'];
/** Of what is ours, by its version. */
export const ownMemberNames: Readonly<Record<1 | 2, AllowedNames>> = {
  1: new Set(ownNames),
  2: new Set([...ownNames, 'texts']),
};

const previousChainMembers = ['chain', 'sequence', 'id', 'fingerprint'];
export const previousChainNames: Readonly<Record<1 | 2, AllowedNames>> = {
  1: new Set(previousChainMembers),
  2: new Set([...previousChainMembers, 'sealed']),
};

export const roleNames: AllowedNames = new Set(['run', 'asked']);
export const namedTextNames: AllowedNames = new Set(['parts', 'sha256']);

const textMembers = ['v', 'id', 'at', 'session', 'statement', 'part', 'of', 'text', 'role'];
export const textNames: Readonly<Record<1 | 2, AllowedNames>> = {
  1: new Set(textMembers),
  2: new Set([...textMembers, 'event', 'salt']),
};

export const headerNames: AllowedNames = new Set(['alg', 'kid', 'typ']);
const claims = ['v', 'authority', 'chain', 'seq', 'head', 'head_uid', 'at', 'prev', 'reason', 'next'];
/** Of a checkpoint's claims, by its version. */
export const claimNames: Readonly<Record<1 | 2, AllowedNames>> = {
  1: new Set(claims),
  2: new Set([...claims, 'interval']),
};
export const intervalNames: AllowedNames = new Set(['events', 'ms']);
/** Of the key that a rotation announces. */
export const nextNames: AllowedNames = new Set(['kty', 'crv', 'x', 'kid', 'alg', 'use']);

/** True where an object has no name but these. */
export function hasOnly(value: JsonMembers, names: AllowedNames): boolean {
  for (const name in value) if (!names.has(name)) return false;
  return true;
}
