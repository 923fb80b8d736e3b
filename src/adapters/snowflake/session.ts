import {
  AccessError, isWithoutEffect, reasonOf, withoutEffect, type Analysis, type Bind, type Catalogue, type CatalogueAsking, type EngineSession, type EngineStatement, type Execution, type Row,
} from '../../core/index.js';
import { catalogueFrom, catalogueQuery } from './catalogue.js';
import { columnsOf, readerOf } from './cells.js';
import type { DriverState } from './driver/api.js';
import { rowsOf as allRowsOf, type Answered, type Link } from './driver/link.js';
import type { Place } from './plan.js';
import { engineFailure, unavailable } from './failure.js';
import { requireType } from './statement-type.js';
import { tagOf } from './tag.js';

/** One connection under one grant. Every answer must still come from the grant's role and schema, else the connection is cut. */
export class SnowflakeSession implements EngineSession {
  readonly id: string;
  readonly lost: Promise<void>;
  readonly #link: Link;
  readonly #place: Place;
  readonly #leave: () => Promise<void>;
  #closing: Promise<void> | undefined;
  /** True once an answer came from elsewhere than was granted, or of something else than was sent. */
  #astray = false;

  /** `leave` ends the connection and takes the role away; it throws where something may be left. */
  constructor(id: string, link: Link, place: Place, leave: () => Promise<void>) {
    this.id = id;
    this.#link = link;
    this.#place = place;
    this.#leave = leave;
    this.lost = new Promise((resolve) => link.ended.addEventListener('abort', () => resolve(), { once: true }));
  }

  run(statement: EngineStatement, signal: AbortSignal): Promise<Execution> {
    const { text, binds } = statement;
    return this.#ask(text, binds, statement, statement.analysis, signal, (answered) => executionOf(answered, statement, signal));
  }

  describe(asking: CatalogueAsking, signal: AbortSignal): Promise<Catalogue> {
    const read = async (answered: Answered): Promise<Catalogue> => ({ queryId: answered.queryId, objects: catalogueFrom(await allRowsOf(answered, signal)) });
    return this.#ask(catalogueQuery(this.#place.grant.scope), [], asking, { kind: 'read', operation: 'SELECT' }, signal, read);
  }

  /** Runs under the tag and the time left, and takes no answer from anywhere but the grant's role and schema, nor of another kind of statement. */
  async #ask<T>(
    sql: string, binds: readonly Bind[], { id, timeLeftMs, context }: CatalogueAsking, analysis: Judged, signal: AbortSignal, read: (answered: Answered) => Promise<T>,
  ): Promise<T> {
    if (this.#closing !== undefined) throw withoutEffect(new AccessError('SESSION_CLOSED'));
    if (this.#astray) throw withoutEffect(unavailable('lost'));
    const trace = context?.['opentelemetry']?.['trace_id'];
    const parameters = {
      QUERY_TAG: tagOf(this.#place.grant, { id, trace: typeof trace === 'string' ? trace : undefined }), STATEMENT_TIMEOUT_IN_SECONDS: Math.max(1, Math.ceil(timeLeftMs / 1_000)),
    };
    try {
      const answered = await this.#link.run({ sql, binds, parameters }, signal, changesSomething(analysis));
      this.#verify(analysis, answered.state);
      return await read(answered);
    } catch (error) {
      throw this.#ended(engineFailure(error), signal);
    }
  }

  /** Why it ended, where it was told to. Snowflake undoes a statement that it refuses or cancels: what it says so of had no effect. */
  #ended(failure: AccessError, signal: AbortSignal): AccessError {
    if (failure.code === 'ENGINE_DISAGREES') return failure;
    const why = this.#closing !== undefined ? new AccessError('SESSION_CLOSED') : signal.aborted ? reasonOf(signal) : failure;
    return why !== failure && isWithoutEffect(failure) ? withoutEffect(why) : why;
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  /** Throws what makes this path one that was not granted, and ends it. */
  #verify(analysis: Judged, state: DriverState | undefined): void {
    try {
      const { role, grant } = this.#place;
      const here = state?.getCurrentRole() === role && state.getCurrentDatabase() === grant.scope.database && state.getCurrentSchema() === grant.scope.schema;
      if (!here) throw unavailable('drift');
      requireType(analysis, state.statementTypeId);
    } catch (error) {
      this.#astray = true;
      // Whoever asked is told first: what ends the session would else be told in place of the reason.
      setImmediate(() => this.#link.cut());
      throw error;
    }
  }
}

type Judged = Pick<Analysis, 'kind' | 'operation'>;

function changesSomething({ kind }: Judged): boolean {
  return kind === 'write' || kind === 'ddl';
}

async function executionOf(answered: Answered, { analysis }: EngineStatement, signal: AbortSignal): Promise<Execution> {
  const { queryId } = answered;
  const columns = columnsOf(answered.columns);
  if (!changesSomething(analysis)) return { queryId, columns, batches: rowsOf(answered, signal) };
  const rows = await countsOf(answered);
  const counted = analysis.kind === 'write' && rows[0] !== undefined ? { affected: changedBy(columns.map(({ name }) => name), rows[0]) } : {};
  return { queryId, columns, batches: given(rows), ...counted };
}

/** What a change answers with, one row that came with the answer. The change is made: that its row cannot be read takes nothing back. */
async function countsOf(answered: Answered): Promise<readonly Row[]> {
  const rows: Row[] = [];
  try {
    for await (const batch of rowsOf(answered, new AbortController().signal)) rows.push(...batch);
    return rows;
  } catch {
    return [];
  }
}

async function* rowsOf({ columns, batches }: Answered, signal: AbortSignal): AsyncGenerator<readonly Row[]> {
  const read = readerOf(columns);
  try {
    for await (const batch of batches(signal)) yield read(batch);
  } catch (error) {
    throw engineFailure(error);
  }
}

async function* given(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  if (rows.length > 0) yield rows;
}

/** The counts that a DML statement answers with, together: rows inserted, updated, deleted. */
function changedBy(names: readonly string[], row: Row): number {
  return names.reduce((sum, name, index) => (/^number of rows (?:inserted|updated|deleted)$/i.test(name) ? sum + Number(row[index] ?? 0) : sum), 0);
}
