import { AccessError, type AuditEvent, type Json, type Link } from '../../core/index.js';
import { canonical, counted, optional, quoted } from './canonical.js';
import { activityOf, catalogue, classUids } from './catalogue.js';
import { fingerprintText } from './fingerprint.js';
import { outcomeOf } from './outcome.js';
import { agentOf, whoOf } from './people.js';
import { recorded } from './recorded.js';
import type { MapSettings } from './settings.js';
import { shapeOf } from './shapes.js';

/** An event as canonical JSON but for its own fingerprint, which has its place between the two. */
export interface Unsigned {
  readonly head: string;
  readonly tail: string;
  /** `type_uid`. */
  readonly type: number;
}

type Data = AuditEvent['data'];

/**
 * Writes events in OCSF 1.9, each as what follows the head of a chain. Every member is written in its place by RFC 8785 at once: to build an object, sort it and
 * write it then takes longer than all else that is done for an event.
 */
export function mapper(settings: MapSettings): (event: AuditEvent, before: Link, texts?: string) => Unsigned {
  const { authority, productVersion, tenant } = settings;
  const product = `{"name":"sallyport","vendor_name":"Sallyport","version":${quoted(productVersion)}}`;
  const writer = `,"log_name":"sallyport.audit","product":${product},"profiles":["ai_operation","security_control","record_integrity"],"sequence":`;
  const holder = `${optional(',"tenant_uid":', tenant)},"uid":`;
  return (event, before, texts) => {
    const { id, at, code, session, data: { operation, grant, durationMs } } = event;
    if (!Object.hasOwn(catalogue, code)) throw new AccessError('INTERNAL', 'an event has a code that is not in the catalogue');
    const telling = catalogue[code];
    const { data, sql } = recorded(event.data, settings, telling.class === 'datastore');
    const shape = shapeOf(event, telling, sql, product);
    const outcome = outcomeOf(event, telling);
    const activity = telling.activity === 'kind' ? activityOf(operation) : { id: telling.activity, name: telling.name };
    const uid = classUids[telling.class];
    const type = uid * 100 + activity.id;
    const policy = policyOf(event);
    const head = '{'
      + (outcome.action === undefined ? '' : `"action_id":${outcome.action},`)
      + `"activity_id":${activity.id}`
      + optional(',"activity_name":', activity.name)
      + shape.actor
      + agentOf(event)
      + shape.api
      + shape.app
      + `,"attestation_list":[{"authority_uid":"${authority}","chain_uid":${quoted(before.chain)}`;
    const tail = `${previousOf(before)}}]`
      + policy.authorizations
      + `,"category_uid":${Math.floor(uid / 1000)},"class_uid":${uid}`
      + shape.database
      + (typeof grant === 'string' ? `,"delegation":{"issuer_uid":"${authority}","uid":${quoted(grant)}}` : '')
      + (outcome.disposition === undefined ? '' : `,"disposition_id":${outcome.disposition}`)
      + shape.dst_endpoint
      + counted(',"duration":', durationMs)
      + shape.entity
      + (outcome.alert ? ',"is_alert":true' : '')
      + `,"message":"${telling.message}","metadata":{${optional('"correlation_uid":', session, ',')}"event_code":"${code}"${writer}${before.sequence + 1}${holder}${quoted(id)},"version":"1.9.0"}`
      + policy.policy
      + shape.privileges
      + shape.query_info
      + shape.resources
      + shape.service
      + shape.session
      + `,"severity_id":${outcome.severity}`
      + shape.src_endpoint
      + (outcome.status === 99 ? ',"status":"Pending"' : '')
      + optional(',"status_code":', outcome.why)
      + `,"status_id":${outcome.status},"time":${canonical(at)}`
      + shape.type_id
      + `,"type_uid":${type},"unmapped":{"sallyport":${oursOf(event, data, before.before, texts)}}`
      + `${shape.user}}`;
    return { head, tail, type };
  };
}

/** The event that this one follows. */
function previousOf({ id = '', type, fingerprint }: Link): string {
  return fingerprint === undefined ? '' : `,"prev_event":{"fingerprint":${fingerprintText(fingerprint)},"type_uid":${type},"uid":${quoted(id)}}`;
}

function policyOf({ data: { rules, policyVersion }, code }: AuditEvent): { readonly policy: string; readonly authorizations: string } {
  if (!Array.isArray(rules) || code === 'policy.changed') return { policy: '', authorizations: '' };
  const names = rules.filter((rule): rule is string => typeof rule === 'string').map(quoted);
  const decision = code.endsWith('.denied') ? 'deny' : 'allow';
  const version = optional(',"version":', typeof policyVersion === 'string' ? policyVersion : undefined);
  return {
    policy: `,"policy":{"uid":${names[0] ?? '"none"'}${version}}`,
    authorizations: names.length === 0 ? '' : `,"authorizations":[${names.map((name) => `{"decision":"${decision}","policy":{"uid":${name}}}`).join(',')}]`,
  };
}

/** What has no place in OCSF, and what an event is read back from. */
function oursOf(event: AuditEvent, data: Data, before: Link | undefined, texts: string | undefined): string {
  const { instance, statement, connection, scope } = event;
  const { trace, span } = traceOf(data);
  return '{'
    + (before === undefined ? '' : `"before":${canonical({ chain: before.chain, sequence: before.sequence, id: before.id, fingerprint: before.fingerprint, sealed: before.sealed ?? 0 })},`)
    + optional('"connection":', connection, ',')
    + `"data":${canonical(data)},"instance":${quoted(instance)}`
    + (scope === undefined ? '' : `,"scope":{"access":${quoted(scope.access)},"database":${quoted(scope.database)},"schema":${quoted(scope.schema)}}`)
    + optional(',"span_id":', span)
    + optional(',"statement":', statement)
    + (texts === undefined ? '' : `,"texts":${texts}`)
    + optional(',"trace_id":', trace)
    + `,"v":2${whoOf(event)}}`;
}

function traceOf({ context }: Data): { readonly trace?: string; readonly span?: string } {
  const { trace_id: trace, span_id: span } = (context as { readonly opentelemetry?: { readonly trace_id?: Json; readonly span_id?: Json } } | undefined)?.opentelemetry ?? {};
  return typeof trace === 'string' && typeof span === 'string' ? { trace, span } : {};
}
