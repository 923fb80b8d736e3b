import type { EventCode } from '../../core/index.js';
import type { ClassOf } from './event.js';

/** How an event is told in OCSF. */
export interface Telling<Class extends string = string> {
  readonly class: Class;
  /** `kind`: by the statement's verb. */
  readonly activity: number | 'kind';
  /** The name of activity 99. */
  readonly name?: string;
  /** 0 unknown, 1 success, 2 failure, 99 pending. */
  readonly status: 0 | 1 | 2 | 99;
  /** 1 allowed, 2 denied, 3 observed. */
  readonly action?: 1 | 2 | 3;
  /** 1 allowed, 2 blocked, 8 approved, 14 delayed, 17 logged, 19 alert, 24 access revoked, 25 rejected, 26 unauthorized, 27 error. */
  readonly disposition?: number;
  /** 1 informational to 5 critical. */
  readonly severity: 1 | 2 | 3 | 4 | 5;
  readonly alert?: true;
  readonly message: string;
}

/** Every code of the record, and what it is in OCSF. */
export const catalogue: { readonly [Code in EventCode]: Telling<ClassOf[Code]> } = {
  'gateway.started': { class: 'lifecycle', activity: 3, status: 1, severity: 1, message: 'the gateway started' },
  'gateway.stopped': { class: 'lifecycle', activity: 4, status: 1, severity: 1, message: 'the gateway stopped' },
  'session.requested': { class: 'authorizeSession', activity: 99, name: 'Request Session', status: 1, action: 3, disposition: 17, severity: 1, message: 'a session was asked for' },
  'session.approval_requested': { class: 'authorizeSession', activity: 99, name: 'Request Approval', status: 99, action: 3, disposition: 14, severity: 1, message: 'a session waits for a person' },
  'session.approved': { class: 'authorizeSession', activity: 3, status: 1, action: 1, disposition: 8, severity: 1, message: 'a session was approved' },
  'session.denied': { class: 'authorizeSession', activity: 3, status: 2, action: 2, disposition: 26, severity: 2, message: 'a session was denied' },
  'session.opened': { class: 'authentication', activity: 1, status: 1, action: 1, disposition: 1, severity: 1, message: 'a session opened' },
  'session.failed': { class: 'authentication', activity: 1, status: 2, action: 1, disposition: 27, severity: 2, message: 'a session did not open' },
  'session.closed': { class: 'authentication', activity: 2, status: 1, action: 1, disposition: 17, severity: 1, message: 'a session closed' },
  'session.expired': { class: 'authentication', activity: 2, status: 1, action: 1, disposition: 17, severity: 1, message: 'a session reached its deadline' },
  'session.revoked': { class: 'authentication', activity: 2, status: 1, action: 2, disposition: 24, severity: 3, alert: true, message: 'a session was revoked' },
  'statement.authorized': { class: 'datastore', activity: 'kind', status: 0, action: 1, disposition: 17, severity: 1, message: 'a statement may run' },
  'statement.denied': { class: 'datastore', activity: 'kind', status: 2, action: 2, disposition: 26, severity: 3, alert: true, message: 'a statement was denied' },
  'statement.approval_requested': { class: 'datastore', activity: 'kind', status: 99, action: 3, disposition: 14, severity: 1, message: 'a statement waits for a person' },
  'statement.approval_decided': { class: 'api', activity: 3, status: 1, action: 1, disposition: 8, severity: 1, message: 'a person decided on a statement' },
  'statement.executed': { class: 'datastore', activity: 'kind', status: 1, action: 1, disposition: 1, severity: 1, message: 'a statement ran' },
  'statement.failed': { class: 'datastore', activity: 'kind', status: 2, action: 1, disposition: 27, severity: 2, message: 'a statement failed' },
  'statement.delivered': { class: 'datastore', activity: 'kind', status: 1, action: 1, disposition: 17, severity: 1, message: 'the rows of a statement were delivered' },
  'statement.replayed': { class: 'datastore', activity: 'kind', status: 1, action: 3, disposition: 17, severity: 1, message: 'the outcome of a statement that ran before was told again' },
  'statement.unresolved': { class: 'datastore', activity: 'kind', status: 0, action: 1, disposition: 17, severity: 4, alert: true, message: 'nobody here can tell whether a statement ran' },
  'statement.resolved': { class: 'datastore', activity: 'kind', status: 1, action: 3, disposition: 17, severity: 1, message: 'the engine told what became of a statement' },
  'engine.disagrees': { class: 'appError', activity: 1, status: 2, severity: 4, alert: true, message: 'the engine reads a statement otherwise than the analysis' },
  'grant.applied': { class: 'userManagement', activity: 16, status: 1, action: 1, disposition: 1, severity: 2, message: 'rights were given at the engine' },
  'grant.removed': { class: 'userManagement', activity: 17, status: 1, action: 1, disposition: 1, severity: 2, message: 'rights were taken back at the engine' },
  'policy.changed': { class: 'entity', activity: 3, status: 1, severity: 2, message: 'the policy changed' },
  'config.changed': { class: 'entity', activity: 3, status: 1, severity: 2, message: 'the configuration changed' },
  'breakglass.activated': { class: 'authorizeSession', activity: 3, status: 1, action: 1, disposition: 19, severity: 5, alert: true, message: 'somebody broke the glass' },
  'breakglass.reviewed': { class: 'api', activity: 3, status: 1, action: 1, disposition: 8, severity: 2, message: 'somebody looked at what was done behind broken glass' },
  'identity.shared': { class: 'authentication', activity: 99, name: 'Identity Shared', status: 1, action: 3, disposition: 19, severity: 3, alert: true, message: 'one identity was used from two places' },
  'identity.refused': { class: 'authentication', activity: 1, status: 2, action: 2, disposition: 2, severity: 3, alert: true, message: 'a credential was refused' },
  'actor.limited': { class: 'authentication', activity: 99, name: 'Requests Limited', status: 2, action: 2, disposition: 2, severity: 3, alert: true, message: 'a caller asked more than is allowed' },
  'actor.suspended': { class: 'api', activity: 3, status: 1, action: 2, disposition: 24, severity: 3, alert: true, message: 'a reviewer closed the door on an actor' },
  'actor.reinstated': { class: 'api', activity: 3, status: 1, action: 1, disposition: 8, severity: 2, message: 'a reviewer opened the door to an actor again' },
  'audit.removed': { class: 'entity', activity: 4, status: 1, severity: 1, message: 'retention removed the oldest part of the record' },
  'clock.changed': { class: 'entity', activity: 3, status: 1, severity: 3, alert: true, message: 'the clock was put forward or back' },
  'audit.degraded': { class: 'appError', activity: 1, status: 2, severity: 4, alert: true, message: 'the record is in trouble' },
  'audit.recovered': { class: 'appError', activity: 1, status: 1, severity: 4, message: 'the record is well again' },
  'audit.gap': { class: 'appError', activity: 1, status: 2, severity: 4, alert: true, message: 'something is missing in the record' },
};

export const classUids = { datastore: 6005, authentication: 3002, authorizeSession: 3003, api: 6003, entity: 3004, userManagement: 3007, userAccess: 3005, lifecycle: 6002, appError: 6008 } as const;

/** 6005's activities by verb: what a statement does to the data, as far as OCSF tells it. */
const verbs: ReadonlyMap<string, number> = new Map(Object.entries({
  SELECT: 4, WITH: 4, VALUES: 4, SHOW: 8, DESCRIBE: 8, DESC: 8, LIST: 8, LS: 8, EXPLAIN: 8, GET: 1, INSERT: 5, COPY: 5, MERGE: 5, PUT: 5, UPDATE: 2, ALTER: 2, CREATE: 6, DELETE: 7, TRUNCATE: 7, DROP: 7,
}));

/** Activity of a statement by its leading verb; 99 with the verb as its name for any other, 0 where it is unknown. */
export function activityOf(operation: unknown): { readonly id: number; readonly name: string | undefined } {
  if (typeof operation !== 'string' || operation === '') return { id: 0, name: undefined };
  const known = verbs.get(operation) ?? verbs.get(operation.toUpperCase().split(' ', 1)[0] ?? '');
  return known === undefined ? { id: 99, name: operation } : { id: known, name: undefined };
}
