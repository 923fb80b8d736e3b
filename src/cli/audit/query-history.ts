import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsageError } from '../exit-codes.js';
import { parseCsv } from './parse-csv.js';
import { readFileLines } from './file-lines.js';
import { createReadError } from './input-files.js';

/** A query that the warehouse says it ran. */
export interface HistoryQuery {
  readonly queryId: string;
  readonly user: string;
  /** Epoch milliseconds; undefined where it cannot be read. */
  readonly at: number | undefined;
  /** Of the tag. */
  readonly session: string | undefined;
  readonly statement: string | undefined;
  readonly tag: string;
  /** Every UUID in the tag. */
  readonly ids: readonly string[];
  /** Undefined where the export leaves it out. */
  readonly text: string | undefined;
}

type Row = ReadonlyMap<string, string>;

/**
 * The rows of an export of Snowflake's QUERY_HISTORY, CSV with a header or JSON lines; names of columns in any case.
 * Throws UsageError for anything else.
 */
export async function* readQueryHistory(path: string): AsyncGenerator<HistoryQuery> {
  for await (const row of (await isJsonFile(path)) ? readJsonRows(path) : readCsvRows(path))
    yield createHistoryQuery(row);
}

async function isJsonFile(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(1_024), 0, 1_024, 0);
      return /^\uFEFF?\s*\{/.test(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw createReadError(path, error);
  }
}

async function* readCsvRows(path: string): AsyncGenerator<Row> {
  let names: readonly string[] | undefined;
  let record = 0;
  for await (const fields of parseCsv(readText(path))) {
    record += 1;
    if (fields.length === 1 && fields[0] === '') continue;
    if (names === undefined) {
      names = fields.map((name) =>
        name
          .replace(/^\uFEFF/, '')
          .trim()
          .toUpperCase(),
      );
      for (const needed of ['QUERY_ID', 'QUERY_TAG', 'START_TIME', 'USER_NAME'])
        if (!names.includes(needed)) throw new UsageError(`${path}: there is no column ${needed}`);
      continue;
    }
    if (fields.length !== names.length)
      throw new UsageError(`${path}: record ${record} has ${fields.length} fields, the header has ${names.length}`);
    yield new Map(names.map((name, index) => [name, fields[index] ?? '']));
  }
  if (names === undefined) throw new UsageError(`${path}: it is empty`);
}

async function* readText(path: string): AsyncGenerator<string> {
  try {
    yield* createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1_024 }) as AsyncIterable<string>;
  } catch (error) {
    throw createReadError(path, error);
  }
}

async function* readJsonRows(path: string): AsyncGenerator<Row> {
  for await (const { text, number } of readFileLines(path)) {
    if (text?.trim() === '') continue;
    yield parseJsonRow(text?.replace(/^\uFEFF/, ''), `${path}: line ${number}`);
  }
}

function parseJsonRow(text: string | undefined, where: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${where} is no JSON object`);
  const row = new Map(
    Object.entries(value).map(([name, each]: [string, unknown]) => [name.toUpperCase(), toText(each)]),
  );
  for (const needed of ['QUERY_ID', 'START_TIME', 'USER_NAME'])
    if (!row.has(needed)) throw new UsageError(`${where} has no ${needed}`);
  return row;
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

function createHistoryQuery(row: Row): HistoryQuery {
  const tag = row.get('QUERY_TAG') ?? '';
  const { session, statement } = parseQueryTag(tag);
  const text = row.get('QUERY_TEXT');
  return {
    queryId: row.get('QUERY_ID') ?? '',
    user: row.get('USER_NAME') ?? '',
    at: parseTime(row.get('START_TIME') ?? ''),
    session,
    statement,
    tag,
    ids: tag.match(uuidPattern)?.map((each) => each.toLowerCase()) ?? [],
    text: text === '' ? undefined : text,
  };
}

const uuidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

function parseQueryTag(tag: string): { readonly session: string | undefined; readonly statement: string | undefined } {
  try {
    const { session, statement } = JSON.parse(tag) as Readonly<Record<string, unknown>>;
    return {
      session: typeof session === 'string' ? session : undefined,
      statement: typeof statement === 'string' ? statement : undefined,
    };
  } catch {
    return { session: undefined, statement: undefined };
  }
}

const timestampPattern = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,9})?\s*(Z|[+-]\d\d:?\d\d)?$/;

/** As Snowflake writes times: `2026-11-23 12:00:00.123 -0800`, ISO 8601, or seconds since 1970; without a zone UTC. */
export function parseTime(text: string): number | undefined {
  const seconds = /^\d{9,10}(\.\d+)?$/.test(text)
    ? Number(text) * 1_000
    : /^\d{12,13}$/.test(text)
      ? Number(text)
      : undefined;
  if (seconds !== undefined) return seconds;
  const [, date, time, fraction = '', zone = 'Z'] = timestampPattern.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const at = Date.parse(
    `${date}T${time}${fraction.slice(0, 4)}${zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`}`,
  );
  return Number.isNaN(at) ? undefined : at;
}
