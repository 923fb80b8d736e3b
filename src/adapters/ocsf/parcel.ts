import { AccessError, type Parcel } from '../../core/index.js';
import { canonical } from './canonical.js';
import { plain } from './plain.js';
import { readLine } from './reading/line.js';
import type { Members } from './reading/strict.js';
import type { TextLine } from './reading/text-line.js';
import type { Told } from './reading/told.js';
import { largest, stubOf } from './stub.js';
import type { Signed } from './verify/seal.js';

/** A line as a receiver gets it, with CloudEvents 1.0 attributes as Kafka headers (binary mode). Throws INTERNAL for a line that is none of a log. */
export function parcelOf(line: string, authority: string): Parcel {
  const read = readLine(line, 'log');
  if (read === undefined || (read.kind === 'event' && read.told.stub)) throw new AccessError('INTERNAL', 'the journal was damaged: a line is none of a record');
  switch (read.kind) {
    case 'event':
      return eventParcel(line, read.told, read.value, authority);
    case 'checkpoint':
      return checkpointParcel(read.signed, authority);
    default:
      return textParcel(line, read.text, authority);
  }
}

/** The writer as a URI. */
export function sourceOf(authority: string): string {
  return `urn:sallyport:${authority}`;
}

function eventParcel(line: string, told: Told, value: Members, authority: string): Parcel {
  const { id, code, at, session, chain } = told;
  const { trace_id: trace, span_id: span } = (value['unmapped'] as { readonly sallyport: { readonly trace_id?: string; readonly span_id?: string } }).sallyport;
  const headers = cloudEvent(id, code, at, authority, session);
  headers['ocsf_class_uid'] = String(value['class_uid']);
  if (trace !== undefined && span !== undefined) headers['traceparent'] = `00-${trace}-${span}-01`;
  return { kind: 'event', id, key: session ?? chain, at, value: line, headers, ...(Buffer.byteLength(line) > largest ? { stub: () => stubOf(line) } : {}) };
}

function checkpointParcel({ jws, digest: id, claims: { chain, at } }: Signed, authority: string): Parcel {
  return { kind: 'checkpoint', id, key: chain, at, value: jws, headers: { ...cloudEvent(id, 'checkpoint', at, authority, chain), 'content-type': 'application/jose' } };
}

const wrapping = '{"sqltext":';

/** As it stands in the log, without what it stands in. */
function textParcel(line: string, { id, session, at }: TextLine, authority: string): Parcel {
  const value = line.startsWith(wrapping) ? line.trimEnd().slice(wrapping.length, -1) : plain(canonical((JSON.parse(line) as { readonly sqltext: unknown }).sqltext));
  return { kind: 'text', id, key: session ?? id, at, value, headers: cloudEvent(id, 'sqltext', at, authority, session) };
}

function cloudEvent(id: string, type: string, at: number, authority: string, subject: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json', ce_specversion: '1.0', ce_id: id, ce_source: sourceOf(authority), ce_type: `dev.sallyport.${type}.v1`, ce_time: new Date(at).toISOString(),
  };
  if (subject !== undefined) headers['ce_subject'] = subject;
  return headers;
}
