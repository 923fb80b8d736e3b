import type { Analysis } from '../model.js';
import { formatName } from '../data/names.js';
import type { Analyzer, Connector, EngineSession, Row } from '../ports.js';
import { expectThat, type ContractCase } from './case.js';
import {
  readAllRows,
  createStatement,
  type DefineCase,
  type EngineNames,
  type EngineSubject,
} from './engine-subject.js';

/** How one statement ended: its rows, or that it did not run. */
interface AttemptResult {
  readonly analysis: Analysis;
  readonly rows?: readonly Row[];
}

type AttemptStatement = (sql: string) => Promise<AttemptResult>;

/**
 * An engine is a reader too: what it makes of a text and its names must be what the analysis makes of them. A value of
 * a table may come only where
 * the analysis says that the table is read, and a table may change only where it says so.
 */
export function createNameCases(subject: EngineSubject, contract: DefineCase): ContractCase[] {
  const { names } = subject;
  if (names === undefined) return [];
  const named = (name: string, use: (attempt: AttemptStatement) => Promise<void>): ContractCase =>
    contract(name, async (_run, session, connector) =>
      withAnalyzer(names, async (analyzer) => {
        let count = 0;
        const attempt: AttemptStatement = (sql) =>
          runAttempt({ analyzer, connector, session }, subject, sql, (count += 1));
        await expectControl(names, attempt);
        await use(attempt);
        await expectControl(names, attempt);
      }),
    );
  return [
    ...listAmbiguousReads(names).map(([name, sql]) =>
      named(`reads nothing else: ${name}`, async (attempt) => expectReported(names, await attempt(sql))),
    ),
    ...(subject.grant.scope.access === 'write'
      ? listAmbiguousChanges(names).map(([name, sql]) =>
          named(`changes nothing else: ${name}`, async (attempt) => void (await attempt(sql))),
        )
      : []),
  ];
}

/** Texts that two readers could read differently, by what is odd in them. */
function listAmbiguousReads({
  table,
  elsewhere,
  ownRelations = [],
  ownCalls = [],
}: EngineNames): readonly (readonly [string, string])[] {
  const { name, column } = table;
  const recursion = `WITH ${name} AS (SELECT 'x' AS ${column}, 1 AS N UNION ALL SELECT ${column}, N FROM ${name} WHERE N > 1) SELECT ${column} FROM ${name}`;
  return [
    ['a name in quotes and in another case', `SELECT * FROM "${name.toLowerCase()}"`],
    [
      'a name in quotes and in mixed case, with its schema',
      `SELECT * FROM "${name.charAt(0)}${name.slice(1).toLowerCase()}" AS T`,
    ],
    ['a backslash before a quote', String.raw`SELECT 'x\' AS A UNION ALL SELECT ${column} FROM ${name} --' AS A`],
    ['a doubled quote behind a backslash', String.raw`SELECT 'x\\'' UNION ALL SELECT ${column} FROM ${name} --' AS A`],
    ['a string in dollars', `SELECT $$'$$ AS A, $$ UNION ALL SELECT ${column} FROM ${name} --$$ AS B`],
    ['a CTE that recurses without the word', recursion],
    ['a CTE that hides a table', `WITH ${name} AS (SELECT 'x' AS ${column}) SELECT ${column} FROM ${name}`],
    [
      'a CTE in another case than the table',
      `WITH "${name.toLowerCase()}" AS (SELECT 'x' AS ${column}) SELECT ${column} FROM "${name.toLowerCase()}"`,
    ],
    ['a function that a macro may have the name of', 'SELECT DIV0(4, 2) AS A'],
    ['a table function that a macro may have the name of', 'SELECT * FROM TABLE(GENERATOR(ROWCOUNT => 1)) AS G'],
    ['a file as a name', 'SELECT * FROM "/etc/passwd"'],
    ['a file as a name, with its ending', 'SELECT * FROM "data.csv"'],
    ...(elsewhere === undefined ? [] : [['a name of another schema', `SELECT * FROM ${elsewhere.name}`] as const]),
    ...ownRelations.flatMap(
      (own) =>
        [
          [`a relation of the engine's own: ${own}`, `SELECT * FROM ${own}`],
          [`the same in quotes: ${own}`, `SELECT * FROM "${own}"`],
        ] as const,
    ),
    ...ownCalls.flatMap(
      (own) =>
        [
          [`a function of the engine's own: ${own}`, `SELECT ${own} AS A`],
          [`the same as a table: ${own}`, `SELECT * FROM TABLE(${own}) AS T`],
          [`the same without TABLE: ${own}`, `SELECT * FROM ${own} AS T`],
        ] as const,
    ),
  ];
}

