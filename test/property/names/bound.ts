import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { checkKind, checkObjects, RelationCheck } from '../../../src/adapters/duckdb/analysis-check.js';
import { NameCache } from '../../../src/adapters/duckdb/stored-names.js';
import { analyze } from '../../../src/adapters/snowflake-sql/analyze.js';
import type { ParserPool } from '../../../src/adapters/snowflake-sql/parsers/reading.js';
import { AccessError, formatObject, type Analysis } from '../../../src/core/index.js';

const scope = { database: 'W', schema: 'OPS' };

const setup = [
  `ATTACH ':memory:' AS "W"`,
  'CREATE SCHEMA W.OPS',
  'USE W.OPS',
  ...['OPS.ORDERS', 'OPS.SECRETS', 'OPS."Mixed"', 'main.HIDDEN', 'main.ORDERS'].map(
    (name) => `CREATE TABLE W.${name} (A INTEGER, B VARCHAR)`,
  ),
  'CREATE VIEW W.OPS.PAID AS SELECT A, B FROM W.OPS.ORDERS',
  'CREATE VIEW W.OPS.SEEN AS SELECT x.A, x.B FROM W.OPS."Mixed" x JOIN W.main.HIDDEN y ON x.A = y.A',
  `SET disabled_optimizers = ''`,
  'PRAGMA disable_optimizer',
];

/** What is behind each view. */
const views: Readonly<Record<string, readonly string[]>> = {
  'W.OPS.PAID': ['W.OPS.ORDERS'],
  'W.OPS.SEEN': ['W.OPS.Mixed', 'W.main.HIDDEN'],
};

/** How a statement ended: refused by the analysis, by the check of the engine, by DuckDB; or bound. */
export type Verdict = 'analysis' | 'disagrees' | 'engine' | 'bound';

/** Says for each statement what DuckDB binds its names to, beside what the analysis says. Throws where they differ. */
export class Binding {
  readonly #connection: DuckDBConnection;
  readonly #names = new NameCache();
  readonly #relations = new RelationCheck();
  readonly #readers: ParserPool;

  constructor(connection: DuckDBConnection, readers: ParserPool) {
    this.#connection = connection;
    this.#readers = readers;
  }

  static async open(readers: ParserPool): Promise<Binding> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    for (const sql of setup) await connection.run(sql);
    return new Binding(connection, readers);
  }

  async verdict(sql: string): Promise<Verdict> {
    const analysis = await analyze(sql, {
      parsers: this.#readers,
      scope,
      functions: new Set(),
      signal: new AbortController().signal,
      dialect: 'duckdb',
    });
    const text = analysis.rendered?.text;
    if (analysis.refusal !== undefined || text === undefined) return 'analysis';
    try {
      await this.#check(text, analysis);
      const bound = await this.#bound(text);
      this.#compare(sql, text, analysis, bound);
      return 'bound';
    } catch (error) {
      if (error instanceof Difference) throw error;
      return AccessError.is(error) ? 'disagrees' : 'engine';
    }
  }

  async #check(text: string, analysis: Analysis): Promise<void> {
    const prepared = await this.#connection.prepare(text);
    try {
      checkKind(prepared, analysis);
      checkObjects(analysis, await this.#names.read(this.#connection, this.#names.version));
      await this.#relations.check(this.#connection, text, analysis);
    } finally {
      prepared.destroySync();
    }
  }

  /** The tables that the plan reads, views expanded; of a view, those of the plan of reading it. */
  async #bound(text: string): Promise<ReadonlySet<string>> {
    if (!/^CREATE VIEW/i.test(text)) return tablesOf(await this.#plan(text));
    await this.#connection.run('BEGIN TRANSACTION');
    try {
      await this.#connection.run(text);
      return tablesOf(await this.#plan('SELECT * FROM "W"."OPS"."MADE"'));
    } finally {
      await this.#connection.run('ROLLBACK');
    }
  }

  async #plan(text: string): Promise<unknown> {
    const [[, json] = []] = (await this.#connection.runAndReadAll(`EXPLAIN (FORMAT json) ${text}`)).getRows();
    return JSON.parse(String(json)) as unknown;
  }

  #compare(sql: string, text: string, { reads, writes, operation }: Analysis, bound: ReadonlySet<string>): void {
    // DuckDB scans what it deletes from or updates, and shows no target that it only adds to.
    const scanned = /^(?:UPDATE|DELETE|MERGE)/.test(operation) ? [...reads, ...writes] : reads;
    const told = new Set(
      scanned.map((each) => formatObject(each).replaceAll('"', '')).flatMap((name) => views[name] ?? [name]),
    );
    const more = [...bound].filter((name) => !told.has(name));
    // A CTE that nobody refers to is dropped before anything is bound.
    const fewer = text.includes('sallyport cte') ? [] : [...told].filter((name) => !bound.has(name));
    if (more.length > 0 || fewer.length > 0)
      throw new Difference(`${sql}\n${text}\nmore: ${more.join(', ')}; fewer: ${fewer.join(', ')}`);
  }
}

export class Difference extends Error {}

export function tablesOf(plan: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof plan !== 'object' || plan === null) return found;
  const { Table: table } = plan as Readonly<Record<string, unknown>>;
  if (typeof table === 'string') found.add(table.replaceAll('"', ''));
  for (const each of Object.values(plan)) tablesOf(each, found);
  return found;
}
