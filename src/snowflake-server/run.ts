import { setTimeout as wait } from 'node:timers/promises';
import type { DuckDBInstance, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import type { Catalog } from './catalog.js';
import { command } from './commands.js';
import { toDuckDB } from './dialect.js';
import { Failure, failures } from './failure.js';
import type { Ground } from './ground.js';
import { information } from './information.js';
import { authorize } from './objects.js';
import { requireExactNames, storedOf } from './names.js';
import { policyReferences } from './policies.js';
import type { Session } from './session.js';
import { typeOfPrepared, types } from './statement-types.js';
import { piecesOf } from './tokens.js';
import { answerOf, textTable, type Answer } from './wire.js';

export interface Bind {
  readonly type: string;
  readonly value: string | null;
}

export interface Asking {
  readonly sql: string;
  readonly binds: Readonly<Record<string, Bind>>;
  /** Of this statement only. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What is done with an answer while it may still be ended. */
export type Take<T> = (answer: Answer, stop: AbortSignal) => Promise<T>;

/** Runs one statement in a session, its rows among it. Throws Failure; `signal` cancels. */
export async function run<T>(asking: Asking, session: Session, catalog: Catalog, instance: DuckDBInstance, signal: AbortSignal, take: Take<T>): Promise<T> {
  const desired = Number(asking.parameters['MULTI_STATEMENT_COUNT'] ?? session.parameters.get('MULTI_STATEMENT_COUNT') ?? 1);
  const actual = statementsIn(asking.sql);
  if (desired !== 0 && actual !== desired) throw failures.count(actual, desired);
  const ground = groundOf(session, catalog, instance);
  const managed = (await command(asking.sql, ground)) ?? policyReferences(asking.sql, ground);
  if (managed !== undefined) return take(managed, signal);
  const told = await information(asking.sql, session, catalog, instance);
  if (told !== undefined) return take(told, signal);
  const seconds = Number(asking.parameters['STATEMENT_TIMEOUT_IN_SECONDS'] ?? session.parameters.get('STATEMENT_TIMEOUT_IN_SECONDS') ?? 0);
  return limited(seconds, signal, async (stop) => {
    const slept = await waited(asking.sql, stop);
    return slept === undefined ? selected({ ...asking, sql: toDuckDB(asking.sql) }, session, catalog, stop, take) : take(slept, stop);
  });
}

/** Within a statement timeout, if there is one. */
async function limited<T>(seconds: number, signal: AbortSignal, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const timer = seconds > 0 ? setTimeout(() => over.abort(), seconds * 1_000) : undefined;
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } catch (error) {
    if (over.signal.aborted) throw failures.timeout(seconds);
    if (signal.aborted) throw failures.cancelled();
    throw error instanceof Failure ? error : failures.syntax(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** By DuckDB, whose text this is. */
async function selected<T>({ sql, binds }: Asking, session: Session, catalog: Catalog, stop: AbortSignal, take: Take<T>): Promise<T> {
  const stored = await storedOf(session.connection);
  const { made } = await authorize(sql, session, catalog, new Set(stored.keys()));
  requireExactNames(piecesOf(sql), stored);
  const { connection, database, schema } = session;
  if (database !== undefined && schema !== undefined) await connection.run(`USE ${quoted(database)}.${quoted(schema)}`);
  const interrupt = (): void => connection.interrupt();
  stop.addEventListener('abort', interrupt, { once: true });
  try {
    stop.throwIfAborted();
    const prepared = await connection.prepare(sql);
    bindAll(prepared, binds);
    const statementTypeId = typeOfPrepared(prepared.statementType);
    if (statementTypeId === types.select) return await take(answerOf(await prepared.stream()), stop);
    // Not as a stream, which would look whole where it was interrupted. What is done is done: a cancel that comes after it is too late.
    const result = await prepared.run();
    if (made !== undefined) catalog.created(made, session.role);
    return await take({ ...changedAnswer(result, statementTypeId, made), statementTypeId }, new AbortController().signal);
  } finally {
    stop.removeEventListener('abort', interrupt);
  }
}

function bindAll(prepared: DuckDBPreparedStatement, binds: Readonly<Record<string, Bind>>): void {
  for (let index = 1; index <= prepared.parameterCount; index += 1) {
    const bind = binds[String(index)];
    if (bind?.value === null || bind === undefined) prepared.bindNull(index);
    else if (bind.type === 'FIXED' && /^-?\d+$/.test(bind.value)) prepared.bindBigInt(index, BigInt(bind.value));
    else if (bind.type === 'REAL' || bind.type === 'FIXED') prepared.bindDouble(index, Number(bind.value));
    else if (bind.type === 'BOOLEAN') prepared.bindBoolean(index, bind.value === 'true' || bind.value === '1');
    else prepared.bindVarchar(index, bind.value);
  }
}

const changes: Readonly<Record<number, string>> = { [types.insert]: 'inserted', [types.update]: 'updated', [types.delete]: 'deleted', [types.merge]: 'updated' };

/** One row that says what was done, as Snowflake answers. */
function changedAnswer(result: DuckDBResult, statementTypeId: number, made: string | undefined): Answer {
  const word = changes[statementTypeId];
  if (word !== undefined) return { ...textTable([`number of rows ${word}`], [[String(result.rowsChanged)]]), changed: result.rowsChanged };
  return made === undefined ? answerOf(result) : textTable(['status'], [[`Table ${made} successfully created.`]]);
}

/** `SELECT SYSTEM$WAIT(seconds)`: the one slow thing that there is. */
async function waited(sql: string, stop: AbortSignal): Promise<Answer | undefined> {
  const seconds = /^\s*(?:select|call)\s+system\$wait\s*\(\s*([\d.]+)\s*\)\s*;?\s*$/i.exec(sql)?.[1];
  if (seconds === undefined) return undefined;
  await wait(Number(seconds) * 1_000, undefined, { signal: stop });
  return textTable([`SYSTEM$WAIT(${seconds})`], [[`waited ${seconds} seconds`]]);
}

function statementsIn(sql: string): number {
  const pieces = piecesOf(sql);
  return pieces.reduce((count, { kind, value }) => count + (kind === 'sign' && value === ';' ? 1 : 0), 1);
}

/** What a management statement of this session may touch. */
export function groundOf(session: Session, catalog: Catalog, instance: DuckDBInstance): Ground {
  const build = async (sql: string): Promise<void> => {
    await session.connection.run(sql);
  };
  return { catalog, session, tables: () => tablesOf(instance, 'BASE TABLE'), views: () => tablesOf(instance, 'VIEW'), schemas: () => schemasOf(instance), build };
}

async function tablesOf(instance: DuckDBInstance, kind: string): Promise<readonly string[]> {
  return names(instance, `SELECT table_catalog || '.' || table_schema || '.' || table_name FROM information_schema.tables WHERE table_type LIKE '${kind}'`);
}

async function schemasOf(instance: DuckDBInstance): Promise<ReadonlySet<string>> {
  return new Set(await names(instance, "SELECT catalog_name || '.' || schema_name FROM information_schema.schemata"));
}

async function names(instance: DuckDBInstance, sql: string): Promise<readonly string[]> {
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows().map(([name]) => String(name));
  } finally {
    connection.closeSync();
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
