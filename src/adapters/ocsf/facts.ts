import { isIP } from 'node:net';
import type { AuditEvent, Json } from '../../core/index.js';
import { activityOf, type Telling } from './catalogue.js';
import type { MapSettings } from './settings.js';

type Facts = Record<string, unknown>;

/** The attributes of an event that its class has a place for. */
export function factsOf(event: AuditEvent, telling: Telling, settings: MapSettings, sql: string | undefined): Facts {
  const facts: Facts = { severity_id: telling.severity, message: telling.message };
  Object.assign(facts, outcomeOf(event, telling), policyOf(event), settings.version === '1.9.0' || event.who !== undefined ? agentOf(event, settings) : undefined);
  return Object.assign(facts, shapes[telling.class]?.(event, telling, sql, settings));
}

function outcomeOf(event: AuditEvent, telling: Telling): Facts {
  const { code, data } = event;
  const facts: Facts = { status_id: telling.status };
  if (telling.status === 99) facts['status'] = 'Pending';
  if (telling.name !== undefined) facts['activity_name'] = telling.name;
  if (telling.action !== undefined) facts['action_id'] = telling.action;
  if (telling.disposition !== undefined) facts['disposition_id'] = telling.disposition;
  if (telling.alert) facts['is_alert'] = true;
  const why = whyOf(event);
  if (why !== undefined) facts['status_code'] = why;
  if (code === 'statement.delivered' && data['code'] !== undefined) facts['status_id'] = 2;
  if (code.endsWith('.denied') && data['at'] === 'approval' && data['code'] === 'APPROVAL_REJECTED') facts['disposition_id'] = 25;
  if (code === 'statement.denied' && data['code'] === 'GUARDED') facts['disposition_id'] = 2;
  if (code === 'statement.approval_decided' && data['decision'] !== 'approve') Object.assign(facts, { action_id: 2, disposition_id: 25, severity_id: 2 });
  // Somebody who may not decide tried to: on their own request, or their own agent's.
  if (code === 'statement.approval_decided' && data['decision'] === 'refused') Object.assign(facts, { status_id: 2, disposition_id: 26, severity_id: 3, is_alert: true });
  return facts;
}

/** Why not, for a machine: the reason, else the code. On a session that failed, `reason` is what the caller said it was for. */
function whyOf({ code, data }: AuditEvent): string | undefined {
  const told = data['code'] === undefined || code === 'session.failed' ? data['code'] : (data['reason'] ?? data['code']);
  const why = code === 'statement.approval_decided' ? data['why'] : told;
  return typeof why === 'string' ? why : undefined;
}

function policyOf({ data, code }: AuditEvent): Facts | undefined {
  const { rules, policyVersion } = data;
  if (!Array.isArray(rules) || code === 'policy.changed') return undefined;
  const names = rules.filter((rule): rule is string => typeof rule === 'string');
  const version = typeof policyVersion === 'string' ? { version: policyVersion } : {};
  const decision = code.endsWith('.denied') ? 'deny' : 'allow';
  return { policy: { uid: names[0] ?? 'none', ...version }, ...(names.length === 0 ? {} : { authorizations: names.map((uid) => ({ decision, policy: { uid } })) }) };
}

/** RFC 8693: who really acts, where that is somebody else than on whose authority. */
function agentOf(event: AuditEvent, { authority }: MapSettings): Facts {
  const { who, data } = event;
  const facts: Facts = {};
  if (who !== undefined && who.actor !== who.principal && revokerOf(event) === undefined) facts['ai_agent'] = { uid: who.actor, type_id: 0 };
  if (typeof data['grant'] === 'string') facts['delegation'] = { uid: data['grant'], issuer_uid: authority };
  return facts;
}

interface Pair {
  readonly principal: string;
  readonly actor: string;
}

function userOf(pair: Pair | undefined): Facts {
  return pair === undefined ? { name: 'unknown', type_id: 0 } : { uid: pair.principal, type_id: pair.actor === pair.principal ? 0 : 1 };
}

/** Whose session it is, where a reviewer decided on it: not who did. */
function subjectOf({ who, data }: AuditEvent): Pair | undefined {
  const { principal, actor } = (data['requester'] ?? {}) as Readonly<Record<string, Json>>;
  return typeof principal === 'string' && typeof actor === 'string' ? { principal, actor } : who;
}

/** Who ended a session of somebody else: its events name the owner. */
function revokerOf({ code, data: { revokedBy } }: AuditEvent): string | undefined {
  return code === 'session.revoked' && typeof revokedBy === 'string' ? revokedBy : undefined;
}

