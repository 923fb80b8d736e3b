import { isIP } from 'node:net';
import type { AuditEvent, Json } from '../../core/index.js';
import { canonicalize, writeCount, writeOptional, quoteJson } from './canonical.js';
import type { OcsfMapping } from './event-catalogue.js';
import { writeActor, selectSubject, writeUser } from './identity-members.js';
import { withheldText } from './recordable-data.js';

/** What some classes have and others lack: each member from the comma before its name, empty where there is none. */
export interface ClassMembers {
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

const noMembers: ClassMembers = {
  actor: '',
  api: '',
  app: '',
  database: '',
  dst_endpoint: '',
  entity: '',
  privileges: '',
  query_info: '',
  resources: '',
  service: '',
  session: '',
  src_endpoint: '',
  type_id: '',
  user: '',
};

/** `sql` is what may be recorded of a statement's text, `product` the gateway as an application. */
export function writeClassMembers(
  event: AuditEvent,
  telling: OcsfMapping,
  sql: string | undefined,
  product: string,
): ClassMembers {
  switch (telling.class) {
    case 'datastore':
      return writeDatastore(event, sql);
    case 'authentication':
      return {
        ...writeRequest(event),
        service: `,"service":{"name":${quoteJson(event.connection ?? 'sallyport')}}`,
        user: `,"user":${writeUser(event.who)}`,
      };
    case 'authorizeSession':
      return {
        ...writeRequest(event),
        privileges: writePrivileges(event),
        user: `,"user":${writeUser(selectSubject(event))}`,
      };
    case 'api':
      return writeApi(event);
    case 'entity':
      return { ...noMembers, entity: writeEntity(event) };
    case 'userManagement':
      return { ...noMembers, privileges: writePrivileges(event), user: `,"user":${writeGrantee(event)}` };
    case 'lifecycle':
      return { ...noMembers, app: `,"app":${product}` };
    default:
      return noMembers;
  }
}

function writeDatastore(event: AuditEvent, sql = withheldText): ClassMembers {
  const {
    scope,
    connection,
    data: { queryId, bytes },
    statement,
    id,
  } = event;
  return {
    ...writeActing(event),
    database:
      scope === undefined
        ? ',"database":{"name":"unknown","type_id":0}'
        : `,"database":{"name":${quoteJson(scope.database)},"type_id":1}`,
    dst_endpoint: writeOptional(',"dst_endpoint":{"svc_name":', connection, '}'),
    query_info: `,"query_info":{${writeCount('"bytes":', bytes, ',')}"query_string":${quoteJson(sql)},"uid":${quoteJson(typeof queryId === 'string' ? queryId : (statement ?? id))}}`,
    type_id: ',"type_id":1',
  };
}

const operations: ReadonlyMap<string, string> = new Map([
  ['breakglass.reviewed', 'breakglass.review'],
  ['actor.suspended', 'actor.suspend'],
  ['actor.reinstated', 'actor.reinstate'],
]);

function writeApi(event: AuditEvent): ClassMembers {
  const {
    code,
    data: { ticket, actor },
    statement,
  } = event;
  const operation = operations.get(code) ?? 'approval.decide';
  const suspended = code.startsWith('actor.') ? toText(actor) : undefined;
  return {
    ...writeActing(event),
    api: `,"api":{"operation":"${operation}"${writeOptional(',"request":{"uid":', toText(ticket), '}')}}`,
    resources:
      writeOptional(',"resources":[{"type":"actor","uid":', suspended, '}]') +
      writeOptional(',"resources":[{"type":"statement","uid":', statement, '}]'),
  };
}

function writeRequest(event: AuditEvent): ClassMembers {
  return { ...writeActing(event), session: writeSession(event) };
}

function writeActing(event: AuditEvent): ClassMembers {
  return { ...noMembers, actor: `,"actor":${writeActor(event)}`, src_endpoint: writeSource(event) };
}

function writeSource({ data }: AuditEvent): string {
  const transport = data['transport'] as
    | { readonly address?: Json; readonly userAgent?: Json; readonly protocol?: Json }
    | undefined;
  const { address, userAgent, protocol } = transport ?? {};
  // A zone (RFC 4007) is nothing that another machine could make use of.
  const ip = typeof address === 'string' && isIP(address) !== 0 && !address.includes('%') ? address : undefined;
  return `,"src_endpoint":{${writeOptional('"ip":', ip, ',')}"name":${quoteJson(toText(userAgent) ?? toText(protocol) ?? 'unknown')}}`;
}

function writePrivileges({ scope, data: { access, schema } }: AuditEvent): string {
  const asked = typeof access === 'string' && typeof schema === 'string' ? `${access} ${schema}` : 'unknown';
  return `,"privileges":[${quoteJson(scope === undefined ? asked : `${scope.access} ${scope.database}.${scope.schema}`)}]`;
}

function writeSession({ session: id, data: { engineSession, expiresAt, by }, code }: AuditEvent): string {
  if (id === undefined) return '';
  const time = typeof expiresAt === 'number' ? `"expiration_time":${canonicalize(expiresAt)},` : '';
  return `,"session":{${writeOptional('"expiration_reason":', code === 'identity.shared' ? undefined : toText(by), ',')}${time}"uid":${quoteJson(id)}${writeOptional(',"uid_alt":', toText(engineSession))}}`;
}

const entities: Partial<Record<AuditEvent['code'], readonly [name: string, type: string]>> = {
  'policy.changed': ['policy', 'Policy'],
  'clock.changed': ['clock', 'Clock'],
  'audit.removed': ['record', 'Record'],
};

function writeEntity({ code, data: { after } }: AuditEvent): string {
  const [name, type] = entities[code] ?? ['configuration', 'Configuration'];
  return `,"entity":{"name":"${name}","type":"${type}"${writeOptional(',"version":', toText(after))}}`;
}

function writeGrantee({ data: { user }, who }: AuditEvent): string {
  return typeof user === 'string' ? `{"type_id":0,"uid":${quoteJson(user)}}` : writeUser(who);
}

function toText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
