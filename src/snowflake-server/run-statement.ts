import { setTimeout as wait } from 'node:timers/promises';
import type { DuckDBInstance, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import type { Catalog } from './catalog.js';
import { runCommand } from './commands.js';
import { toDuckDB } from './dialect.js';
import { SnowflakeServerError, serverErrors } from './server-error.js';
import type { CommandContext } from './command-context.js';
import { queryColumns } from './information-schema.js';
import { authorize } from './authorize.js';
import { requireExactNames, readCatalogNames } from './exact-names.js';
import { queryPolicyReferences } from './policies.js';
import type { ServerSession } from './session.js';
import { getPreparedType, statementTypes } from './statement-types.js';
import { tokenize } from './tokenizer.js';
import { convertResult, createTextTable, type ResultTable } from './wire-format.js';

export interface WireBind {
  readonly type: string;
  readonly value: string | null;
}

export interface StatementRequest {
  readonly sql: string;
  readonly binds: Readonly<Record<string, WireBind>>;
  /** Of this statement only. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What is done with an answer while it may still be ended. */
export type ConsumeResult<T> = (answer: ResultTable, stop: AbortSignal) => Promise<T>;

/** Runs one statement in a session, its rows among it. Throws Failure; `signal` cancels. */
export async function runStatement<T>(
  asking: StatementRequest,
  session: ServerSession,
  catalog: Catalog,
  instance: DuckDBInstance,
  signal: AbortSignal,
  take: ConsumeResult<T>,
): Promise<T> {
  const desired = Number(
    asking.parameters['MULTI_STATEMENT_COUNT'] ?? session.parameters.get('MULTI_STATEMENT_COUNT') ?? 1,
  );
  const actual = countStatements(asking.sql);
  if (desired !== 0 && actual !== desired) throw serverErrors.count(actual, desired);
  const ground = createCommandContext(session, catalog, instance);
  const managed = (await runCommand(asking.sql, ground)) ?? queryPolicyReferences(asking.sql, ground);
  if (managed !== undefined) return take(managed, signal);
  const told = await queryColumns(asking.sql, session, catalog, instance);
  if (told !== undefined) return take(told, signal);
  const seconds = Number(
    asking.parameters['STATEMENT_TIMEOUT_IN_SECONDS'] ?? session.parameters.get('STATEMENT_TIMEOUT_IN_SECONDS') ?? 0,
  );
  return runWithStatementTimeout(seconds, signal, async (stop) => {
    const slept = await runWait(asking.sql, stop);
    return slept === undefined
      ? runInDuckDB({ ...asking, sql: toDuckDB(asking.sql) }, session, catalog, stop, take)
      : take(slept, stop);
  });
}

/** Within a statement timeout, if there is one. */
async function runWithStatementTimeout<T>(
  seconds: number,
  signal: AbortSignal,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const timer = seconds > 0 ? setTimeout(() => over.abort(), seconds * 1_000) : undefined;
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } catch (error) {
    if (over.signal.aborted) throw serverErrors.timeout(seconds);
    if (signal.aborted) throw serverErrors.cancelled();
    throw error instanceof SnowflakeServerError
      ? error
      : serverErrors.syntax(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** By DuckDB, whose text this is. */
async function runInDuckDB<T>(
  { sql, binds }: StatementRequest,
  session: ServerSession,
  catalog: Catalog,
  stop: AbortSignal,
  take: ConsumeResult<T>,
): Promise<T> {
  const stored = await readCatalogNames(session.connection);
  const { made } = await authorize(sql, session, catalog, new Set(stored.keys()));
  requireExactNames(tokenize(sql), stored);
  const { connection, database, schema } = session;
  if (database !== undefined && schema !== undefined)
    await connection.run(`USE ${quoteIdentifier(database)}.${quoteIdentifier(schema)}`);
  const interrupt = (): void => connection.interrupt();
  stop.addEventListener('abort', interrupt, { once: true });
  try {
    stop.throwIfAborted();
    const prepared = await connection.prepare(sql);
    bindAll(prepared, binds);
    const statementTypeId = getPreparedType(prepared.statementType);
    if (statementTypeId === statementTypes.select) return await take(convertResult(await prepared.stream()), stop);
    // Not as a stream, which would look whole where it was interrupted. What is done is done: a cancel that comes after
    // it is too late.
    const result = await prepared.run();
    if (made !== undefined) catalog.created(made, session.role);
    return await take(
      { ...createChangeResult(result, statementTypeId, made), statementTypeId },
      new AbortController().signal,
    );
  } finally {
    stop.removeEventListener('abort', interrupt);
  }
}

function bindAll(prepared: DuckDBPreparedStatement, binds: Readonly<Record<string, WireBind>>): void {
  for (let index = 1; index <= prepared.parameterCount; index += 1) {
    const bind = binds[String(index)];
    if (bind?.value === null || bind === undefined) prepared.bindNull(index);
    else if (bind.type === 'FIXED' && /^-?\d+$/.test(bind.value)) prepared.bindBigInt(index, BigInt(bind.value));
    else if (bind.type === 'REAL' || bind.type === 'FIXED') prepared.bindDouble(index, Number(bind.value));
    else if (bind.type === 'BOOLEAN') prepared.bindBoolean(index, bind.value === 'true' || bind.value === '1');
    else prepared.bindVarchar(index, bind.value);
  }
}

const changeWords: Readonly<Record<number, string>> = {
  [statementTypes.insert]: 'inserted',
  [statementTypes.update]: 'updated',
  [statementTypes.delete]: 'deleted',
  [statementTypes.merge]: 'updated',
};

/** One row that says what was done, as Snowflake answers. */
function createChangeResult(result: DuckDBResult, statementTypeId: number, made: string | undefined): ResultTable {
  const word = changeWords[statementTypeId];
  if (word !== undefined)
    return {
      ...createTextTable([`number of rows ${word}`], [[String(result.rowsChanged)]]),
      changed: result.rowsChanged,
    };
  return made === undefined
    ? convertResult(result)
    : createTextTable(['status'], [[`Table ${made} successfully created.`]]);
}

/** `SELECT SYSTEM$WAIT(seconds)`: the one slow thing that there is. */
async function runWait(sql: string, stop: AbortSignal): Promise<ResultTable | undefined> {
  const seconds = /^\s*(?:select|call)\s+system\$wait\s*\(\s*([\d.]+)\s*\)\s*;?\s*$/i.exec(sql)?.[1];
  if (seconds === undefined) return undefined;
  await wait(Number(seconds) * 1_000, undefined, { signal: stop });
  return createTextTable([`SYSTEM$WAIT(${seconds})`], [[`waited ${seconds} seconds`]]);
}

function countStatements(sql: string): number {
  const pieces = tokenize(sql);
  return pieces.reduce((count, { kind, value }) => count + (kind === 'sign' && value === ';' ? 1 : 0), 1);
}

/** What a management statement of this session may touch. */
export function createCommandContext(
  session: ServerSession,
  catalog: Catalog,
  instance: DuckDBInstance,
): CommandContext {
  const build = async (sql: string): Promise<void> => {
    await session.connection.run(sql);
  };
  return {
    catalog,
    session,
    tables: () => listTables(instance, 'BASE TABLE'),
    views: () => listTables(instance, 'VIEW'),
    schemas: () => listSchemas(instance),
    runDdl: build,
  };
}

async function listTables(instance: DuckDBInstance, kind: string): Promise<readonly string[]> {
  return queryNames(
    instance,
    `SELECT table_catalog || '.' || table_schema || '.' || table_name FROM information_schema.tables WHERE table_type LIKE '${kind}'`,
  );
}

async function listSchemas(instance: DuckDBInstance): Promise<ReadonlySet<string>> {
  return new Set(
    await queryNames(instance, "SELECT catalog_name || '.' || schema_name FROM information_schema.schemata"),
  );
}

async function queryNames(instance: DuckDBInstance, sql: string): Promise<readonly string[]> {
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows().map(([name]) => String(name));
  } finally {
    connection.closeSync();
  }
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
