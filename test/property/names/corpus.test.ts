import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { checkObjects, RelationCheck } from '../../../src/adapters/duckdb/analysis-check.js';
import { StoredNames } from '../../../src/adapters/duckdb/stored-names.js';
import { analyze } from '../../../src/adapters/snowflake-sql/analyze.js';
import { AccessError, formatObject, type Analysis, type ObjectRef, type SchemaRef } from '../../../src/core/index.js';
import { corpus, readers, shop } from '../../adapters/snowflake-sql/test-analyzer.js';
import { Difference, tablesOf } from './bound.js';

interface Statement {
  readonly sql: string;
  readonly scope?: SchemaRef;
}

type Verdict = 'analysis' | 'disagrees' | 'engine' | 'bound';

class Disagrees extends Error {}

const files = [
  '../shared/data/snowflake-sqlfluff.jsonl',
  '../shared/data/snowflake-lexical.jsonl',
  '../shared/data/adversarial-sample.jsonl',
  ...['attacks', 'benign', 'forms'].map((name) => `test/adapters/snowflake-sql/corpus/${name}.jsonl`),
];
const relations = new RelationCheck();
const { signal } = new AbortController();

/** How often a table gets a column that DuckDB missed. */
const mostColumns = 40;

/** A database that has each table the analysis names, with the columns that DuckDB asks for. */
class Made {
  readonly #connection: DuckDBConnection;
  readonly #attached = new Map<string, string>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** What DuckDB binds the statement to. Throws where it does not bind. */
  async bound(text: string, analysis: Analysis, type: string): Promise<ReadonlySet<string>> {
    const objects = [
      ...analysis.reads,
      ...(/^(?:INSERT|UPDATE|DELETE|MERGE|TRUNCATE)/.test(analysis.operation) ? analysis.writes : []),
    ].filter(({ kind }) => kind === 'relation');
    for (const { database } of [...objects, ...analysis.writes]) await this.#attach(database);
    await this.#connection.run('BEGIN TRANSACTION');
    try {
      for (const object of [...objects, ...analysis.writes])
        await this.#connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoted(object.database)}.${quoted(object.schema)}`);
      for (const object of objects) await this.#connection.run(`CREATE TABLE ${full(object)} ("sallyport" ${type})`);
      await this.#checkNames(analysis);
      return await this.#plan(text, analysis, objects, type);
    } finally {
      await this.#connection.run('ROLLBACK');
    }
  }

  /** One statement may name two objects that are one to DuckDB. */
  async #checkNames(analysis: Analysis): Promise<void> {
    // There are no functions but those of DuckDB: to list them all each time took most of the time.
    const paths = (
      await this.#connection.runAndReadAll(
        'SELECT database_name, schema_name, table_name FROM duckdb_tables() WHERE NOT internal',
      )
    ).getRows();
    try {
      checkObjects(analysis, new StoredNames(paths as unknown as ConstructorParameters<typeof StoredNames>[0], []));
    } catch {
      throw new Disagrees();
    }
  }

  async #attach(database: string): Promise<void> {
    const there = this.#attached.get(database.toLowerCase());
    if (there === database) return;
    if (there !== undefined) await this.#connection.run(`DETACH ${quoted(there)}`);
    this.#attached.set(database.toLowerCase(), database);
    await this.#connection.run(`ATTACH ':memory:' AS ${quoted(database)}`);
  }

  async #plan(
    text: string,
    { operation, writes }: Analysis,
    objects: readonly ObjectRef[],
    type: string,
  ): Promise<ReadonlySet<string>> {
    if (operation !== 'CREATE VIEW') return this.#explained(text, objects, type);
    const body = text.slice(text.search(/\bAS\b/i) + 2);
    await this.#explained(body, objects, type); // Until each column is there.
    await this.#connection.run(text);
    return this.#explained(`SELECT * FROM ${full(writes[0] as ObjectRef)}`, objects, type);
  }

  async #explained(text: string, objects: readonly ObjectRef[], type: string): Promise<ReadonlySet<string>> {
    for (let tries = 0; ; tries += 1) {
      try {
        // One that cannot be planned leaves the transaction as it is: it is not run.
        const [[, json] = []] = (await this.#connection.runAndReadAll(`EXPLAIN (FORMAT json) ${text}`)).getRows();
        return tablesOf(JSON.parse(String(json)));
      } catch (error) {
        const missed =
          /(?:Referenced column "([^"]+)" (?:not found|was not)|does not have a column named "([^"]+)"|Referenced update column (\S+) not)/.exec(
            String(error),
          );
        const column = missed?.[1] ?? missed?.[2] ?? missed?.[3];
        if (column === undefined || tries === mostColumns) throw error;
        const one = missed?.[1] === undefined ? objects : objects.slice(0, 1);
        for (const object of one)
          await this.#connection.run(`ALTER TABLE ${full(object)} ADD COLUMN IF NOT EXISTS ${quoted(column)} ${type}`);
      }
    }
  }
}

function quoted(name: string): string {
  return `"${name}"`;
}

function full({ database, schema, name }: ObjectRef): string {
  return [database, schema, name].map(quoted).join('.');
}

async function verdict(made: Made, connection: DuckDBConnection, { sql, scope = shop }: Statement): Promise<Verdict> {
  const analysis = await analyze(sql, { parsers: readers, scope, functions: new Set(), signal, dialect: 'duckdb' });
  const text = analysis.rendered?.text;
  if (analysis.refusal !== undefined || text === undefined || analysis.operation === 'EXPLAIN') return 'analysis';
  for (const type of ['VARCHAR', 'INTEGER', 'DATE']) {
    try {
      const bound = await made.bound(text, analysis, type);
      compare(sql, text, analysis, bound);
      await relations.check(connection, text, analysis);
      return 'bound';
    } catch (error) {
      if (error instanceof Difference) throw error;
      if (error instanceof Disagrees) return 'disagrees';
      if (AccessError.is(error)) throw new Difference(`${sql}\n${text}\n${JSON.stringify(error.detail)}`);
    }
  }
  return 'engine';
}

/**
 * DuckDB binds nothing that the analysis does not name; that it binds all of it is what the generated statements show.
 */
function compare(sql: string, text: string, { reads, writes, operation }: Analysis, bound: ReadonlySet<string>): void {
  const told = new Set(
    [...reads, ...(/^(?:UPDATE|DELETE|MERGE|TRUNCATE)/.test(operation) ? writes : [])].map((each) =>
      formatObject(each).replaceAll('"', ''),
    ),
  );
  const more = [...bound].filter((name) => !told.has(name));
  // What is under LIMIT 0, or in a CTE that nobody refers to, is in no plan.
  if (more.length > 0) throw new Difference(`${sql}\n${text}\nmore: ${more.join(', ')}; told: ${[...told].join(', ')}`);
}

it.each(files)(
  'DuckDB binds the statements of %s to the objects of the analysis',
  async (file) => {
    const rows = corpus(file) as readonly Statement[] | undefined;
    if (rows === undefined) {
      console.log(`${file} is not beside this clone: its statements are not bound`);
      return;
    }
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const made = new Made(connection);
    const ends: Record<Verdict, number> = { analysis: 0, disagrees: 0, engine: 0, bound: 0 };
    for (const row of rows) ends[await verdict(made, connection, row)] += 1;
    connection.disconnectSync();
    instance.closeSync();
    console.log(file, JSON.stringify(ends));
    expect(ends.bound).toBeGreaterThan(0);
  },
  600_000,
);
