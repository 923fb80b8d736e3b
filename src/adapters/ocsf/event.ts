import type { z } from 'zod';
import type { EventCode } from '../../core/index.js';
import type * as classes from './classes.js';
import type { eventDataSchemas } from './event-data-schemas.js';

/** Which OCSF class tells of which event. */
export interface EventClassByCode extends Record<EventCode, keyof typeof classes> {
  'gateway.started': 'lifecycle';
  'gateway.stopped': 'lifecycle';
  'session.requested': 'authorizeSession';
  'session.approval_requested': 'authorizeSession';
  'session.approved': 'authorizeSession';
  'session.denied': 'authorizeSession';
  'session.opened': 'authentication';
  'session.failed': 'authentication';
  'session.closed': 'authentication';
  'session.expired': 'authentication';
  'session.revoked': 'authentication';
  'statement.authorized': 'datastore';
  'statement.denied': 'datastore';
  'statement.approval_requested': 'datastore';
  'statement.approval_decided': 'api';
  'statement.executed': 'datastore';
  'statement.failed': 'datastore';
  'statement.delivered': 'datastore';
  'statement.replayed': 'datastore';
  'statement.unresolved': 'datastore';
  'statement.resolved': 'datastore';
  'engine.disagrees': 'appError';
  'grant.applied': 'userManagement';
  'grant.removed': 'userManagement';
  'policy.changed': 'entity';
  'config.changed': 'entity';
  'clock.changed': 'entity';
  'audit.removed': 'entity';
  'breakglass.activated': 'authorizeSession';
  'breakglass.reviewed': 'api';
  'identity.shared': 'authentication';
  'identity.refused': 'authentication';
  'actor.limited': 'authentication';
  'actor.suspended': 'api';
  'actor.reinstated': 'api';
  'audit.degraded': 'appError';
  'audit.recovered': 'appError';
  'audit.gap': 'appError';
}

/** The event of a code in OCSF 1.9 shape. */
export type OcsfEventOf<Code extends EventCode> = z.infer<(typeof classes)[EventClassByCode[Code]]> & {
  readonly metadata: { readonly event_code: Code };
  readonly unmapped: { readonly sallyport: { readonly data: z.infer<(typeof eventDataSchemas)[Code]> } };
};

/** Any event of ours. */
export type OcsfEvent = { [Code in EventCode]: OcsfEventOf<Code> }[EventCode];
