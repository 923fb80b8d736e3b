import { hash } from 'node:crypto';
import { AccessError } from '../../core/index.js';
import { canonicalize, quoteJson } from './canonical.js';
import type { JsonMembers } from './parse/strict-json.js';

/** One entry of OCSF's `attestation_list` (1.9, profile record_integrity); before 1.9 it stands under `unmapped`. */
export interface Attestation {
  readonly authority_uid: string;
  readonly chain_uid: string;
  /** Absent on the first event of a chain. */
  readonly prev_event?: { readonly uid: string; readonly type_uid: number; readonly fingerprint: Fingerprint };
  readonly fingerprint?: Fingerprint;
}

export interface Fingerprint {
  /** SHA-256. */
  readonly algorithm_id: 3;
  /** Hexadecimal. */
  readonly encoding_id: 1;
  /** RFC 8785. */
  readonly serialization_id: 2;
  readonly value: string;
}

export function hashSha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** A fingerprint in canonical form. */
export function formatFingerprint(value: string): string {
  return `{"algorithm_id":3,"encoding_id":1,"serialization_id":2,"value":"${value}"}`;
}

/** The first attestation of a parsed event, wherever its version keeps it; undefined where there is none. */
export function findAttestation(event: JsonMembers): Attestation | undefined {
  const list = findAttestationHolder(event)?.['attestation_list'];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === 'object' && first !== null && !Array.isArray(first) ? (first as Attestation) : undefined;
}

/**
 * What an event's fingerprint ought to be, and the line that an event of this content and this stated fingerprint is
 * written as.
 */
export interface ComputedFingerprint {
  /** SHA-256 (hex). */
  readonly fingerprint: string;
  /** In canonical form, with everything that is not seen as it is. */
  readonly canonicalLine: string;
}

/**
 * SHA-256 over the canonical form of a parsed event that carries an attestation, without its own fingerprint. Throws
 * INTERNAL where it carries none.
 */
export function computeFingerprint(event: JsonMembers, stated: string): ComputedFingerprint {
  const attestation = findAttestation(event);
  if (attestation === undefined) throw new AccessError('INTERNAL', 'an event carries no attestation');
  const { fingerprint: _own, ...rest } = attestation;
  const unsigned = canonicalize(replaceAttestation(event, rest));
  const opening = `"attestation_list":[{"authority_uid":${quoteJson(rest.authority_uid)},"chain_uid":${quoteJson(rest.chain_uid)}`;
  const fingerprint = hashSha256(unsigned);
  // No name before the list is anybody's choice but the writer's: the first match is its own. Where it is not, the line
  // is only not recognized as canonical.
  const at = unsigned.indexOf(opening) + opening.length;
  return {
    fingerprint,
    canonicalLine: `${unsigned.slice(0, at)},"fingerprint":${formatFingerprint(stated)}${unsigned.slice(at)}`,
  };
}

function replaceAttestation(event: JsonMembers, attestation: Attestation): JsonMembers {
  const holder = findAttestationHolder(event) as JsonMembers;
  const replaced = {
    ...holder,
    attestation_list: [attestation, ...(holder['attestation_list'] as readonly unknown[]).slice(1)],
  };
  return holder === event ? replaced : { ...event, unmapped: replaced };
}

function findAttestationHolder(event: JsonMembers): JsonMembers | undefined {
  if (event['attestation_list'] !== undefined) return event;
  const unmapped = event['unmapped'];
  return typeof unmapped === 'object' && unmapped !== null ? (unmapped as JsonMembers) : undefined;
}
