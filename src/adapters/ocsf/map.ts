import type { AuditEvent, Json } from '../../core/index.js';
import { catalogue, classUids } from './catalogue.js';
import type { OcsfEvent } from './event.js';
import { factsOf } from './facts.js';
import { project } from './projection.js';
import { recorded } from './recorded.js';
import type { MapSettings } from './settings.js';

/** An event before it is part of a chain. */
export type Unchained = Omit<OcsfEvent, 'metadata' | 'attestation_list'> & { readonly metadata: Omit<OcsfEvent['metadata'], 'sequence'> };

type Data = AuditEvent['data'];

const profiles = { '1.9.0': ['ai_operation', 'security_control', 'record_integrity'], '1.8.0': ['security_control'], '1.3.0': [], '1.1.0': [] } as const;

/** An event in the OCSF version asked for; what that version has no place for stands in `unmapped`. The chain adds sequence and attestation. */
export function toOcsf(event: AuditEvent, settings: MapSettings): Unchained {
  const telling = catalogue[event.code];
  const { data, sql } = recorded(event.data, settings, telling.class === 'datastore');
  const facts = factsOf(event, telling, settings, sql);
  const class_uid = classUids[telling.class];
  const { id, at, code, session } = event;
  const { version, productVersion, tenant } = settings;
  const metadata: Record<string, unknown> = {
    version, uid: id, event_code: code, log_name: 'sallyport.audit', product: { name: 'sallyport', vendor_name: 'Sallyport', version: productVersion }, profiles: profiles[version],
  };
  if (session !== undefined) metadata['correlation_uid'] = session;
  if (tenant !== undefined) metadata['tenant_uid'] = tenant;
  const activity = (facts['activity_id'] ?? telling.activity) as number;
  const full = Object.assign(facts, {
    class_uid, category_uid: Math.floor(class_uid / 1000), activity_id: activity, type_uid: class_uid * 100 + activity, time: at, metadata, unmapped: { sallyport: extrasOf(event, data) },
  });
  return (version === '1.9.0' ? full : project(full, version)) as unknown as Unchained;
}

function extrasOf({ instance, statement, connection, who, scope }: AuditEvent, data: Data): Readonly<Record<string, unknown>> {
  const extras: Record<string, unknown> = { v: 1, instance, data };
  if (statement !== undefined) extras['statement'] = statement;
  if (connection !== undefined) extras['connection'] = connection;
  if (who !== undefined) extras['who'] = who;
  if (scope !== undefined) extras['scope'] = scope;
  const trace = (data['context'] as { readonly opentelemetry?: { readonly trace_id?: Json; readonly span_id?: Json } } | undefined)?.opentelemetry;
  if (typeof trace?.trace_id === 'string' && typeof trace.span_id === 'string') Object.assign(extras, { trace_id: trace.trace_id, span_id: trace.span_id });
  return extras;
}
