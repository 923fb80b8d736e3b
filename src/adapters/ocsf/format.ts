import { newId, type Link, type RecordCheckpoint, type Recorded, type RecordFormat, type Sealed, type Standing } from '../../core/index.js';
import { checkpointLine, keyAfter, type Notary } from './checkpoint.js';
import { fingerprintText, sha256 } from './fingerprint.js';
import { mapper } from './map.js';
import { createOriginCheck } from './origin.js';
import type { MapSettings } from './settings.js';
import { parcelOf, sourceOf } from './parcel.js';
import { plain } from './plain.js';
import { inVersion } from './projection.js';
import { fromOcsf } from './readback.js';
import { readLine } from './reading/line.js';
import type { Members } from './reading/strict.js';
import type { Told } from './reading/told.js';
import { textsOf } from './text.js';
import type { Signed } from './verify/seal.js';

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
    async seal(head, reason, interval) {
      const sealed = await (notary?.seal(head, reason, interval, Date.now()) ?? []);
      return sealed.map(({ jws, at }) => ({ line: checkpointLine(jws), checkpoint: sealedBy(jws, at) }));
    },
    read,
    parcel: (line) => parcelOf(line, authority),
    checkpoint,
    origin: createOriginCheck(settings, notary),
  };
}

function writer(settings: MapSettings): RecordFormat['write'] {
  const { version, level } = settings;
  const map = mapper(settings);
  return (event, before) => {
    const texts = level === 'full' ? textsOf(event) : undefined;
    const unsealed = map(event, before, texts?.named);
    const { head, tail, type } = version === '1.9.0' ? unsealed : inVersion(version, unsealed);
    const unsigned = head + tail;
    const fingerprint = sha256(unsigned);
    // Cut from the text as it was hashed: joined once, it is not joined again piece by piece.
    const line = `${unsigned.slice(0, head.length)},"fingerprint":${fingerprintText(fingerprint)}${unsigned.slice(head.length)}`;
    return {
      lines: [...(texts?.lines ?? []), line].map(plain),
      head: { chain: before.chain, sequence: before.sequence + 1, id: event.id, type, fingerprint, latest: Math.max(event.at, before.latest ?? 0), ...(before.checkpoint === undefined ? {} : { checkpoint: before.checkpoint }) },
    };
  };
}

/** A stub is no event of a log. Elsewhere it keeps its place in the chain, and what it says is not proven. */
function read(line: string, standing: Standing = 'log'): Recorded | undefined {
  const found = readLine(line, standing);
  switch (found?.kind) {
    case 'event':
      return found.told.stub && standing === 'log' ? undefined : recordedEvent(found.told, found.value);
    case 'checkpoint':
      return { kind: 'checkpoint', link: linkBy(found.signed) };
    case 'text':
      return { kind: 'text' };
    default:
      return undefined;
  }
}

function recordedEvent({ chain, sequence, id, type, fingerprint, stub }: Told, value: Members): Recorded {
  const event = fromOcsf(value);
  return { kind: 'event', link: { chain, sequence, id, type, fingerprint }, ...(event === undefined ? {} : { event }), ...(stub ? { unproven: true } : {}) };
}

function checkpoint(line: string): RecordCheckpoint | undefined {
  const found = line.startsWith('{"checkpoint"') ? readLine(line, 'log') : undefined;
  if (found?.kind !== 'checkpoint') return undefined;
  const { jws, digest, claims: { at, authority, chain, seq } } = found.signed;
  return { jws, digest, at, authority, chain, seq };
}

function linkBy({ jws, claims: { chain, seq, head, head_uid: id, at } }: Signed): Link {
  return { chain, sequence: seq, id, fingerprint: head, checkpoint: sealedBy(jws, at) };
}

function sealedBy(jws: string, at: number): Sealed {
  const key = keyAfter(jws);
  return { digest: sha256(jws), at, ...(key === undefined ? {} : { key }) };
}
