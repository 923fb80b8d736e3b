import {
  newId,
  type ChainHead,
  type RecordCheckpoint,
  type RecordedLine,
  type RecordFormat,
  type CheckpointRef,
  type LineSource,
} from '../../core/index.js';
import { formatCheckpointLine, findNextKeyId, type CheckpointSigner } from './checkpoint.js';
import { formatFingerprint, hashSha256 } from './fingerprint.js';
import { createEventMapper } from './event-mapper.js';
import { createOriginCheck } from './origin-check.js';
import type { MapSettings } from './map-settings.js';
import { createDeliveryMessage, formatSource } from './delivery-message.js';
import { escapeInvisible } from './escape-invisible.js';
import { toOlderVersion } from './older-versions.js';
import { parseOcsfEvent } from './parse-event.js';
import { parseLine } from './parse/line.js';
import type { JsonMembers } from './parse/strict-json.js';
import type { EventClaims } from './parse/event-claims.js';
import { createEventTexts } from './sql-texts.js';
import type { SignedCheckpoint } from './verify/signed-checkpoint.js';

/** Events as OCSF, each line in canonical form and linked to the one before. */
export function createFormat(settings: MapSettings, checkpointSigner: CheckpointSigner | undefined): RecordFormat {
  const { authority } = settings;
  return {
    seals: checkpointSigner !== undefined,
    source: formatSource(authority),
    begin: (before) => ({
      chain: `w-${authority}-${newId(Date.now())}`,
      sequence: 0,
      ...(before === undefined ? {} : { before }),
      ...(before?.checkpoint === undefined ? {} : { checkpoint: before.checkpoint }),
    }),
    write: createEventWriter(settings),
    async seal(head, reason, interval) {
      const sealed = await (checkpointSigner?.createCheckpoints(head, reason, interval, Date.now()) ?? []);
      return sealed.map(({ jws, at }) => ({
        line: formatCheckpointLine(jws),
        checkpoint: createCheckpointRef(jws, at),
      }));
    },
    read: readRecordedLine,
    toMessage: (line) => createDeliveryMessage(line, authority),
    checkpoint,
    origin: createOriginCheck(settings, checkpointSigner),
  };
}

function createEventWriter(settings: MapSettings): RecordFormat['write'] {
  const { version, level } = settings;
  const map = createEventMapper(settings);
  return (event, before) => {
    const texts = level === 'full' ? createEventTexts(event) : undefined;
    const unsealed = map(event, before, texts?.named);
    const { head, tail, type } = version === '1.9.0' ? unsealed : toOlderVersion(version, unsealed);
    const unsigned = head + tail;
    const fingerprint = hashSha256(unsigned);
    // Cut from the text as it was hashed: joined once, it is not joined again piece by piece.
    const line = `${unsigned.slice(0, head.length)},"fingerprint":${formatFingerprint(fingerprint)}${unsigned.slice(head.length)}`;
    return {
      lines: [...(texts?.lines ?? []), line].map(escapeInvisible),
      head: {
        chain: before.chain,
        sequence: before.sequence + 1,
        id: event.id,
        type,
        fingerprint,
        latest: Math.max(event.at, before.latest ?? 0),
        ...(before.checkpoint === undefined ? {} : { checkpoint: before.checkpoint }),
      },
    };
  };
}

/** A stub is no event of a log. Elsewhere it keeps its place in the chain, and what it says is not proven. */
function readRecordedLine(line: string, standing: LineSource = 'log'): RecordedLine | undefined {
  const found = parseLine(line, standing);
  switch (found?.kind) {
    case 'event':
      return found.claims.stub && standing === 'log' ? undefined : createRecordedEvent(found.claims, found.value);
    case 'checkpoint':
      return { kind: 'checkpoint', link: createHead(found.signed) };
    case 'text':
      return { kind: 'text' };
    default:
      return undefined;
  }
}

function createRecordedEvent(
  { chain, sequence, id, type, fingerprint, stub }: EventClaims,
  value: JsonMembers,
): RecordedLine {
  const event = parseOcsfEvent(value);
  return {
    kind: 'event',
    link: { chain, sequence, id, type, fingerprint },
    ...(event === undefined ? {} : { event }),
    ...(stub ? { unproven: true } : {}),
  };
}

function checkpoint(line: string): RecordCheckpoint | undefined {
  const found = line.startsWith('{"checkpoint"') ? parseLine(line, 'log') : undefined;
  if (found?.kind !== 'checkpoint') return undefined;
  const {
    jws,
    digest,
    claims: { at, authority, chain, seq },
  } = found.signed;
  return { jws, digest, at, authority, chain, seq };
}

function createHead({ jws, claims: { chain, seq, head, head_uid: id, at } }: SignedCheckpoint): ChainHead {
  return { chain, sequence: seq, id, fingerprint: head, checkpoint: createCheckpointRef(jws, at) };
}

function createCheckpointRef(jws: string, at: number): CheckpointRef {
  const key = findNextKeyId(jws);
  return { digest: hashSha256(jws), at, ...(key === undefined ? {} : { key }) };
}
