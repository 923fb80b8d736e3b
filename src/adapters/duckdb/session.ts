import {
  DuckDBMaterializedResult,
  ResultReturnType,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBResult,
} from '@duckdb/node-api';
import {
  AccessError,
  newId,
  systemClock,
  type Bind,
  type Catalogue,
  type DescribeRequest,
  type EngineSession,
  type EngineStatement,
  type Execution,
  type Row,
  type Scope,
} from '../../core/index.js';
import { checkKind, checkObjects, type RelationCheck } from './analysis-check.js';
import { readColumns, readRows } from './chunk.js';
import { readCatalogue } from './catalogue.js';
import { createTruncatedResultError } from './errors.js';
import { prepareStatement } from './prepare-statement.js';
import type { SerialConnection } from './serial-connection.js';
import type { NameCache } from './stored-names.js';

/** What all sessions of a connector know of its database. */
export interface SharedChecks {
  readonly names: NameCache;
  readonly relations: RelationCheck;
}

/**
 * One connection under one grant. Each statement has a transaction of its own, read-only for a read grant; reads stream
 * inside it.
 */
export class DuckDBSession implements EngineSession {
  readonly id: string;
  readonly #connection: SerialConnection;
  readonly #scope: Scope;
  readonly #shared: SharedChecks;
  #release: (() => Promise<void>) | undefined;

  constructor(line: SerialConnection, scope: Scope, shared: SharedChecks) {
    this.id = newId(systemClock.now());
    this.#connection = line;
    this.#scope = scope;
    this.#shared = shared;
  }

  async run(statement: EngineStatement, signal: AbortSignal): Promise<Execution> {
    await this.#release?.();
    const { kind } = statement.analysis;
    const reads = kind === 'read' || kind === 'metadata';
    try {
      const result = await (reads
        ? this.#connection.run((connection) => this.#read(connection, statement), signal)
        : this.#runChange(statement, signal));
      return this.#createExecution(result, reads, signal);
    } catch (error) {
      // Always, since an aborted call may yet begin its transaction; not awaited, since the line makes the next call
      // wait for it.
      void this.#connection.run(rollBack).catch(() => undefined);
      throw error;
    }
  }

  /** The transaction begins first: what is checked in it is what is read in it. */
  async #read(connection: DuckDBConnection, statement: EngineStatement): Promise<DuckDBResult> {
    const since = this.#shared.names.version;
    await connection.run(this.#scope.access === 'read' ? 'BEGIN TRANSACTION READ ONLY' : 'BEGIN TRANSACTION');
    const prepared = await this.#prepare(connection, statement, since);
    try {
      return await prepared.stream();
    } finally {
      prepared.destroySync();
    }
  }

  /**
   * Checked, run and committed in one transaction: what another session makes of a name meanwhile is not seen in it.
   */
  async #runChange(statement: EngineStatement, signal: AbortSignal): Promise<DuckDBResult> {
    const ended = statement.analysis.kind === 'ddl' ? this.#shared.names.beginChange() : undefined;
    try {
      const result = await this.#connection.run((connection) => this.#runChecked(connection, statement), signal, true);
      await this.#connection.runToEnd((connection) => connection.run('COMMIT'));
      return result;
    } finally {
      ended?.();
    }
  }

