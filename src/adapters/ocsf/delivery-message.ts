import { AccessError, type DeliveryMessage } from '../../core/index.js';
import { canonicalize } from './canonical.js';
import { escapeInvisible } from './escape-invisible.js';
import { parseLine } from './parse/line.js';
import type { JsonMembers } from './parse/strict-json.js';
import type { TextLine } from './parse/text-line.js';
import type { EventClaims } from './parse/event-claims.js';
import { maxUnstubbedBytes, createStub } from './stub.js';
import type { SignedCheckpoint } from './verify/signed-checkpoint.js';

/**
 * A line as a receiver gets it, with CloudEvents 1.0 attributes as Kafka headers (binary mode). Throws INTERNAL for a
 * line that is none of a log.
 */
export function createDeliveryMessage(line: string, authority: string): DeliveryMessage {
  const read = parseLine(line, 'log');
  if (read === undefined || (read.kind === 'event' && read.claims.stub))
    throw new AccessError('INTERNAL', 'the journal was damaged: a line is not a record line');
  switch (read.kind) {
    case 'event':
      return createEventMessage(line, read.claims, read.value, authority);
    case 'checkpoint':
      return createCheckpointMessage(read.signed, authority);
    default:
      return createTextMessage(line, read.text, authority);
  }
}

/** The writer as a URI. */
export function formatSource(authority: string): string {
  return `urn:sallyport:${authority}`;
}

function createEventMessage(line: string, told: EventClaims, value: JsonMembers, authority: string): DeliveryMessage {
  const { id, code, at, session, chain } = told;
  const { trace_id: trace, span_id: span } = (
    value['unmapped'] as { readonly sallyport: { readonly trace_id?: string; readonly span_id?: string } }
  ).sallyport;
  const headers = createCloudEventHeaders(id, code, at, authority, session);
  headers['ocsf_class_uid'] = String(value['class_uid']);
  if (trace !== undefined && span !== undefined) headers['traceparent'] = `00-${trace}-${span}-01`;
  return {
    kind: 'event',
    id,
    key: session ?? chain,
    at,
    value: line,
    headers,
    ...(Buffer.byteLength(line) > maxUnstubbedBytes ? { stub: () => createStub(line) } : {}),
  };
}

function createCheckpointMessage(
  { jws, digest: id, claims: { chain, at } }: SignedCheckpoint,
  authority: string,
): DeliveryMessage {
  return {
    kind: 'checkpoint',
    id,
    key: chain,
    at,
    value: jws,
    headers: { ...createCloudEventHeaders(id, 'checkpoint', at, authority, chain), 'content-type': 'application/jose' },
  };
}

const textLinePrefix = '{"sqltext":';

/** As it stands in the log, without what it stands in. */
function createTextMessage(line: string, { id, session, at }: TextLine, authority: string): DeliveryMessage {
  const value = line.startsWith(textLinePrefix)
    ? line.trimEnd().slice(textLinePrefix.length, -1)
    : escapeInvisible(canonicalize((JSON.parse(line) as { readonly sqltext: unknown }).sqltext));
  return {
    kind: 'text',
    id,
    key: session ?? id,
    at,
    value,
    headers: createCloudEventHeaders(id, 'sqltext', at, authority, session),
  };
}

function createCloudEventHeaders(
  id: string,
  type: string,
  at: number,
  authority: string,
  subject: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: formatSource(authority),
    ce_type: `dev.sallyport.${type}.v1`,
    ce_time: new Date(at).toISOString(),
  };
  if (subject !== undefined) headers['ce_subject'] = subject;
  return headers;
}