function actorOf(event: AuditEvent): Facts {
  const { who, session } = event;
  const revoker = revokerOf(event);
  if (revoker !== undefined) return { user: userOf({ principal: revoker, actor: revoker }), session: { uid: session } };
  const actor: Facts = { user: userOf(who) };
  const held: Facts = {};
  if (session !== undefined) held['uid'] = session;
  if (who !== undefined) held['issuer'] = who.issuer;
  if (who?.tokenId !== undefined) held['credential_uid'] = who.tokenId;
  if (session !== undefined || who !== undefined) actor['session'] = held;
  if (who?.client !== undefined) actor['application'] = { uid: who.client };
  return actor;
}

function sourceOf({ data }: AuditEvent): Facts {
  const transport = data['transport'] as { readonly address?: Json; readonly userAgent?: Json; readonly protocol?: Json } | undefined;
  const { address, userAgent, protocol } = transport ?? {};
  const endpoint: Facts = { name: typeof userAgent === 'string' ? userAgent : typeof protocol === 'string' ? protocol : 'unknown' };
  // A zone (RFC 4007) is nothing that another machine could make use of.
  if (typeof address === 'string' && isIP(address) !== 0 && !address.includes('%')) endpoint['ip'] = address;
  return endpoint;
}

function privilegesOf({ scope, data }: AuditEvent): readonly string[] {
  if (scope !== undefined) return [`${scope.access} ${scope.database}.${scope.schema}`];
  const { access, schema } = data;
  return [typeof access === 'string' && typeof schema === 'string' ? `${access} ${schema}` : 'unknown'];
}

function sessionOf({ session, data, code }: AuditEvent): Facts | undefined {
  if (session === undefined) return undefined;
  const facts: Facts = { uid: session };
  if (typeof data['engineSession'] === 'string') facts['uid_alt'] = data['engineSession'];
  if (typeof data['expiresAt'] === 'number') facts['expiration_time'] = data['expiresAt'];
  if (typeof data['by'] === 'string' && code !== 'identity.shared') facts['expiration_reason'] = data['by'];
  return { session: facts };
}

type Shape = (event: AuditEvent, telling: Telling, sql: string | undefined, settings: MapSettings) => Facts;

const product = (version: string): Facts => ({ name: 'sallyport', vendor_name: 'Sallyport', version });

const authorizing: Shape = (event) => ({ actor: actorOf(event), user: userOf(subjectOf(event)), privileges: privilegesOf(event), ...sessionOf(event), src_endpoint: sourceOf(event) });
const granting: Shape = (event) => ({ user: typeof event.data['user'] === 'string' ? { uid: event.data['user'], type_id: 0 } : userOf(event.who), privileges: privilegesOf(event) });

const shapes: Readonly<Record<string, Shape>> = {
  datastore(event, _telling, sql) {
    const { scope, connection, data, statement, id } = event;
    return {
      ...activityOf(data['operation']), actor: actorOf(event), src_endpoint: sourceOf(event), ...(connection === undefined ? {} : { dst_endpoint: { svc_name: connection } }),
      database: scope === undefined ? { name: 'unknown', type_id: 0 } : { name: scope.database, type_id: 1 }, type_id: 1,
      query_info: { uid: typeof data['queryId'] === 'string' ? data['queryId'] : statement ?? id, query_string: sql ?? withheld },
    };
  },
  authentication: (event) => ({ actor: actorOf(event), user: userOf(event.who), ...sessionOf(event), service: { name: event.connection ?? 'sallyport' }, src_endpoint: sourceOf(event) }),
  authorizeSession: authorizing,
  api: (event) => ({
    actor: actorOf(event), src_endpoint: sourceOf(event),
    api: { operation: event.code === 'breakglass.reviewed' ? 'breakglass.review' : 'approval.decide', ...(typeof event.data['ticket'] === 'string' ? { request: { uid: event.data['ticket'] } } : {}) },
    ...(event.statement === undefined ? {} : { resources: [{ uid: event.statement, type: 'statement' }] }),
  }),
  entity: ({ code, data }) => ({ entity: { name: code === 'policy.changed' ? 'policy' : 'configuration', type: code === 'policy.changed' ? 'Policy' : 'Configuration', ...(typeof data['after'] === 'string' ? { version: data['after'] } : {}) } }),
  userManagement: granting,
  lifecycle: (_event, _telling, _sql, { productVersion }) => ({ app: product(productVersion) }),
};

/** Stands where a text would: OCSF wants one. */
export const withheld = '[withheld]';
