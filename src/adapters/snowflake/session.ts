import {
  AccessError,
  isWithoutEffect,
  getAbortError,
  withoutEffect,
  type Analysis,
  type Bind,
  type Catalogue,
  type DescribeRequest,
  type EngineSession,
  type EngineStatement,
  type Execution,
  type Row,
} from '../../core/index.js';
import { parseCatalogue, createCatalogueQuery } from './catalogue.js';
import { convertColumns, createRowConverter } from './cells.js';
import type { DriverState } from './driver/api.js';
import {
  readAllRows as allRowsOf,
  type DriverAnswer,
  type SnowflakeConnection,
} from './driver/snowflake-connection.js';
import type { Place } from './plan.js';
import { createEngineError, createUnavailableError } from './errors.js';
import { requireStatementType } from './statement-type.js';
import { formatQueryTag } from './query-tag.js';

/**
 * One connection under one grant. Every answer must still come from the grant's role and schema, else the connection is
 * cut.
 */
export class SnowflakeSession implements EngineSession {
  readonly id: string;
  readonly lost: Promise<void>;
  readonly #connection: SnowflakeConnection;
  readonly #target: Place;
  readonly #onClose: () => Promise<void>;
  #closing: Promise<void> | undefined;
  /** True once an answer came from elsewhere than was granted, or of something else than was sent. */
  #isDrifted = false;

  /** `leave` ends the connection and takes the role away; it throws where something may be left. */
  constructor(id: string, link: SnowflakeConnection, place: Place, leave: () => Promise<void>) {
    this.id = id;
    this.#connection = link;
    this.#target = place;
    this.#onClose = leave;
    this.lost = new Promise((resolve) => link.ended.addEventListener('abort', () => resolve(), { once: true }));
  }

  run(statement: EngineStatement, signal: AbortSignal): Promise<Execution> {
    const { text, binds } = statement;
    return this.#run(text, binds, statement, statement.analysis, signal, (answered) =>
      createExecution(answered, statement, signal),
    );
  }

  describe(asking: DescribeRequest, signal: AbortSignal): Promise<Catalogue> {
    const read = async (answered: DriverAnswer): Promise<Catalogue> => ({
      queryId: answered.queryId,
      objects: parseCatalogue(await allRowsOf(answered, signal)),
    });
    return this.#run(
      createCatalogueQuery(this.#target.grant.scope),
      [],
      asking,
      { kind: 'read', operation: 'SELECT' },
      signal,
      read,
    );
  }

  /**
   * Runs under the tag and the time left, and takes no answer from anywhere but the grant's role and schema, nor of
   * another kind of statement.
   */
  async #run<T>(
    sql: string,
    binds: readonly Bind[],
    { id, timeLeftMs, context }: DescribeRequest,
    analysis: StatementKindInfo,
    signal: AbortSignal,
    read: (answered: DriverAnswer) => Promise<T>,
  ): Promise<T> {
    if (this.#closing !== undefined) throw withoutEffect(new AccessError('SESSION_CLOSED'));
    if (this.#isDrifted) throw withoutEffect(createUnavailableError('lost'));
    const trace = context?.['opentelemetry']?.['trace_id'];
    const parameters = {
      QUERY_TAG: formatQueryTag(this.#target.grant, { id, trace: typeof trace === 'string' ? trace : undefined }),
      STATEMENT_TIMEOUT_IN_SECONDS: Math.max(1, Math.ceil(timeLeftMs / 1_000)),
    };
    try {
      const answered = await this.#connection.run({ sql, binds, parameters }, signal, isChange(analysis));
      this.#verify(analysis, answered.state);
      return await read(answered);
    } catch (error) {
      throw this.#explainEnd(createEngineError(error), signal);
    }
  }

  /**
   * Why it ended, where it was told to. Snowflake undoes a statement that it refuses or cancels: what it says so of had
   * no effect.
   */
  #explainEnd(failure: AccessError, signal: AbortSignal): AccessError {
    if (failure.code === 'ENGINE_DISAGREES') return failure;
    const why =
      this.#closing !== undefined
        ? new AccessError('SESSION_CLOSED')
        : signal.aborted
          ? getAbortError(signal)
          : failure;
    return why !== failure && isWithoutEffect(failure) ? withoutEffect(why) : why;
  }

  close(): Promise<void> {
    this.#closing ??= this.#onClose();
    return this.#closing;
  }

  /** Throws what makes this path one that was not granted, and ends it. */
  #verify(analysis: StatementKindInfo, state: DriverState | undefined): void {
    try {
      const { role, grant } = this.#target;
      const here =
        state?.getCurrentRole() === role &&
        state.getCurrentDatabase() === grant.scope.database &&
        state.getCurrentSchema() === grant.scope.schema;
      if (!here) throw createUnavailableError('drift');
      requireStatementType(analysis, state.statementTypeId);
    } catch (error) {
      this.#isDrifted = true;
      // Whoever asked is told first: what ends the session would else be told in place of the reason.
      setImmediate(() => this.#connection.disconnect());
      throw error;
    }
  }
}

type StatementKindInfo = Pick<Analysis, 'kind' | 'operation'>;

function isChange({ kind }: StatementKindInfo): boolean {
  return kind === 'write' || kind === 'ddl';
}

async function createExecution(
  answered: DriverAnswer,
  { analysis }: EngineStatement,
  signal: AbortSignal,
): Promise<Execution> {
  const { queryId } = answered;
  const columns = convertColumns(answered.columns);
  if (!isChange(analysis)) return { queryId, columns, batches: streamRows(answered, signal) };
  const rows = await readCounts(answered);
  const counted =
    analysis.kind === 'write' && rows[0] !== undefined
      ? {
          affected: sumChangedRows(
            columns.map(({ name }) => name),
            rows[0],
          ),
        }
      : {};
  return { queryId, columns, batches: yieldOnce(rows), ...counted };
}

/**
 * What a change answers with, one row that came with the answer. The change is made: that its row cannot be read takes
 * nothing back.
 */
async function readCounts(answered: DriverAnswer): Promise<readonly Row[]> {
  const rows: Row[] = [];
  try {
    for await (const batch of streamRows(answered, new AbortController().signal)) rows.push(...batch);
    return rows;
  } catch {
    return [];
  }
}

async function* streamRows({ columns, batches }: DriverAnswer, signal: AbortSignal): AsyncGenerator<readonly Row[]> {
  const read = createRowConverter(columns);
  try {
    for await (const batch of batches(signal)) yield read(batch);
  } catch (error) {
    throw createEngineError(error);
  }
}

async function* yieldOnce(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  if (rows.length > 0) yield rows;
}

/** The counts that a DML statement answers with, together: rows inserted, updated, deleted. */
function sumChangedRows(names: readonly string[], row: Row): number {
  return names.reduce(
    (sum, name, index) =>
      /^number of rows (?:inserted|updated|deleted)$/i.test(name) ? sum + Number(row[index] ?? 0) : sum,
    0,
  );
}
