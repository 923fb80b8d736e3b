import { duckdb } from '../../../src/adapters/duckdb/index.js';
import type {
  Access,
  Bind,
  Connector,
  EngineSession,
  Execution,
  Grant,
  Row,
  SchemaRef,
  StatementKind,
} from '../../../src/core/index.js';

export const setup = [
  'CREATE TABLE ORDERS (ID INTEGER, CUSTOMER VARCHAR)',
  `INSERT INTO ORDERS VALUES (1, 'Ada'), (2, 'Grace'), (3, NULL)`,
];
export const slow = 'SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = -1';

export function grantOf(access: Access = 'read', at: SchemaRef = { database: 'ACME', schema: 'OPS' }): Grant {
  return { scope: { connection: 'warehouse', access, ...at } } as unknown as Grant;
}

export function connectorOf(more: Partial<Parameters<typeof duckdb>[0]> = {}): Connector {
  return duckdb({ schemas: ['ACME.OPS'], setup, ...more });
}

const kinds: Readonly<Record<string, StatementKind>> = {
  INSERT: 'write',
  UPDATE: 'write',
  DELETE: 'write',
  MERGE: 'write',
  TRUNCATE: 'write',
  CREATE: 'ddl',
  ALTER: 'ddl',
  DROP: 'ddl',
  EXPLAIN: 'metadata',
};

/**
 * Runs a text of DuckDB's own as the analysis would have it: ORDERS and MANY by their full names, and nothing else is
 * read.
 */
export function run(
  session: EngineSession,
  sql: string,
  binds: readonly Bind[] = [],
  signal = new AbortController().signal,
): Promise<Execution> {
  const text = sql.replaceAll(/(?<![."\w])(?:(?:ACME\.)?OPS\.)?(ORDERS|MANY)\b/g, '"ACME"."OPS"."$1"');
  const reads = ['ORDERS', 'MANY']
    .filter((name) => text.includes(`"${name}"`))
    .map((name) => ({ database: 'ACME', schema: 'OPS', name, kind: 'relation' }) as const);
  const kind = kinds[/^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? ''] ?? 'read';
  const analysis = {
    kind,
    operation: '',
    canonical: sql,
    digest: '',
    redacted: '',
    summary: '',
    reads,
    writes: [],
    functions: [],
  } as const;
  return session.run(
    {
      id: 'statement',
      text,
      canonical: sql,
      binds,
      analysis,
      limits: { maxRows: 1e9, maxBytes: 1e12 },
      timeLeftMs: 60_000,
    },
    signal,
  );
}

export async function rowsOf(session: EngineSession, sql: string, binds: readonly Bind[] = []): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of (await run(session, sql, binds)).batches) rows.push(...batch);
  return rows;
}

export async function opened(
  access: Access = 'read',
  connector = connectorOf(),
): Promise<{ connector: Connector; session: EngineSession }> {
  return { connector, session: await connector.open(grantOf(access), new AbortController().signal) };
}

export async function batchesOf(execution: Execution): Promise<(readonly Row[])[]> {
  const batches: (readonly Row[])[] = [];
  for await (const batch of execution.batches) batches.push(batch);
  return batches;
}