  async #runChecked(connection: DuckDBConnection, statement: EngineStatement): Promise<DuckDBResult> {
    const since = this.#shared.names.version;
    await connection.run('BEGIN TRANSACTION');
    const prepared = await this.#prepare(connection, statement, since);
    try {
      return await prepared.run();
    } finally {
      prepared.destroySync();
    }
  }

  /** One statement with its binds, of which DuckDB makes what the analysis does. */
  async #prepare(
    connection: DuckDBConnection,
    { text, binds, analysis }: EngineStatement,
    since: number | undefined,
  ): Promise<DuckDBPreparedStatement> {
    const prepared = await prepareStatement(connection, text, this.#scope.access);
    try {
      checkKind(prepared, analysis);
      checkObjects(analysis, await this.#shared.names.read(connection, since));
      await this.#shared.relations.check(connection, text, analysis);
      bindAll(prepared, binds);
      return prepared;
    } catch (error) {
      prepared.destroySync();
      throw error;
    }
  }

  async describe(_asking: DescribeRequest, signal: AbortSignal): Promise<Catalogue> {
    await this.#release?.();
    const objects = await this.#connection.run((connection) => readCatalogue(connection, this.#scope), signal);
    return { queryId: newId(systemClock.now()), objects };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #createExecution(result: DuckDBResult, streaming: boolean, signal: AbortSignal): Execution {
    const queryId = newId(systemClock.now());
    if (result.returnType !== ResultReturnType.QUERY_RESULT) {
      const affected = result.returnType === ResultReturnType.CHANGED_ROWS ? { affected: result.rowsChanged } : {};
      return { queryId, columns: [], batches: streamNoRows(), ...affected };
    }
    const columns = readColumns(result);
    const affected = result instanceof DuckDBMaterializedResult ? { affected: result.rowCount } : {};
    return {
      queryId,
      columns,
      batches: this.#streamBatches(result, streaming ? this.#createFinish() : undefined, signal),
      ...affected,
    };
  }

  async *#streamBatches(
    result: DuckDBResult,
    finish: (() => Promise<void>) | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Row[]> {
    const types = result.columnTypes();
    try {
      for (;;) {
        const chunk = await this.#connection.run(() => result.fetchChunk(), signal);
        if (chunk === null || chunk.rowCount === 0)
          return finish === undefined ? undefined : await this.#checkComplete(signal);
        yield readRows(chunk, types);
      }
    } finally {
      await finish?.();
    }
  }

  /**
   * Throws where the rows ended too soon: DuckDB ends a result in the same way whether all of it was there, it was
   * interrupted, or it failed.
   */
  async #checkComplete(signal: AbortSignal): Promise<void> {
    this.#connection.throwIfEnded(signal);
    // What failed has broken its transaction, and nothing runs in it any more.
    await this.#connection
      .run((connection) => connection.run('SELECT 1'), signal)
      .catch(() => {
        this.#connection.throwIfEnded(signal);
        throw createTruncatedResultError();
      });
  }

  /** Ends the transaction of a stream, which frees what the engine still holds of it; once, by whoever comes first. */
  #createFinish(): () => Promise<void> {
    let ended: Promise<void> | undefined;
    const finish = (): Promise<void> => {
      ended ??= this.#connection.run(commit).catch(() => undefined);
      if (this.#release === finish) this.#release = undefined;
      return ended;
    };
    this.#release = finish;
    return finish;
  }
}

async function* streamNoRows(): AsyncGenerator<readonly Row[]> {
  // Nothing was selected.
}

async function commit(connection: DuckDBConnection): Promise<void> {
  await connection.run('COMMIT').catch(() => rollBack(connection));
}

async function rollBack(connection: DuckDBConnection): Promise<void> {
  // It fails only where no transaction is left, which is what is wanted.
  await connection.run('ROLLBACK').catch(() => undefined);
}

function bindAll(prepared: DuckDBPreparedStatement, binds: readonly Bind[]): void {
  if (prepared.parameterCount !== binds.length)
    throw new AccessError('ENGINE_REJECTED', 'The number of binds does not fit the statement.');
  for (const [index, value] of binds.entries()) bindOne(prepared, index + 1, value);
}

function bindOne(prepared: DuckDBPreparedStatement, at: number, value: Bind): void {
  if (value === null) prepared.bindNull(at);
  else if (typeof value === 'boolean') prepared.bindBoolean(at, value);
  else if (typeof value === 'string') prepared.bindVarchar(at, value);
  else if (Number.isSafeInteger(value) && !Object.is(value, -0)) prepared.bindBigInt(at, BigInt(value));
  else prepared.bindDouble(at, value);
}
