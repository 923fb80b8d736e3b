import { AccessError, type AuditEvent, type Json, type ChainHead } from '../../core/index.js';
import { canonicalize, writeCount, writeOptional, quoteJson } from './canonical.js';
import { resolveActivity, eventCatalogue, classUids } from './event-catalogue.js';
import { formatFingerprint } from './fingerprint.js';
import { resolveOutcome } from './outcome-codes.js';
import { writeAgent, writeWho } from './identity-members.js';
import { limitRecordedData } from './recordable-data.js';
import type { MapSettings } from './map-settings.js';
import { writeClassMembers } from './class-members.js';

/** An event as canonical JSON but for its own fingerprint, which has its place between the two. */
export interface UnsignedEvent {
  readonly head: string;
  readonly tail: string;
  /** `type_uid`. */
  readonly type: number;
}

type Data = AuditEvent['data'];

/**
 * Writes events in OCSF 1.9, each as what follows the head of a chain. Every member is written in its place by RFC 8785
 * at once: to build an object, sort it and
 * write it then takes longer than all else that is done for an event.
 */
export function createEventMapper(
  settings: MapSettings,
): (event: AuditEvent, before: ChainHead, texts?: string) => UnsignedEvent {
  const { authority, productVersion, tenant } = settings;
  const product = `{"name":"sallyport","vendor_name":"Sallyport","version":${quoteJson(productVersion)}}`;
  const writer = `,"log_name":"sallyport.audit","product":${product},"profiles":["ai_operation","security_control","record_integrity"],"sequence":`;
  const holder = `${writeOptional(',"tenant_uid":', tenant)},"uid":`;
  return (event, before, texts) => {
    const {
      id,
      at,
      code,
      session,
      data: { operation, grant, durationMs },
    } = event;
    if (!Object.hasOwn(eventCatalogue, code))
      throw new AccessError('INTERNAL', 'an event has a code that is not in the catalogue');
    const telling = eventCatalogue[code];
    const { data, sql } = limitRecordedData(event.data, settings, telling.class === 'datastore');
    const shape = writeClassMembers(event, telling, sql, product);
    const outcome = resolveOutcome(event, telling);
    const activity =
      telling.activity === 'kind' ? resolveActivity(operation) : { id: telling.activity, name: telling.name };
    const uid = classUids[telling.class];
    const type = uid * 100 + activity.id;
    const policy = writePolicy(event);
    const head =
      '{' +
      (outcome.action === undefined ? '' : `"action_id":${outcome.action},`) +
      `"activity_id":${activity.id}` +
      writeOptional(',"activity_name":', activity.name) +
      shape.actor +
      writeAgent(event) +
      shape.api +
      shape.app +
      `,"attestation_list":[{"authority_uid":"${authority}","chain_uid":${quoteJson(before.chain)}`;
    const tail =
      `${writePrevious(before)}}]` +
      policy.authorizations +
      `,"category_uid":${Math.floor(uid / 1000)},"class_uid":${uid}` +
      shape.database +
      (typeof grant === 'string' ? `,"delegation":{"issuer_uid":"${authority}","uid":${quoteJson(grant)}}` : '') +
      (outcome.disposition === undefined ? '' : `,"disposition_id":${outcome.disposition}`) +
      shape.dst_endpoint +
      writeCount(',"duration":', durationMs) +
      shape.entity +
      (outcome.alert ? ',"is_alert":true' : '') +
      `,"message":"${telling.message}","metadata":{${writeOptional('"correlation_uid":', session, ',')}"event_code":"${code}"${writer}${before.sequence + 1}${holder}${quoteJson(id)},"version":"1.9.0"}` +
      policy.policy +
      shape.privileges +
      shape.query_info +
      shape.resources +
      shape.service +
      shape.session +
      `,"severity_id":${outcome.severity}` +
      shape.src_endpoint +
      (outcome.status === 99 ? ',"status":"Pending"' : '') +
      writeOptional(',"status_code":', outcome.why) +
      `,"status_id":${outcome.status},"time":${canonicalize(at)}` +
      shape.type_id +
      `,"type_uid":${type},"unmapped":{"sallyport":${writeOwnMembers(event, data, before.before, texts)}}` +
      `${shape.user}}`;
    return { head, tail, type };
  };
}

/** The event that this one follows. */
function writePrevious({ id = '', type, fingerprint }: ChainHead): string {
  return fingerprint === undefined
    ? ''
    : `,"prev_event":{"fingerprint":${formatFingerprint(fingerprint)},"type_uid":${type},"uid":${quoteJson(id)}}`;
}

function writePolicy({ data: { rules, policyVersion }, code }: AuditEvent): {
  readonly policy: string;
  readonly authorizations: string;
} {
  if (!Array.isArray(rules) || code === 'policy.changed') return { policy: '', authorizations: '' };
  const names = rules.filter((rule): rule is string => typeof rule === 'string').map(quoteJson);
  const decision = code.endsWith('.denied') ? 'deny' : 'allow';
  const version = writeOptional(',"version":', typeof policyVersion === 'string' ? policyVersion : undefined);
  return {
    policy: `,"policy":{"uid":${names[0] ?? '"none"'}${version}}`,
    authorizations:
      names.length === 0
        ? ''
        : `,"authorizations":[${names.map((name) => `{"decision":"${decision}","policy":{"uid":${name}}}`).join(',')}]`,
  };
}

/** What has no place in OCSF, and what an event is read back from. */
function writeOwnMembers(
  event: AuditEvent,
  data: Data,
  before: ChainHead | undefined,
  texts: string | undefined,
): string {
  const { instance, statement, connection, scope } = event;
  const { trace, span } = readTrace(data);
  return (
    '{' +
    (before === undefined
      ? ''
      : `"before":${canonicalize({ chain: before.chain, sequence: before.sequence, id: before.id, fingerprint: before.fingerprint, sealed: before.sealed ?? 0 })},`) +
    writeOptional('"connection":', connection, ',') +
    `"data":${canonicalize(data)},"instance":${quoteJson(instance)}` +
    (scope === undefined
      ? ''
      : `,"scope":{"access":${quoteJson(scope.access)},"database":${quoteJson(scope.database)},"schema":${quoteJson(scope.schema)}}`) +
    writeOptional(',"span_id":', span) +
    writeOptional(',"statement":', statement) +
    (texts === undefined ? '' : `,"texts":${texts}`) +
    writeOptional(',"trace_id":', trace) +
    `,"v":2${writeWho(event)}}`
  );
}

function readTrace({ context }: Data): { readonly trace?: string; readonly span?: string } {
  const { trace_id: trace, span_id: span } =
    (context as { readonly opentelemetry?: { readonly trace_id?: Json; readonly span_id?: Json } } | undefined)
      ?.opentelemetry ?? {};
  return typeof trace === 'string' && typeof span === 'string' ? { trace, span } : {};
}
