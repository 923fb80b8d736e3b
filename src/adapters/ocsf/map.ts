import type { AuditEvent } from '../../core/index.js';
import type { OcsfEvent } from './event.js';
export interface MapSettings {
  readonly version: '1.9.0' | '1.8.0' | '1.3.0' | '1.1.0'; readonly authority: string; readonly productVersion: string;
  readonly hmac: (digest: string) => string; readonly level: 'metadata' | 'redacted' | 'full'; readonly tenant?: string; readonly account?: string;
}
export function toOcsf(event: AuditEvent, settings: MapSettings): OcsfEvent {
  const { id, code, at, session, text: _text, ...rest } = event;
  const { digest, ...data } = event.data;
  return {
    class_uid: 6005, type_uid: 600504, time: at, metadata: { uid: id, version: settings.version, event_code: code, ...(session === undefined ? {} : { correlation_uid: session }) },
    unmapped: { sallyport: { v: 1, ...rest, data: { ...data, ...(typeof digest === 'string' ? { sql_hmac: settings.hmac(digest) } : {}) } } },
  };
}
export function fromOcsf(event: unknown): AuditEvent | undefined {
  const { metadata, time, unmapped } = event as OcsfEvent;
  if (metadata === undefined || unmapped === undefined) return undefined;
  const { v: _v, before: _b, code: _c, ...rest } = unmapped.sallyport as Record<string, unknown>;
  return { id: metadata.uid, code: metadata.event_code, at: time, ...(metadata.correlation_uid === undefined ? {} : { session: metadata.correlation_uid }), ...rest } as AuditEvent;
}
