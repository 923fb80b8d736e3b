import { DuckDBMaterializedResult, ResultReturnType, type DuckDBConnection, type DuckDBPreparedStatement, type DuckDBResult } from '@duckdb/node-api';
import {
  AccessError, newId, systemClock, type Bind, type Catalogue, type CatalogueAsking, type EngineSession, type EngineStatement, type Execution, type Row, type Scope,
} from '../../core/index.js';
import { columnsOf, rowsOf } from './batch.js';
import { catalogueOf } from './catalogue.js';
import { isReading, prepareOne } from './gate.js';
import type { Line } from './line.js';

/** One connection under one grant. Reads stream inside a transaction, read-only for a read grant; writes commit by themselves. */
export class DuckDBSession implements EngineSession {
  readonly id: string;
  readonly #line: Line;
  readonly #scope: Scope;
  #release: (() => Promise<void>) | undefined;

  constructor(line: Line, scope: Scope) {
    this.id = newId(systemClock.now());
    this.#line = line;
    this.#scope = scope;
  }

  async run(statement: EngineStatement, signal: AbortSignal): Promise<Execution> {
    await this.#release?.();
    let streaming = false;
    try {
      const result = await this.#line.call(async (connection) => {
        const prepared = await prepareOne(connection, statement.text, this.#scope.access);
        try {
          bindAll(prepared, statement.binds);
          if (!isReading(prepared)) return await prepared.run();
          streaming = true;
          await connection.run(this.#scope.access === 'read' ? 'BEGIN TRANSACTION READ ONLY' : 'BEGIN TRANSACTION');
          return await prepared.stream();
        } finally {
          prepared.destroySync();
        }
      }, signal, statement.analysis.kind === 'write' || statement.analysis.kind === 'ddl');
      return this.#execution(result, streaming, signal);
    } catch (error) {
      // Always, since an aborted call may yet begin its transaction; not awaited, since the line makes the next call wait for it.
      void this.#line.call(rollBack).catch(() => undefined);
      throw error;
    }
  }

  async describe(_asking: CatalogueAsking, signal: AbortSignal): Promise<Catalogue> {
    await this.#release?.();
    const objects = await this.#line.call((connection) => catalogueOf(connection, this.#scope), signal);
    return { queryId: newId(systemClock.now()), objects };
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  #execution(result: DuckDBResult, streaming: boolean, signal: AbortSignal): Execution {
    const queryId = newId(systemClock.now());
    if (result.returnType !== ResultReturnType.QUERY_RESULT) {
      const affected = result.returnType === ResultReturnType.CHANGED_ROWS ? { affected: result.rowsChanged } : {};
      return { queryId, columns: [], batches: none(), ...affected };
    }
    const columns = columnsOf(result);
    const affected = result instanceof DuckDBMaterializedResult ? { affected: result.rowCount } : {};
    return { queryId, columns, batches: this.#batches(result, streaming ? this.#finisher() : undefined, signal), ...affected };
  }

  async *#batches(result: DuckDBResult, finish: (() => Promise<void>) | undefined, signal: AbortSignal): AsyncGenerator<readonly Row[]> {
    const types = result.columnTypes();
    try {
      for (;;) {
        const chunk = await this.#line.call(() => result.fetchChunk(), signal);
        if (chunk === null || chunk.rowCount === 0) return;
        yield rowsOf(chunk, types);
      }
    } finally {
      await finish?.();
    }
  }

  /** Ends the transaction of a stream, which frees what the engine still holds of it; once, by whoever comes first. */
  #finisher(): () => Promise<void> {
    let ended: Promise<void> | undefined;
    const finish = (): Promise<void> => {
      ended ??= this.#line.call(commit).catch(() => undefined);
      if (this.#release === finish) this.#release = undefined;
      return ended;
    };
    this.#release = finish;
    return finish;
  }
}

async function* none(): AsyncGenerator<readonly Row[]> {
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
  if (prepared.parameterCount !== binds.length) throw new AccessError('ENGINE_REJECTED', 'The number of binds does not fit the statement.');
  for (const [index, value] of binds.entries()) bindOne(prepared, index + 1, value);
}

function bindOne(prepared: DuckDBPreparedStatement, at: number, value: Bind): void {
  if (value === null) prepared.bindNull(at);
  else if (typeof value === 'boolean') prepared.bindBoolean(at, value);
  else if (typeof value === 'string') prepared.bindVarchar(at, value);
  else if (Number.isSafeInteger(value) && !Object.is(value, -0)) prepared.bindBigInt(at, BigInt(value));
  else prepared.bindDouble(at, value);
}
