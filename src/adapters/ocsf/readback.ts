import { eventCodes, type AuditEvent, type EventCode } from '../../core/index.js';
import { withheld } from './recorded.js';

type Part = Readonly<Record<string, unknown>>;

const codes: ReadonlySet<unknown> = new Set<EventCode>(eventCodes);

/** The event that a parsed line tells of; undefined for anything that this adapter did not write. */
export function fromOcsf(value: unknown): AuditEvent | undefined {
  const metadata = partOf(value, 'metadata');
  const ours = partOf(partOf(value, 'unmapped'), 'sallyport');
  const data = partOf(ours, 'data');
  if (metadata === undefined || ours === undefined || data === undefined || ours['v'] !== 1) return undefined;
  const { uid, event_code: code, correlation_uid: session } = metadata;
  const { instance, statement, connection, who, scope } = ours;
  const at = (value as Part)['time'];
  if (typeof uid !== 'string' || !codes.has(code) || typeof at !== 'number' || typeof instance !== 'string') return undefined;
  if (![session, statement, connection].every(textOrNothing) || !isWho(who) || !isScope(scope)) return undefined;
  return {
    id: uid, code: code as EventCode, at, instance,
    ...(session === undefined ? {} : { session: session as string }),
    ...(statement === undefined ? {} : { statement: statement as string }),
    ...(who === undefined ? {} : { who: who as AuditEvent['who'] & object }),
    ...(connection === undefined ? {} : { connection: connection as string }),
    ...(scope === undefined ? {} : { scope: scope as AuditEvent['scope'] & object }),
    data: withText(data as AuditEvent['data'], partOf(value, 'query_info')?.['query_string']),
  };
}

/** The text has its place in `query_info`. */
function withText(data: AuditEvent['data'], sql: unknown): AuditEvent['data'] {
  const { sql_chars: chars, ...rest } = data;
  if (chars === undefined || typeof sql !== 'string' || sql === withheld) return data;
  return sql.length === chars ? { ...rest, sql } : { ...rest, sql, sql_chars: chars };
}

function partOf(value: unknown, name: string): Part | undefined {
  const part: unknown = typeof value === 'object' && value !== null ? (value as Part)[name] : undefined;
  return typeof part === 'object' && part !== null && !Array.isArray(part) ? (part as Part) : undefined;
}

function textOrNothing(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** Or nothing: what somebody else wrote goes no further, since answers to it name the same. */
function isWho(value: unknown): boolean {
  const { principal, actor, issuer, client, tokenId } = partsOf(value);
  return value === undefined || ([principal, actor, issuer].every((each) => typeof each === 'string') && [client, tokenId].every(textOrNothing));
}

function isScope(value: unknown): boolean {
  const { database, schema, access } = partsOf(value);
  return value === undefined || ([database, schema].every((each) => typeof each === 'string') && (access === 'read' || access === 'write'));
}

function partsOf(value: unknown): Part {
  return typeof value === 'object' && value !== null ? (value as Part) : {};
}
