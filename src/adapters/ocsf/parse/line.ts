import type { LineSource } from '../../../core/index.js';
import { canonicalize } from '../canonical.js';
import { computeFingerprint, hashSha256 } from '../fingerprint.js';
import { escapeInvisible } from '../escape-invisible.js';
import { maxUnstubbedBytes, reduceToStub } from '../stub.js';
import { parseSignedCheckpoint, type SignedCheckpoint } from '../verify/signed-checkpoint.js';
import { isJsonObject, isBounded, isStrict, parseObject, type JsonMembers } from './strict-json.js';
import { parseText, type TextLine } from './text-line.js';
import { readUntruncatedSize, parseEventClaims, type EventClaims } from './event-claims.js';

/** What a line is. */
export type ParsedLine =
  | { readonly kind: 'event'; readonly claims: EventClaims; readonly value: JsonMembers }
  | { readonly kind: 'checkpoint'; readonly signed: SignedCheckpoint }
  | { readonly kind: 'text'; readonly text: TextLine };

const bareJws = /^[ \t\r]*([\w-]+\.[\w-]+\.[\w-]+)[ \t\r]*$/;
/** UTF-16 units: a line that has fewer may still be too long. */
const maxLineBytes = 16_777_216;

/**
 * The one reader: who reads a record, for whatever purpose, takes a line for what this says. Undefined for what is no
 * line of a record. `proven` also computes what an event's fingerprint
 * ought to be (`told.actual`).
 */
export function parseLine(line: string, standing: LineSource, proven = false): ParsedLine | undefined {
  if (line.length > maxLineBytes / 3 && Buffer.byteLength(line) > maxLineBytes) return undefined;
  const jws = standing === 'log' ? undefined : bareJws.exec(line)?.[1];
  if (jws !== undefined) return parseCheckpointLine(jws);
  const value = parseObject(line);
  if (value === undefined) return undefined;
  const { checkpoint: stamp, sqltext } = value;
  if (stamp !== undefined)
    return typeof stamp === 'string' && isOnlyMember(value) && isStrict(line, value)
      ? parseCheckpointLine(stamp)
      : undefined;
  if (sqltext !== undefined)
    return isJsonObject(sqltext) && isOnlyMember(value) ? parseTextLine(line, value, sqltext) : undefined;
  if (standing !== 'log' && value['text'] !== undefined) return parseTextLine(line, value, value);
  return parseEventLine(line, value, proven);
}

/**
 * Whether a last line that no newline ends was written to its end: it is JSON that all readers read the same, or in an
 * export a bare checkpoint.
 */
export function isWholeLine(line: string, standing: LineSource): boolean {
  const value = parseObject(line);
  return (
    (value !== undefined && isStrict(line, value) && isBounded(value)) ||
    (standing !== 'log' && /^[ \t\r]*[\w-]+\.[\w-]+\.[\w-]{86}[ \t\r]*$/.test(line))
  );
}

/** A line with nothing in it but white space. */
export function isBlankLine(line: string): boolean {
  return /^[ \t\r]*$/.test(line);
}

function isOnlyMember(value: JsonMembers): boolean {
  return Object.keys(value).length === 1;
}

function parseCheckpointLine(jws: string): ParsedLine | undefined {
  const signed = parseSignedCheckpoint(jws);
  return signed === undefined ? undefined : { kind: 'checkpoint', signed };
}

/** Version 1 cut texts anywhere, also in the middle of a character. */
function parseTextLine(line: string, whole: JsonMembers, value: JsonMembers): ParsedLine | undefined {
  const read = parseText(value);
  return read === undefined || !isStrict(line, whole, read.v === 1 && read.of > 1)
    ? undefined
    : { kind: 'text', text: read };
}

function parseEventLine(line: string, value: JsonMembers, proven: boolean): ParsedLine | undefined {
  const told = parseEventClaims(value);
  if (told === undefined || !isBounded(value)) return undefined;
  if (!proven) return isStrict(line, value) ? { kind: 'event', claims: told, value } : undefined;
  if (told.stub)
    return isStrict(line, value) ? { kind: 'event', claims: { ...told, ...proveStub(told, value) }, value } : undefined;
  const { fingerprint: actual, canonicalLine: written } = computeFingerprint(value, told.fingerprint);
  // A line in canonical form gives no name twice and holds no half of a character: nothing else has to be looked at.
  const isCanonical = written === line || (line.includes(String.raw`\u`) && escapeInvisible(written) === line);
  if (!isCanonical && !isStrict(line, value)) return undefined;
  const size = measureLine(written);
  told.computedFingerprint = actual;
  if (size > maxUnstubbedBytes) told.isLarge = true;
  told.stubDigest = () => hashSha256(canonicalize(reduceToStub(value, size)));
  return { kind: 'event', claims: told, value };
}

function proveStub(told: EventClaims, value: JsonMembers): Pick<EventClaims, 'isSmall' | 'stubDigest'> {
  const kilobytes = readUntruncatedSize(value);
  return {
    stubDigest: () => hashSha256(canonicalize(value)),
    ...(told.v === 2 && (kilobytes as number) < 9 ? { isSmall: true } : {}),
  };
}

/** The UTF-8 bytes of an event's line as a log has it, from its canonical form. */
function measureLine(written: string): number {
  const bytes = Buffer.byteLength(written);
  return bytes === written.length && !written.includes('\x7f') ? bytes : Buffer.byteLength(escapeInvisible(written));
}
