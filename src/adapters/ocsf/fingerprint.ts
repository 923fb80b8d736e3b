import { hash } from 'node:crypto';
import { canonical } from './canonical.js';

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

export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** A fingerprint in canonical form. */
export function fingerprintText(value: string): string {
  return `{"algorithm_id":3,"encoding_id":1,"serialization_id":2,"value":"${value}"}`;
}

/** The first attestation of a parsed event, wherever its version keeps it; undefined where there is none. */
export function attestationOf(event: Readonly<Record<string, unknown>>): Attestation | undefined {
  const list = holderOf(event)?.['attestation_list'];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === 'object' && first !== null && !Array.isArray(first) ? (first as Attestation) : undefined;
}

/** SHA-256 (hex) over the canonical form of a parsed event without its own fingerprint; undefined where it carries no attestation. */
export function eventFingerprint(event: Readonly<Record<string, unknown>>): string | undefined {
  const attestation = attestationOf(event);
  if (attestation === undefined) return undefined;
  const { fingerprint: _own, ...rest } = attestation;
  return sha256(canonical(withAttestation(event, rest)));
}

function withAttestation(event: Readonly<Record<string, unknown>>, attestation: Attestation): Readonly<Record<string, unknown>> {
  const holder = holderOf(event) as Readonly<Record<string, unknown>>;
  const replaced = { ...holder, attestation_list: [attestation, ...(holder['attestation_list'] as readonly unknown[]).slice(1)] };
  return holder === event ? replaced : { ...event, unmapped: replaced };
}

function holderOf(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  if (event['attestation_list'] !== undefined) return event;
  const unmapped = event['unmapped'];
  return typeof unmapped === 'object' && unmapped !== null ? (unmapped as Readonly<Record<string, unknown>>) : undefined;
}
