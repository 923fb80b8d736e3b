import type { Standing } from '../../../core/index.js';
import { canonical } from '../canonical.js';
import { eventFingerprint, sha256 } from '../fingerprint.js';
import { plain } from '../plain.js';
import { largest, stubbed } from '../stub.js';
import { signedOf, type Signed } from '../verify/seal.js';
import { isMembers, isBounded, isStrict, parsedObject, type Members } from './strict.js';
import { textOf, type TextLine } from './text-line.js';
import { cutOf, toldOf, type Told } from './told.js';

/** What a line is. */
export type Line =
  | { readonly kind: 'event'; readonly told: Told; readonly value: Members }
  | { readonly kind: 'checkpoint'; readonly signed: Signed }
  | { readonly kind: 'text'; readonly text: TextLine };

const bare = /^[ \t\r]*([\w-]+\.[\w-]+\.[\w-]+)[ \t\r]*$/;
/** UTF-16 units: a line that has fewer may still be too long. */
const longest = 16_777_216;

/**
 * The one reader: who reads a record, for whatever purpose, takes a line for what this says. Undefined for what is no line of a record. `proven` also computes what an event's fingerprint
 * ought to be (`told.actual`).
 */
export function readLine(line: string, standing: Standing, proven = false): Line | undefined {
  if (line.length > longest / 3 && Buffer.byteLength(line) > longest) return undefined;
  const jws = standing === 'log' ? undefined : bare.exec(line)?.[1];
  if (jws !== undefined) return checkpoint(jws);
  const value = parsedObject(line);
  if (value === undefined) return undefined;
  const { checkpoint: stamp, sqltext } = value;
  if (stamp !== undefined) return typeof stamp === 'string' && isAlone(value) && isStrict(line, value) ? checkpoint(stamp) : undefined;
  if (sqltext !== undefined) return isMembers(sqltext) && isAlone(value) ? text(line, value, sqltext) : undefined;
  if (standing !== 'log' && value['text'] !== undefined) return text(line, value, value);
  return event(line, value, proven);
}

/** Whether a last line that no newline ends was written to its end: it is JSON that all readers read the same, or in an export a bare checkpoint. */
export function isWholeLine(line: string, standing: Standing): boolean {
  const value = parsedObject(line);
  return (value !== undefined && isStrict(line, value) && isBounded(value)) || (standing !== 'log' && /^[ \t\r]*[\w-]+\.[\w-]+\.[\w-]{86}[ \t\r]*$/.test(line));
}

/** A line with nothing in it but white space. */
export function isEmpty(line: string): boolean {
  return /^[ \t\r]*$/.test(line);
}

function isAlone(value: Members): boolean {
  return Object.keys(value).length === 1;
}

function checkpoint(jws: string): Line | undefined {
  const signed = signedOf(jws);
  return signed === undefined ? undefined : { kind: 'checkpoint', signed };
}

/** Version 1 cut texts anywhere, also in the middle of a character. */
function text(line: string, whole: Members, value: Members): Line | undefined {
  const read = textOf(value);
  return read === undefined || !isStrict(line, whole, read.v === 1 && read.of > 1) ? undefined : { kind: 'text', text: read };
}

function event(line: string, value: Members, proven: boolean): Line | undefined {
  const told = toldOf(value);
  if (told === undefined || !isBounded(value)) return undefined;
  if (!proven) return isStrict(line, value) ? { kind: 'event', told, value } : undefined;
  if (told.stub) return isStrict(line, value) ? { kind: 'event', told: { ...told, ...provenStub(told, value) }, value } : undefined;
  const { fingerprint: actual, written } = eventFingerprint(value, told.fingerprint);
  // A line in canonical form gives no name twice and holds no half of a character: nothing else has to be looked at.
  const isCanonical = written === line || (line.includes(String.raw`\u`) && plain(written) === line);
  if (!isCanonical && !isStrict(line, value)) return undefined;
  const size = sizeOf(written);
  told.actual = actual;
  if (size > largest) told.isLarge = true;
  told.stubDigest = () => sha256(canonical(stubbed(value, size)));
  return { kind: 'event', told, value };
}

function provenStub(told: Told, value: Members): Pick<Told, 'isSmall' | 'stubDigest'> {
  const kilobytes = cutOf(value);
  return { stubDigest: () => sha256(canonical(value)), ...(told.v === 2 && (kilobytes as number) < 9 ? { isSmall: true } : {}) };
}

/** The UTF-8 bytes of an event's line as a log has it, from its canonical form. */
function sizeOf(written: string): number {
  const bytes = Buffer.byteLength(written);
  return bytes === written.length && !written.includes('\x7f') ? bytes : Buffer.byteLength(plain(written));
}
