import type { AuditEvent, Json } from '../../core/index.js';
import type { MapSettings } from './map-settings.js';

type Data = AuditEvent['data'];
type JsonObject = Readonly<Record<string, Json>>;

/** Stands where a text would: OCSF wants one. */
export const withheldText = '[withheld]';

/** Longer text is cut: what a SIEM takes in a line is bounded, and the HMAC still tells equal statements. */
export const maxSqlLength = 4_096;

/** Digests by their names, and what stands in their place. */
const hmacNames: ReadonlyMap<string, string> = new Map([
  ['digest', 'sql_hmac'],
  ['renderedDigest', 'rendered_hmac'],
]);

/**
 * What may be recorded: no plain digest, no more text than the level allows, and the text `apart` where its class has a
 * place for it.
 */
export function limitRecordedData(
  data: Data,
  { hmac, level }: MapSettings,
  apart: boolean,
): { readonly data: Data; readonly sql: string | undefined } {
  const { digest, renderedDigest, sql, approval } = data;
  if (digest === undefined && renderedDigest === undefined && sql === undefined && approval === undefined)
    return { data, sql: undefined };
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(data)) {
    const hidden = hmacNames.get(name);
    if (hidden === undefined && name !== 'sql') kept[name] = value;
    else if (hidden !== undefined && typeof value === 'string') kept[hidden] = hmac(value);
  }
  if (approval !== undefined) kept['approval'] = limitApproval(approval, hmac);
  for (const name of ['asked', 'rewritten'])
    if (isObject(data[name])) kept[name] = limitOtherText(data[name], level === 'metadata', hmac);
  const capped = level === 'metadata' && kept['recorded'] !== undefined;
  if (capped || (level === 'redacted' && kept['recorded'] === 'full')) kept['recorded'] = level;
  if (typeof sql !== 'string' || capped) return { data: kept, sql: undefined };
  const short = sql.length > maxSqlLength ? truncateSql(sql) : sql;
  if (apart || short !== sql) kept['sql_chars'] = sql.length;
  if (!apart) kept['sql'] = short;
  return { data: kept, sql: short };
}

/** Never in the middle of a character. */
function truncateSql(sql: string): string {
  const end = /[\ud800-\udbff]/.test(sql.charAt(maxSqlLength - 1)) ? maxSqlLength - 1 : maxSqlLength;
  return sql.slice(0, end);
}

/** The text beside the one that the event is about: what was asked, or what plugins made of it. By the same rules. */
function limitOtherText({ digest, sql, ...rest }: JsonObject, capped: boolean, hmac: (digest: string) => string): Json {
  const hashed = typeof digest === 'string' ? { ...rest, sql_hmac: hmac(digest) } : rest;
  if (typeof sql !== 'string' || capped) return hashed;
  const short = sql.length > maxSqlLength ? truncateSql(sql) : sql;
  return { ...hashed, sql: short, ...(short === sql ? {} : { sql_chars: sql.length }) };
}

function limitApproval(approval: Json, hmac: (digest: string) => string): Json {
  if (!isObject(approval)) return null;
  const { digest, ...rest } = approval;
  return typeof digest === 'string' ? { ...rest, hmac: hmac(digest) } : rest;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
