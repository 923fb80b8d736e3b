import { once } from 'node:events';
import { Writable } from 'node:stream';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdb } from '../src/adapters/duckdb/index.js';
import type { EngineStatement, Grant } from '../src/core/index.js';
import { median, ratioOf, timed, type Row } from './row.js';

const goal = 0.9;
const shape = `range, 'customer ' || range, (range % 100)::DECIMAL(12, 2), TIMESTAMP '2026-01-01' + to_seconds(range)`;
const grant = {
  scope: { connection: 'bench', database: 'BENCH', schema: 'PUBLIC', access: 'read' },
} as unknown as Grant;

/**
 * P8: rows through the DuckDB adapter as NDJSON, against the bare engine's own JSON rows into the same encoder,
 * alternately in one run.
 */
export async function rowRows(quick: boolean): Promise<Row[]> {
  const [rows, rounds] = quick ? [50_000, 3] : [1_000_000, 5];
  const sql = `SELECT ${shape} FROM range(${rows})`;
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const [first, second] = [await timed(() => throughAdapter(sql)), await timed(() => throughEngine(sql))];
    if (round === 0) continue; // warm-up
    ours.push(first);
    bare.push(second);
  }
  const detail = { rows, adapterMs: median(ours), engineMs: median(bare) };
  return [
    {
      id: 'P8',
      what: 'NDJSON rows per second: adapter / bare engine stream',
      ...ratioOf(bare, ours),
      goal,
      better: 'least',
      detail,
    },
  ];
}

async function throughAdapter(sql: string): Promise<void> {
  const connector = duckdb({ schemas: ['BENCH.PUBLIC'] });
  const signal = new AbortController().signal;
  const session = await connector.open(grant, signal);
  const analysis = {
    kind: 'read',
    operation: '',
    canonical: sql,
    digest: '',
    redacted: '',
    summary: '',
    reads: [],
    writes: [],
    functions: [],
  } as const;
  const statement: EngineStatement = {
    id: 'bench',
    text: sql,
    canonical: sql,
    binds: [],
    analysis,
    limits: { maxRows: 1e9, maxBytes: 1e12 },
    timeLeftMs: 600_000,
  };
  await encode((await session.run(statement, signal)).batches);
  await connector.close?.();
}

async function throughEngine(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '512MB' });
  const connection = await instance.connect();
  await encode((await connection.stream(sql)).yieldRowsJson());
  connection.disconnectSync();
  instance.closeSync();
}

async function encode(batches: AsyncIterable<readonly unknown[]>): Promise<void> {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  for await (const rows of batches) if (!sink.write(`${JSON.stringify({ rows })}\n`)) await once(sink, 'drain');
}
