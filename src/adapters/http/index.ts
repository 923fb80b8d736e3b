import type { AuditSink } from '../../core/index.js';
import { HttpDelivery } from './delivery.js';
import { resolveSettings, type HttpOptions } from './options.js';

export { bulk, type BulkOptions } from './bulk.js';
export type { HttpFormat, MessageResult } from './format.js';
export { ndjson, type NdjsonOptions } from './ndjson.js';
export type { HttpOptions } from './options.js';
export { splunkHec, type SplunkOptions } from './splunk.js';

/**
 * Copies the record to a receiver that speaks HTTP: in order, at least once, repeated with growing pauses and as the
 * receiver's `Retry-After` asks. Follows no
 * redirect. Rejects with AUDIT_UNAVAILABLE, also when it is aborted, its reason a status or a code, never a text of the
 * receiver. Throws CONFIG_INVALID.
 */
export function httpSink(options: HttpOptions): AuditSink {
  const settings = resolveSettings(options);
  return { name: settings.name, deliver: (messages, signal) => new HttpDelivery(settings, signal).send(messages) };
}
