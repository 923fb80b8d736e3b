import {
  attestationNames,
  previousChainNames,
  hasOnly,
  fingerprintNames,
  previousEventNames,
  namedTextNames,
  ownMemberNames,
  roleNames,
} from './closed-objects.js';
import { isAuthority, isChain, isCount, isDigest, isName, isOptionalName, isWholeNumber } from './value-checks.js';
import { isJsonObject, type JsonMembers } from './strict-json.js';

/** What an event says of itself. */
export interface EventClaims {
  /** The version of what is ours in it. */
  readonly v: 1 | 2;
  readonly chain: string;
  readonly authority: string;
  /** From 1. */
  readonly sequence: number;
  readonly id: string;
  readonly type: number;
  readonly code: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly session?: string;
  readonly statement?: string;
  /** It took time from an intent on, or says which intent it answers. */
  readonly announced?: true;
  /** SHA-256 (hex) as stated. */
  readonly fingerprint: string;
  /** It stands for an event that was too large: its fingerprint is that one's, and nothing proves what it says. */
  readonly stub: boolean;
  /** SHA-256 (hex) as it is; absent for a stub, of which it cannot be told. */
  readonly computedFingerprint?: string;
  /** Its line in a log has more than 8,192 bytes, so that a receiver may have got a stub of it. */
  readonly isLarge?: true;
  /** A stub of an event that nobody had to cut. */
  readonly isSmall?: true;
  /** SHA-256 (hex) of the canonical form of a stub, or of what the stub of a whole event is. */
  readonly stubDigest?: () => string;
  readonly previous?: EventRef;
  /** Where the chain before it in the same log ended; on a first event only. */
  readonly previousChain?: PreviousChain;
  /** What retention was about to remove; on `audit.removed` only. */
  readonly removed?: RemovedRange;
  /** The texts that were written before it. */
  readonly texts?: NamedTexts;
}

/** How an event names its predecessor. */
export interface EventRef {
  readonly id: string;
  readonly type: number;
  readonly fingerprint: string;
}

export interface PreviousChain {
  readonly chain: string;
  readonly sequence: number;
  readonly id: string;
  readonly fingerprint: string;
  /** Up to which number the writer vouches for it; 0 where it does not say. */
  readonly sealed: number;
}

/** The last event and checkpoint that went. */
export interface RemovedRange {
  readonly chain: string;
  readonly sequence: number;
  readonly fingerprint: string;
  /** SHA-256 (hex) of the JWS. */
  readonly checkpoint?: string;
}

export type TextRole = 'run' | 'asked';

/** How an event names the texts that are kept apart from it. */
export type NamedTexts = Readonly<Partial<Record<TextRole, { readonly parts: number; readonly sha256: string }>>>;

/** OCSF had no place for attestations before 1.9. */
const earlyVersions: ReadonlySet<unknown> = new Set(['1.1.0', '1.3.0', '1.8.0']);
/** Those would make another kind of line of it. */
function isOtherLineKind(event: JsonMembers): boolean {
  return (
    event['checkpoint'] !== undefined ||
    event['sqltext'] !== undefined ||
    event['v'] !== undefined ||
    event['text'] !== undefined
  );
}

export type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The facts of an event's line; undefined where it is no event of a chain. */
export function parseEventClaims(event: JsonMembers): Writable<EventClaims> | undefined {
  const { metadata, time, type_uid: type, unmapped } = event;
  if (
    isOtherLineKind(event) ||
    !isJsonObject(metadata) ||
    !isJsonObject(unmapped) ||
    !isWholeNumber(time) ||
    !isWholeNumber(type)
  )
    return undefined;
  const { uid: id, sequence, event_code: code, correlation_uid: session, version } = metadata;
  if (!isCount(sequence) || !isName(id) || !isName(code) || !isName(version) || !isOptionalName(session))
    return undefined;
  const attested = parseAttestation(
    event['attestation_list'],
    unmapped['attestation_list'],
    earlyVersions.has(version),
  );
  const ours = parseOwnMembers(unmapped['sallyport'], sequence);
  if (attested === undefined || ours === undefined) return undefined;
  const cut = readUntruncatedSize(event);
  if (cut !== undefined && ours.v === 2 && !isWholeNumber(cut)) return undefined;
  const removed =
    code === 'audit.removed' && cut === undefined
      ? parseRemovedRange((unmapped['sallyport'] as JsonMembers)['data'] as JsonMembers)
      : undefined;
  // One object for each event, member by member: to join several takes as long as to parse the line.
  const { v, statement, before, texts, announced } = ours;
  const { chain, authority, fingerprint, previous } = attested;
  const told: Writable<EventClaims> = {
    v,
    chain,
    authority,
    sequence,
    id,
    type,
    code,
    at: time,
    fingerprint,
    stub: cut !== undefined,
  };
  if (session !== undefined) told.session = session;
  if (statement !== undefined) told.statement = statement;
  if (announced !== undefined) told.announced = announced;
  if (previous !== undefined) told.previous = previous;
  if (before !== undefined) told.previousChain = before;
  if (texts !== undefined) told.texts = texts;
  if (removed !== undefined) told.removed = removed;
  return told;
}

