import { canonical } from '../canonical.js';
import { attestationOf, eventFingerprint, fingerprintText } from '../fingerprint.js';
import { isMembers, type Members } from './strict.js';

/** What an event says of itself. */
export interface Told {
  readonly chain: string;
  readonly authority: string;
  /** From 1. */
  readonly sequence: number;
  readonly id: string;
  readonly type: number;
  readonly code: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly statement?: string;
  /** It took time from an intent on, or says which intent it answers. */
  readonly announced?: true;
  /** SHA-256 (hex) as stated. */
  readonly fingerprint: string;
  /** SHA-256 (hex) as it is; absent for a stub, of which it cannot be told. */
  readonly actual?: string;
  readonly previous?: Named;
  /** Where the chain before it in the same log ended; on a first event only. */
  readonly before?: Before;
}

/** How an event names its predecessor. */
export interface Named {
  readonly id: string;
  readonly type: number;
  readonly fingerprint: string;
}

export interface Before {
  readonly chain: string;
  readonly sequence: number;
  readonly fingerprint: string;
}

/** The facts of an event's line; undefined where it is no event of a chain. */
export function toldOf(event: Members): Told | undefined {
  const { metadata, time, type_uid: type } = event;
  const attestation = attestationOf(event);
  if (attestation === undefined || !isMembers(metadata) || !isWhole(time) || !isWhole(type)) return undefined;
  const { uid: id, sequence, event_code: code } = metadata;
  const { chain_uid: chain, authority_uid: authority, prev_event: named, fingerprint: stated } = attestation;
  const fingerprint = digestOf(stated);
  if (!isText(chain) || !isText(authority) || !isText(id) || !isText(code) || !isWhole(sequence) || sequence < 1 || fingerprint === undefined) return undefined;
  const previous = named === undefined ? undefined : namedOf(named);
  if (previous === undefined && named !== undefined) return undefined;
  const ours = isMembers(event['unmapped']) && isMembers(event['unmapped']['sallyport']) ? event['unmapped']['sallyport'] : {};
  const stub = metadata['is_truncated'] === true || (isMembers(event['unmapped']) && event['unmapped']['is_truncated'] === true);
  const actual = stub ? undefined : eventFingerprint(event);
  const before = beforeOf(ours['before']);
  return {
    chain, authority, sequence, id, type, code, at: time, fingerprint,
    ...(previous === undefined ? {} : { previous }), ...(actual === undefined ? {} : { actual }), ...(before === undefined ? {} : { before }),
    ...(isText(ours['statement']) ? { statement: ours['statement'] } : {}), ...(isAnnounced(ours['data']) ? { announced: true } : {}),
  };
}

const hex = /^[0-9a-f]{64}$/;

/** Only one way to state a fingerprint is taken: its own members are the one part of an event that no fingerprint covers. */
function digestOf(stated: unknown): string | undefined {
  const value = isMembers(stated) ? stated['value'] : undefined;
  if (typeof value !== 'string' || !hex.test(value)) return undefined;
  return canonical(stated) === fingerprintText(value) ? value : undefined;
}

function namedOf(value: unknown): Named | undefined {
  if (!isMembers(value)) return undefined;
  const fingerprint = digestOf(value['fingerprint']);
  return isText(value['uid']) && isWhole(value['type_uid']) && fingerprint !== undefined ? { id: value['uid'], type: value['type_uid'], fingerprint } : undefined;
}

function beforeOf(value: unknown): Before | undefined {
  if (!isMembers(value)) return undefined;
  const { chain, sequence, fingerprint } = value;
  return isText(chain) && isWhole(sequence) && isText(fingerprint) ? { chain, sequence, fingerprint } : undefined;
}

/** What follows an intent has `durationMs`, and what recovery writes names the intent. */
function isAnnounced(data: unknown): boolean {
  return isMembers(data) && (data['durationMs'] !== undefined || data['intent'] !== undefined);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
