import { newId, type AuditEvent, type Link, type Recorded, type RecordFormat, type Sealed } from '../../core/index.js';
import { canonical } from './canonical.js';
import { checkpointLine, checkpointOf, keyAfter, readCheckpoint, type Notary } from './checkpoint.js';
import { attestationOf, fingerprintOf, sha256, type Attestation } from './fingerprint.js';
import { toOcsf, type Unchained } from './map.js';
import type { MapSettings } from './settings.js';
import { parcelOf, sourceOf } from './parcel.js';
import { fromOcsf } from './readback.js';
import { textLines } from './text.js';

/** Events as OCSF, each line in canonical form and linked to the one before. */
export function createFormat(settings: MapSettings, notary: Notary | undefined): RecordFormat {
  const { authority } = settings;
  return {
    seals: notary !== undefined,
    source: sourceOf(authority),
    begin: (before) => ({
      chain: `w-${authority}-${newId(Date.now())}`, sequence: 0,
      ...(before === undefined ? {} : { before }),
      ...(before?.checkpoint === undefined ? {} : { checkpoint: before.checkpoint }),
    }),
    write: (event, head) => write(event, head, settings),
    async seal(head, reason) {
      const sealed = await (notary?.seal(head, reason, Date.now()) ?? []);
      return sealed.map(({ jws, at }) => ({ line: checkpointLine(jws), checkpoint: sealedBy(jws, at) }));
    },
    read,
    parcel: (line) => parcelOf(line, authority),
  };
}

function write(event: AuditEvent, head: Link, settings: MapSettings): { readonly lines: readonly string[]; readonly head: Link } {
  const sequence = head.sequence + 1;
  const attestation: Attestation = {
    authority_uid: settings.authority, chain_uid: head.chain,
    ...(head.fingerprint === undefined ? {} : { prev_event: { uid: head.id as string, type_uid: head.type as number, fingerprint: fingerprintOf(head.fingerprint) } }),
  };
  const ocsf = toOcsf(event, settings);
  const unsigned = canonical(attested(ocsf, sequence, attestation, head.before));
  const fingerprint = sha256(unsigned);
  const line = inserted(unsigned, attestation, fingerprint);
  return {
    lines: event.text === undefined || settings.level !== 'full' ? [line] : [...textLines(event), line],
    head: { chain: head.chain, sequence, id: event.id, type: ocsf.type_uid, fingerprint, ...(head.checkpoint === undefined ? {} : { checkpoint: head.checkpoint }) },
  };
}

/** Before 1.9 OCSF had no place for attestations but `unmapped`. */
function attested(event: Unchained, sequence: number, attestation: Attestation, before: Link | undefined): object {
  const metadata = { ...event.metadata, sequence };
  const attestation_list = [attestation];
  const ours = before === undefined ? event.unmapped : { ...event.unmapped, sallyport: { ...event.unmapped.sallyport, before: { chain: before.chain, sequence: before.sequence, id: before.id, fingerprint: before.fingerprint } } };
  return event.metadata.version === '1.9.0' ? { ...event, metadata, unmapped: ours, attestation_list } : { ...event, metadata, unmapped: { ...ours, attestation_list } };
}

/** The fingerprint's place is known, so the event need not be written twice. No name before it is anybody's choice but ours, so the first match is the attestation. */
function inserted(text: string, { authority_uid, chain_uid }: Attestation, fingerprint: string): string {
  const before = `"attestation_list":[{"authority_uid":"${authority_uid}","chain_uid":"${chain_uid}"`;
  const at = text.indexOf(before) + before.length;
  return `${text.slice(0, at)},"fingerprint":{"algorithm_id":3,"encoding_id":1,"serialization_id":2,"value":"${fingerprint}"}${text.slice(at)}`;
}

function read(line: string): Recorded | undefined {
  const jws = checkpointOf(line);
  if (jws !== undefined) return readSealed(jws);
  const value = parsed(line);
  if (value === undefined) return undefined;
  if (value['sqltext'] !== undefined) return { kind: 'text' };
  const event = fromOcsf(value);
  const link = event === undefined ? undefined : linkOf(value, event);
  return event === undefined || link === undefined ? undefined : { kind: 'event', event, link };
}

function readSealed(jws: string): Recorded | undefined {
  const checkpoint = readCheckpoint(jws);
  if (checkpoint === undefined) return undefined;
  return { kind: 'checkpoint', link: { chain: checkpoint.chain, sequence: checkpoint.seq, id: checkpoint.head_uid, fingerprint: checkpoint.head, checkpoint: sealedBy(jws, checkpoint.at) } };
}

function sealedBy(jws: string, at: number): Sealed {
  const key = keyAfter(jws);
  return { digest: sha256(jws), at, ...(key === undefined ? {} : { key }) };
}

function linkOf(value: Readonly<Record<string, unknown>>, event: AuditEvent): Link | undefined {
  const attestation = attestationOf(value);
  const sequence = (value['metadata'] as { readonly sequence?: unknown } | undefined)?.sequence;
  const fingerprint = attestation?.fingerprint?.value;
  if (attestation === undefined || typeof fingerprint !== 'string' || !Number.isSafeInteger(sequence)) return undefined;
  return { chain: attestation.chain_uid, sequence: sequence as number, id: event.id, type: value['type_uid'] as number, fingerprint };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
