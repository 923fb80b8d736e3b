import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../../../src/adapters/snowflake-sql/analyze.js';
import { readers } from '../test-analyzer.js';

/*
 * Each cell of each table holds its own name, so that whatever comes out of a query says where it came from: no name
 * may come out of an output
 * column whose lineage does not have it. Conditions are left out: what only decides which rows there are is no source.
 */
const tables: Readonly<Record<string, readonly string[]>> = {
  T: ['A', 'B', 'U'],
  U: ['A', 'B', 'T', 'Q'],
  Q: ['A', 'B'],
};
const columnsOf = new Set(
  Object.entries(tables).flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`)),
);

const names = ['a', 'a', 'a', 'b', 'b', 't', 'u', 'q', '"a"', '"B"'];
const name = fc.constantFrom(...names);

type Made = Readonly<Record<'query' | 'expression' | 'relation', string>>;

const { query } = fc.letrec<Made>((tie: fc.LetrecTypedTie<Made>) => ({
  expression: fc.oneof(
    { weight: 5, arbitrary: name },
    { weight: 5, arbitrary: fc.tuple(name, name).map((parts) => parts.join('.')) },
    ...[
      'upper(§)',
      '(§)',
      'cast(§ as varchar)',
      '§::varchar',
      'max(§)',
      'to_json(§)',
      'first_value(§) over (partition by 1)',
      'count(§)',
    ].map((form) => ({ weight: 1, arbitrary: tie('expression').map((inner) => form.replace('§', () => inner)) })),
    ...['§ || §', 'coalesce(§, §)', 'case when false then § else § end', 'nullif(§, §)'].map((form) => ({
      weight: 1,
      arbitrary: fc
        .tuple(tie('expression'), tie('expression'))
        .map(([one, other]) => form.replace('§', () => one).replace('§', () => other)),
    })),
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'count(*)',
        'count(distinct *)',
        "'k'",
        'null',
        'current_date',
        'row_number() over (order by a)',
        't.*',
        '*',
      ),
    },
    { weight: 1, arbitrary: tie('query').map((inner) => `(${inner})`) },
  ),
  relation: fc.oneof(
    { maxDepth: 4 },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('t', 'u', 'q', 's.t', 's.u', '"T"'), fc.option(name))
        .map(([table, alias]) => (alias === null ? table : `${table} as ${alias}`)),
    },
    { weight: 2, arbitrary: fc.tuple(tie('query'), name).map(([inner, alias]) => `(${inner}) as ${alias}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('query'), name, name)
        .map(([inner, alias, column]) => `(${inner}) as ${alias} (${column})`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('relation'), fc.constantFrom('cross join', 'join', 'natural join', ','), tie('relation'))
        .map(([left, join, right]) => `${left} ${join} ${right}${join === 'join' ? ' on true' : ''}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('relation'), tie('relation'), name)
        .map(([left, right, column]) => `${left} join ${right} using (${column})`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('relation'), tie('query'), name)
        .map(([left, inner, alias]) => `${left}, lateral (${inner}) as ${alias}`),
    },
  ),
  query: fc.oneof(
    { maxDepth: 4 },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.array(fc.tuple(tie('expression'), fc.option(name)), { minLength: 1, maxLength: 3 }), tie('relation'))
        .map(
          ([items, from]) =>
            `select ${items.map(([value, alias]) => (alias === null || value.endsWith('*') ? value : `${value} as ${alias}`)).join(', ')} from ${from}`,
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(name, tie('query'), tie('query'), fc.option(name))
        .map(
          ([cte, body, rest, column]) =>
            `with ${cte}${column === null ? '' : ` (${column})`} as (${body}) ${rest.startsWith('with') ? `select a, b from (${rest}) as x` : rest}`,
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          tie('query'),
          fc.constantFrom('union all', 'union', 'intersect', 'except', 'union all by name'),
          tie('query'),
        )
        .map(([left, set, right]) => `(${left}) ${set} (${right})`),
    },
  ),
}));

/** The names of cells in whatever came out. */
function found(value: unknown): readonly string[] {
  return (
    (JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each)) ?? '')
      .toUpperCase()
      .match(/\b[TUQ]\.[A-Z]\b/g) ?? []
  );
}

describe('lineage that is not unknown is complete', () => {
  let database: DuckDBConnection;
  beforeAll(async () => {
    database = await (await DuckDBInstance.create(':memory:')).connect();
    await database.run("create schema s; set search_path = 's'");
    for (const [table, columns] of Object.entries(tables))
      await database.run(
        `create table s.${table} as select ${columns.map((column) => `'${table}.${column}' as ${column}`).join(', ')}`,
      );
  });
  afterAll(() => database.closeSync());

  it('for whatever runs', async () => {
    const told = { queries: 0, columns: 0, whole: 0 };
    await fc.assert(
      fc.asyncProperty(query, async (sql) => {
        const { lineage, refusal } = await analyze(sql, {
          parsers: readers,
          scope: { database: 'DB', schema: 'S' },
          functions: new Set(),
          signal: new AbortController().signal,
        });
        if (refusal !== undefined || lineage === undefined || lineage.every(({ sources }) => sources === 'unknown'))
          return;
        const rows = await database.runAndReadAll(sql).then(
          (reader) => reader.getRowsJS(),
          () => undefined,
        );
        if (rows === undefined) return;
        told.queries += 1;
        for (const [at, { column, sources }] of lineage.entries()) {
          if (column === '*') break;
          if (sources === 'unknown') continue;
          const known = sources.map((source) => source.replaceAll('"', '').replace('DB.S.', ''));
          // A source that the catalogue does not have tells its reader that the text was understood otherwise.
          if (!known.every((source) => columnsOf.has(source))) continue;
          told.columns += 1;
          if (known.length > 0) told.whole += 1;
          const out = rows.flatMap((row) => found(row[at]));
          expect(
            out.filter((each) => !known.includes(each)),
            `${sql}\ncolumn ${at}: ${known.join()}`,
          ).toEqual([]);
        }
      }),
      { numRuns: Number(process.env['LINEAGE_RUNS'] ?? 1_500) },
    );
    console.log(
      `lineage: ${told.columns} columns of ${told.queries} queries known, ${told.whole} of them with sources`,
    );
    expect(told.whole).toBeGreaterThan(40);
  }, 600_000);
});
