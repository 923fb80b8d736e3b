import {
  AccessError,
  newId,
  systemClock,
  withoutEffect,
  type CatalogueObject,
  type Connector,
  type EngineSession,
  type EngineStatement,
  type Execution,
  type Row,
  type SchemaRef,
} from '../../core/index.js';

/** What a statement answers: columns, and rows at once or batch by batch. */
export interface MemoryResult {
  readonly columns: readonly string[];
  readonly rows: readonly Row[] | AsyncIterable<readonly Row[]>;
  /** Rows changed, for a write. */
  readonly affected?: number;
}

/** Answers one statement. It may take its time, heed the signal, or throw an AccessError. */
export type MemoryStatementHandler = (
  statement: EngineStatement,
  signal: AbortSignal,
) => MemoryResult | Promise<MemoryResult>;

/** An engine that is a function. For tests and trials. */
export interface MemoryEngine extends Connector {
  /** The texts it was given to run, in order. */
  readonly ran: readonly string[];
  /** How many sessions are open now. */
  live(): number;
}

/** `catalogue` is what each of its sessions describes; without it they describe nothing. */
export function memoryEngine(
  schemas: readonly SchemaRef[],
  answer: MemoryStatementHandler,
  catalogue?: readonly CatalogueObject[],
): MemoryEngine {
  const ran: string[] = [];
  let live = 0;
  return {
    engine: 'memory',
    schemas,
    ran,
    live: () => live,
    async open(_grant, signal): Promise<EngineSession> {
      if (signal.aborted) throw new AccessError('ABORTED');
      live += 1;
      let closed = false;
      return {
        id: newId(systemClock.now()),
        async run(statement, stop): Promise<Execution> {
          if (closed) throw withoutEffect(new AccessError('ENGINE_UNAVAILABLE', 'the session is closed'));
          ran.push(statement.text);
          const { columns, rows, affected } = await answer(statement, stop);
          return {
            queryId: newId(systemClock.now()),
            columns: columns.map((name) => ({ name, type: 'JSON' })),
            batches: Symbol.asyncIterator in rows ? rows : yieldOnce(rows),
            ...(affected === undefined ? {} : { affected }),
          };
        },
        ...(catalogue === undefined
          ? {}
          : { describe: async () => ({ queryId: newId(systemClock.now()), objects: catalogue }) }),
        async close() {
          if (!closed) live -= 1;
          closed = true;
        },
      };
    },
  };
}

async function* yieldOnce(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  if (rows.length > 0) yield rows;
}
