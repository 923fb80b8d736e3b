import { newId, type AuditEvent, type Link, type Recorded, type RecordFormat, type Sealed } from '../../core/index.js';
import { checkpointLine, checkpointOf, keyAfter, readCheckpoint, type Notary } from './checkpoint.js';
import { attestationOf, fingerprintText, sha256 } from './fingerprint.js';
import { mapper } from './map.js';
import type { MapSettings } from './settings.js';
import { parcelOf, sourceOf } from './parcel.js';
import { plain } from './plain.js';
import { inVersion } from './projection.js';
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
    write: writer(settings),
    async seal(head, reason) {
      const sealed = await (notary?.seal(head, reason, Date.now()) ?? []);
      return sealed.map(({ jws, at }) => ({ line: checkpointLine(jws), checkpoint: sealedBy(jws, at) }));
    },
    read,
    parcel: (line) => parcelOf(line, authority),
  };
}

function writer(settings: MapSettings): RecordFormat['write'] {
  const { version, level } = settings;
  const map = mapper(settings);
  return (event, before) => {
    const { head, tail, type } = version === '1.9.0' ? map(event, before) : inVersion(version, map(event, before));
    const unsigned = head + tail;
    const fingerprint = sha256(unsigned);
    // Cut from the text as it was hashed: joined once, it is not joined again piece by piece.
    const line = `${unsigned.slice(0, head.length)},"fingerprint":${fingerprintText(fingerprint)}${unsigned.slice(head.length)}`;
    return {
      lines: (event.text === undefined || level !== 'full' ? [line] : [...textLines(event), line]).map(plain),
      head: { chain: before.chain, sequence: before.sequence + 1, id: event.id, type, fingerprint, ...(before.checkpoint === undefined ? {} : { checkpoint: before.checkpoint }) },
    };
  };
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
