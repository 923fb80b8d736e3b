import { eventCodes, type AuditEvent, type EventCode } from '../../core/index.js';
import { isJsonObject, type JsonMembers } from './parse/strict-json.js';
import { withheldText } from './recordable-data.js';

type Part = JsonMembers;

const knownCodes: ReadonlySet<unknown> = new Set<EventCode>(eventCodes);

/**
 * The event that an event's parsed line tells of, as the one reader found it; undefined for a code of a later version,
 * and for what nobody here writes.
 */
export function parseOcsfEvent(value: Part): AuditEvent | undefined {
  const {
    metadata,
    unmapped,
    time: at,
    query_info: query,
  } = value as {
    readonly metadata: Part;
    readonly unmapped: { readonly sallyport: Part };
    readonly time: number;
    readonly query_info?: unknown;
  };
  const {
    uid: id,
    event_code: code,
    correlation_uid: session,
  } = metadata as { readonly uid: string; readonly event_code: EventCode; readonly correlation_uid?: string };
  const { instance, statement, connection, who, scope, data } = unmapped.sallyport as Partial<Omit<AuditEvent, 'id'>> &
    Pick<AuditEvent, 'instance' | 'data'>;
  if (!knownCodes.has(code) || typeof (connection ?? '') !== 'string' || !isWho(who) || !isScope(scope))
    return undefined;
  return {
    id,
    code,
    at,
    instance,
    ...(session === undefined ? {} : { session }),
    ...(statement === undefined ? {} : { statement }),
    ...(who === undefined ? {} : { who }),
    ...(connection === undefined ? {} : { connection }),
    ...(scope === undefined ? {} : { scope }),
    data: restoreText(data, isJsonObject(query) ? query['query_string'] : undefined),
  };
}

/** The text has its place in `query_info`. */
function restoreText(data: AuditEvent['data'], sql: unknown): AuditEvent['data'] {
  const { sql_chars: chars, ...rest } = data;
  if (chars === undefined || typeof sql !== 'string' || sql === withheldText) return data;
  return sql.length === chars ? { ...rest, sql } : { ...rest, sql, sql_chars: chars };
}

/** Or nothing: what somebody else wrote goes no further, since answers to it name the same. */
export function isWho(value: unknown): boolean {
  if (value === undefined) return true;
  const { principal, actor, issuer, client = '', tokenId = '' } = isJsonObject(value) ? value : {};
  return [principal, actor, issuer, client, tokenId].every((each) => typeof each === 'string');
}

/** Or nothing. */
export function isScope(value: unknown): boolean {
  if (value === undefined) return true;
  const { database, schema, access } = isJsonObject(value) ? value : {};
  return typeof database === 'string' && typeof schema === 'string' && (access === 'read' || access === 'write');
}
