import { isIP } from 'node:net';
import type { AuditEvent, Json } from '../../core/index.js';
import { canonical, counted, optional, quoted } from './canonical.js';
import type { Telling } from './catalogue.js';
import { actorOf, subjectOf, userOf } from './people.js';
import { withheld } from './recorded.js';

/** What some classes have and others lack: each member from the comma before its name, empty where there is none. */
export interface Shape {
  readonly actor: string;
  readonly api: string;
  readonly app: string;
  readonly database: string;
  readonly dst_endpoint: string;
  readonly entity: string;
  readonly privileges: string;
  readonly query_info: string;
  readonly resources: string;
  readonly service: string;
  readonly session: string;
  readonly src_endpoint: string;
  readonly type_id: string;
  readonly user: string;
}

const none: Shape = {
  actor: '', api: '', app: '', database: '', dst_endpoint: '', entity: '', privileges: '', query_info: '', resources: '', service: '', session: '', src_endpoint: '', type_id: '', user: '',
};

/** `sql` is what may be recorded of a statement's text, `product` the gateway as an application. */
export function shapeOf(event: AuditEvent, telling: Telling, sql: string | undefined, product: string): Shape {
  switch (telling.class) {
    case 'datastore':
      return datastore(event, sql);
    case 'authentication':
      return { ...asking(event), service: `,"service":{"name":${quoted(event.connection ?? 'sallyport')}}`, user: `,"user":${userOf(event.who)}` };
    case 'authorizeSession':
      return { ...asking(event), privileges: privileges(event), user: `,"user":${userOf(subjectOf(event))}` };
    case 'api':
      return api(event);
    case 'entity':
      return { ...none, entity: entity(event) };
    case 'userManagement':
      return { ...none, privileges: privileges(event), user: `,"user":${grantee(event)}` };
    case 'lifecycle':
      return { ...none, app: `,"app":${product}` };
    default:
      return none;
  }
}

function datastore(event: AuditEvent, sql = withheld): Shape {
  const { scope, connection, data: { queryId, bytes }, statement, id } = event;
  return {
    ...acting(event),
    database: scope === undefined ? ',"database":{"name":"unknown","type_id":0}' : `,"database":{"name":${quoted(scope.database)},"type_id":1}`,
    dst_endpoint: optional(',"dst_endpoint":{"svc_name":', connection, '}'),
    query_info: `,"query_info":{${counted('"bytes":', bytes, ',')}"query_string":${quoted(sql)},"uid":${quoted(typeof queryId === 'string' ? queryId : (statement ?? id))}}`,
    type_id: ',"type_id":1',
  };
}

const operations: ReadonlyMap<string, string> = new Map([['breakglass.reviewed', 'breakglass.review'], ['actor.suspended', 'actor.suspend'], ['actor.reinstated', 'actor.reinstate']]);

function api(event: AuditEvent): Shape {
  const { code, data: { ticket, actor }, statement } = event;
  const operation = operations.get(code) ?? 'approval.decide';
  const suspended = code.startsWith('actor.') ? textOf(actor) : undefined;
  return {
    ...acting(event),
    api: `,"api":{"operation":"${operation}"${optional(',"request":{"uid":', textOf(ticket), '}')}}`,
    resources: optional(',"resources":[{"type":"actor","uid":', suspended, '}]') + optional(',"resources":[{"type":"statement","uid":', statement, '}]'),
  };
}

function asking(event: AuditEvent): Shape {
  return { ...acting(event), session: session(event) };
}

function acting(event: AuditEvent): Shape {
  return { ...none, actor: `,"actor":${actorOf(event)}`, src_endpoint: source(event) };
}

function source({ data }: AuditEvent): string {
  const transport = data['transport'] as { readonly address?: Json; readonly userAgent?: Json; readonly protocol?: Json } | undefined;
  const { address, userAgent, protocol } = transport ?? {};
  // A zone (RFC 4007) is nothing that another machine could make use of.
  const ip = typeof address === 'string' && isIP(address) !== 0 && !address.includes('%') ? address : undefined;
  return `,"src_endpoint":{${optional('"ip":', ip, ',')}"name":${quoted(textOf(userAgent) ?? textOf(protocol) ?? 'unknown')}}`;
}

function privileges({ scope, data: { access, schema } }: AuditEvent): string {
  const asked = typeof access === 'string' && typeof schema === 'string' ? `${access} ${schema}` : 'unknown';
  return `,"privileges":[${quoted(scope === undefined ? asked : `${scope.access} ${scope.database}.${scope.schema}`)}]`;
}

function session({ session: id, data: { engineSession, expiresAt, by }, code }: AuditEvent): string {
  if (id === undefined) return '';
  const time = typeof expiresAt === 'number' ? `"expiration_time":${canonical(expiresAt)},` : '';
  return `,"session":{${optional('"expiration_reason":', code === 'identity.shared' ? undefined : textOf(by), ',')}${time}"uid":${quoted(id)}${optional(',"uid_alt":', textOf(engineSession))}}`;
}

const entities: Partial<Record<AuditEvent['code'], readonly [name: string, type: string]>> = { 'policy.changed': ['policy', 'Policy'], 'clock.changed': ['clock', 'Clock'], 'audit.removed': ['record', 'Record'] };

function entity({ code, data: { after } }: AuditEvent): string {
  const [name, type] = entities[code] ?? ['configuration', 'Configuration'];
  return `,"entity":{"name":"${name}","type":"${type}"${optional(',"version":', textOf(after))}}`;
}

function grantee({ data: { user }, who }: AuditEvent): string {
  return typeof user === 'string' ? `{"type_id":0,"uid":${quoted(user)}}` : userOf(who);
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