/**
 * What a stub says of the size of the whole (`untruncated_size`; null for nothing); undefined where the event is none.
 */
export function readUntruncatedSize({ metadata, unmapped }: JsonMembers): unknown {
  const { version } = metadata as JsonMembers;
  const place = (version === '1.1.0' || version === '1.3.0' ? unmapped : metadata) as JsonMembers;
  return place['is_truncated'] === true ? (place['untruncated_size'] ?? null) : undefined;
}

type AttestationClaims = Pick<EventClaims, 'chain' | 'authority' | 'fingerprint'> & {
  readonly previous: EventRef | undefined;
};

/** The one attestation of an event, in the place where its version has it and in no other. */
function parseAttestation(top: unknown, below: unknown, isEarly: boolean): AttestationClaims | undefined {
  const list = isEarly ? below : top;
  if ((isEarly ? top : below) !== undefined || !Array.isArray(list) || list.length !== 1) return undefined;
  const [attestation] = list as readonly unknown[];
  if (!isJsonObject(attestation) || !hasOnly(attestation, attestationNames)) return undefined;
  const { chain_uid: chain, authority_uid: authority, prev_event: named, fingerprint: stated } = attestation;
  const fingerprint = parseFingerprint(stated);
  const previous = named === undefined ? undefined : parseEventRef(named);
  if (
    !isChain(chain) ||
    !isAuthority(authority) ||
    fingerprint === undefined ||
    (named !== undefined && previous === undefined)
  )
    return undefined;
  return { chain, authority, fingerprint, previous };
}

/**
 * Only one way to state a fingerprint is taken: its own members are the one part of an event that no fingerprint
 * covers.
 */
function parseFingerprint(stated: unknown): string | undefined {
  if (!isJsonObject(stated) || !hasOnly(stated, fingerprintNames)) return undefined;
  const { algorithm_id: algorithm, encoding_id: encoding, serialization_id: serialization, value } = stated;
  return algorithm === 3 && encoding === 1 && serialization === 2 && isDigest(value) ? value : undefined;
}

function parseEventRef(value: unknown): EventRef | undefined {
  if (!isJsonObject(value) || !hasOnly(value, previousEventNames)) return undefined;
  const fingerprint = parseFingerprint(value['fingerprint']);
  return isName(value['uid']) && isWholeNumber(value['type_uid']) && fingerprint !== undefined
    ? { id: value['uid'], type: value['type_uid'], fingerprint }
    : undefined;
}

interface OwnMembers {
  readonly v: 1 | 2;
  readonly statement: string | undefined;
  readonly before: PreviousChain | undefined;
  readonly texts: NamedTexts | undefined;
  readonly announced: true | undefined;
}

/** What has no place in OCSF. Closed but for `data`: a member that nobody knows may mean something to somebody else. */
function parseOwnMembers(ours: unknown, sequence: number): OwnMembers | undefined {
  const v = isJsonObject(ours) ? ours['v'] : undefined;
  if (!isJsonObject(ours) || (v !== 1 && v !== 2) || !hasOnly(ours, ownMemberNames[v])) return undefined;
  const { instance, data, statement, before: end, texts: named } = ours;
  if (!isName(instance) || !isJsonObject(data) || !isOptionalName(statement)) return undefined;
  const before = end === undefined || sequence !== 1 ? undefined : parsePreviousChain(end, v);
  const texts = named === undefined ? undefined : parseNamedTexts(named);
  if ((end !== undefined && before === undefined) || (named !== undefined && texts === undefined)) return undefined;
  return { v, statement, before, texts, announced: isAnnounced(data) ? true : undefined };
}

function parsePreviousChain(value: unknown, v: 1 | 2): PreviousChain | undefined {
  if (!isJsonObject(value) || !hasOnly(value, previousChainNames[v])) return undefined;
  const { chain, sequence, id, fingerprint, sealed = v === 1 ? 0 : undefined } = value;
  if (!isChain(chain) || !isCount(sequence) || !isName(id) || !isDigest(fingerprint)) return undefined;
  return isWholeNumber(sealed) && sealed <= sequence ? { chain, sequence, id, fingerprint, sealed } : undefined;
}

function parseNamedTexts(value: unknown): NamedTexts | undefined {
  if (!isJsonObject(value) || !hasOnly(value, roleNames)) return undefined;
  const each = Object.values(value);
  const good =
    each.length > 0 &&
    each.every(
      (named) =>
        isJsonObject(named) && hasOnly(named, namedTextNames) && isCount(named['parts']) && isDigest(named['sha256']),
    );
  return good ? value : undefined;
}

/** One of another form says nothing. */
function parseRemovedRange({ chain, sequence, fingerprint, checkpoint }: JsonMembers): RemovedRange | undefined {
  if (!isChain(chain) || !isCount(sequence) || !isDigest(fingerprint)) return undefined;
  return { chain, sequence, fingerprint, ...(isDigest(checkpoint) ? { checkpoint } : {}) };
}

/** What follows an intent has `durationMs`, and what recovery writes names the intent. */
function isAnnounced(data: JsonMembers): boolean {
  return data['durationMs'] !== undefined || data['intent'] !== undefined;
}