function listAmbiguousChanges({
  table: { name, column },
  elsewhere,
}: EngineNames): readonly (readonly [string, string])[] {
  const other = `"${name.toLowerCase()}"`;
  return [
    ['UPDATE of a name in another case', `UPDATE ${other} SET ${column} = 'changed'`],
    ['DELETE from a name in another case', `DELETE FROM ${other}`],
    ['DROP of a name in another case', `DROP TABLE ${other}`],
    ['a temporary table of the same name', `CREATE TEMPORARY TABLE ${name} AS SELECT 'temporary' AS ${column}`],
    ['a table of the same name in another case', `CREATE OR REPLACE TABLE ${other} AS SELECT 'replaced' AS ${column}`],
    ['a view of the same name in another case', `CREATE OR REPLACE VIEW ${other} AS SELECT 'hidden' AS ${column}`],
    ...(elsewhere === undefined
      ? []
      : [['DELETE from a name of another schema', `DELETE FROM ${elsewhere.name}`] as const]),
  ];
}

async function runAttempt(
  {
    analyzer,
    connector,
    session,
  }: { readonly analyzer: Analyzer; readonly connector: Connector; readonly session: EngineSession },
  { grant: { scope } }: EngineSubject,
  sql: string,
  count: number,
): Promise<AttemptResult> {
  const { signal } = new AbortController();
  const analysis = await analyzer.analyze(
    sql,
    { database: scope.database, schema: scope.schema },
    signal,
    connector.dialect ?? 'portable',
  );
  if (analysis.refusal !== undefined) return { analysis };
  const statement = {
    ...createStatement({ sql: analysis.rendered?.text ?? analysis.canonical }, count),
    canonical: analysis.canonical,
    analysis,
  };
  return session
    .run(statement, signal)
    .then(readAllRows)
    .then(
      (rows) => ({ analysis, rows }),
      () => ({ analysis }),
    );
}

/** The table is there, and so is its value: what the other cases show is no accident. */
async function expectControl(
  { table: { name, column, value }, select = `SELECT ${column} FROM ${name}` }: EngineNames,
  attempt: AttemptStatement,
): Promise<void> {
  const { analysis, rows } = await attempt(select);
  expectThat(analysis.refusal === undefined, `the control is refused: ${analysis.refusal?.reason}`);
  expectThat(
    rows?.some((row) => row.includes(value)) === true,
    `${formatName(name)} does not have its value, or cannot be read`,
  );
}

function expectReported(
  { table, elsewhere, ownRelations = [] }: EngineNames,
  { analysis, rows = [] }: AttemptResult,
): void {
  const reads = new Set(analysis.reads.map(({ name }) => name));
  const shown = (value: string): boolean => rows.some((row) => JSON.stringify(row).includes(value));
  expectThat(
    reads.has(table.name) || !shown(table.value),
    `a value of ${formatName(table.name)} came, and the analysis does not say that it is read`,
  );
  expectThat(elsewhere === undefined || !shown(elsewhere.value), 'a value of another schema came');
  const own = ownRelations.some((each) => reads.has(each) || reads.has(each.toUpperCase()));
  expectThat(!own || rows.length === 0, "a relation of the engine's own was read under the name of an object");
}

async function withAnalyzer({ analyzer }: EngineNames, use: (analyzer: Analyzer) => Promise<void>): Promise<void> {
  const made = await analyzer();
  try {
    await use(made);
  } finally {
    await made.close?.();
  }
}
