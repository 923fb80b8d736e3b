import { AccessError, type Bind, type Catalogue, type CatalogueAsking, type EngineSession, type EngineStatement, type Execution, type Row } from '../../core/index.js';
import { catalogueFrom, catalogueQuery } from './catalogue.js';
import { columnsOf, readerOf } from './cells.js';
import type { DriverState } from './driver/api.js';
import { rowsOf as allRowsOf, type Answered, type Link } from './driver/link.js';
import type { Place } from './enter.js';
import { engineFailure, unavailable } from './failure.js';
import { tagOf } from './tag.js';

/** One connection under one grant. Every answer must still come from the grant's role and schema, else the connection is cut. */
export class SnowflakeSession implements EngineSession {
  readonly id: string;
  readonly lost: Promise<void>;
  readonly #link: Link;
  readonly #place: Place;
  readonly #leave: () => Promise<void>;
  #closing: Promise<void> | undefined;

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
    return this.#ask(text, binds, statement, signal, (answered) => executionOf(answered, statement, signal));
  }

  describe(asking: CatalogueAsking, signal: AbortSignal): Promise<Catalogue> {
    return this.#ask(catalogueQuery(this.#place.grant.scope), [], asking, signal, async (answered) => ({ queryId: answered.queryId, objects: catalogueFrom(await allRowsOf(answered, signal)) }));
  }

  /** Runs under the tag and the time left, and takes no answer from anywhere but the grant's role and schema. */
  async #ask<T>(sql: string, binds: readonly Bind[], { id, timeLeftMs, context }: CatalogueAsking, signal: AbortSignal, read: (answered: Answered) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw new AccessError('SESSION_CLOSED');
    const trace = context?.['opentelemetry']?.['trace_id'];
    const parameters = {
      QUERY_TAG: tagOf(this.#place.grant, { id, trace: typeof trace === 'string' ? trace : undefined }), STATEMENT_TIMEOUT_IN_SECONDS: Math.max(1, Math.ceil(timeLeftMs / 1_000)),
    };
    try {
      const answered = await this.#link.run({ sql, binds, parameters }, signal);
      this.#stay(answered.state);
      return await read(answered);
    } catch (error) {
      if (this.#closing !== undefined) throw new AccessError('SESSION_CLOSED');
      throw engineFailure(error);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  #stay(state: DriverState | undefined): void {
    const { role, grant } = this.#place;
    const here = state?.getCurrentRole() === role && state.getCurrentDatabase() === grant.scope.database && state.getCurrentSchema() === grant.scope.schema;
    if (here) return;
    this.#link.cut();
    throw unavailable('drift');
  }
}

async function executionOf(answered: Answered, { analysis }: EngineStatement, signal: AbortSignal): Promise<Execution> {
  const { queryId } = answered;
  const columns = columnsOf(answered.columns);
  const batches = rowsOf(answered, signal);
  if (analysis.kind !== 'write') return { queryId, columns, batches };
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return { queryId, columns, batches: given(rows), affected: changedBy(columns.map(({ name }) => name), rows[0] ?? []) };
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
