import { AccessError, type Parcel } from '../../core/index.js';
import { checkpointOf, readCheckpoint } from './checkpoint.js';
import { envelopeOf, type Envelope } from './envelope.js';
import { attestationOf, sha256 } from './fingerprint.js';
import { stubOf } from './stub.js';
import type { SqlText } from './text.js';

/** A line as a receiver gets it, with CloudEvents 1.0 attributes as Kafka headers (binary mode). Throws INTERNAL for a line that is not ours. */
export function parcelOf(line: string, authority: string): Parcel {
  const jws = checkpointOf(line);
  if (jws !== undefined) return checkpointParcel(jws, authority);
  const envelope = envelopeOf(line);
  if (envelope !== undefined) return eventParcel(line, envelope, authority);
  const value = JSON.parse(line) as Envelope & { readonly sqltext?: SqlText };
  return value.sqltext === undefined ? eventParcel(line, value, authority) : textParcel(value.sqltext, authority);
}

/** The writer as a URI. */
export function sourceOf(authority: string): string {
  return `urn:sallyport:${authority}`;
}

function eventParcel(value: string, event: Envelope, authority: string): Parcel {
  const { metadata, time, class_uid, unmapped } = event;
  const { trace_id: trace, span_id: span } = unmapped?.sallyport ?? {};
  const key = metadata.correlation_uid ?? attestationOf(event as unknown as Readonly<Record<string, unknown>>)?.chain_uid;
  if (key === undefined) throw new AccessError('INTERNAL', 'an event without a session carries no chain');
  const headers = cloudEvent(metadata.uid, metadata.event_code, time, authority, metadata.correlation_uid);
  headers['ocsf_class_uid'] = String(class_uid);
  if (trace !== undefined && span !== undefined) headers['traceparent'] = `00-${trace}-${span}-01`;
  return { kind: 'event', id: metadata.uid, key, at: time, value, stub: () => stubOf(value), headers };
}

function checkpointParcel(jws: string, authority: string): Parcel {
  const checkpoint = readCheckpoint(jws);
  if (checkpoint === undefined) throw new AccessError('INTERNAL', 'a checkpoint cannot be read');
  const id = sha256(jws);
  return { kind: 'checkpoint', id, key: checkpoint.chain, at: checkpoint.at, value: jws, headers: { ...cloudEvent(id, 'checkpoint', checkpoint.at, authority, checkpoint.chain), 'content-type': 'application/jose' } };
}

function textParcel(text: SqlText, authority: string): Parcel {
  return { kind: 'text', id: text.id, key: text.session ?? text.id, at: text.at, value: JSON.stringify(text), headers: cloudEvent(text.id, 'sqltext', text.at, authority, text.session) };
}

function cloudEvent(id: string, type: string, at: number, authority: string, subject: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json', ce_specversion: '1.0', ce_id: id, ce_source: sourceOf(authority), ce_type: `dev.sallyport.${type}.v1`, ce_time: new Date(at).toISOString(),
  };
  if (subject !== undefined) headers['ce_subject'] = subject;
  return headers;
}
