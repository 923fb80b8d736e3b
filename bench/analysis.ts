import { existsSync, readFileSync } from 'node:fs';
import type { SchemaRef } from '../src/core/index.js';
import { analyze } from '../src/adapters/snowflake-sql/analyze.js';
import { snowflakeSql } from '../src/adapters/snowflake-sql/index.js';
import { loadBoth } from '../src/adapters/snowflake-sql/parsers/load-both.js';
import { createParserPool } from '../src/adapters/snowflake-sql/parsers/parser-pool.js';
import type { ParserPool } from '../src/adapters/snowflake-sql/parsers/reading.js';
import { median, ratioOf, type Row } from './row.js';

interface Case {
  readonly sql: string;
  readonly scope: SchemaRef;
  /** Whether it is from the corpora that were given, not from our own harder ones. */
  readonly given: boolean;
}

const files = [
  'test/adapters/snowflake-sql/corpus/benign.jsonl',
  'test/adapters/snowflake-sql/corpus/attacks.jsonl',
  '../shared/data/adversarial-sample.jsonl',
  '../shared/data/snowflake-sqlfluff.jsonl',
];
const { signal } = new AbortController();
const functions: ReadonlySet<string> = new Set();

/**
 * P6: what judging one statement costs over the corpora, against what the two parsers cost by themselves; from the
 * cache; and through a worker thread.
 */
export async function analysisRows(quick: boolean): Promise<Row[]> {
  const rounds = quick ? 2 : 9;
  const cases = files.flatMap(casesOf).filter((_, index) => !quick || index % 4 === 0);
  const both = await loadBoth();
  const here: ParserPool = { read: async (canonical) => both(canonical), close: async () => {} };
  const threads = createParserPool();
  const kept = snowflakeSql({ cached: cases.length * 2 });
  // What the parsers are given: the canonical texts of all that reaches them.
  const texts: Case[] = [];
  for (const each of cases) {
    await analyze(each.sql, {
      scope: each.scope,
      functions,
      signal,
      parsers: { ...here, read: async (canonical) => (texts.push({ ...each, sql: canonical }), both(canonical)) },
    });
  }
  for (const each of cases) await kept.analyze(each.sql, each.scope, signal);
  const whole: number[][] = [];
  const judge =
    (readers: ParserPool) =>
    ({ sql, scope }: Case) =>
      analyze(sql, { parsers: readers, scope, functions, signal });
  const ways = {
    parsers: async ({ sql }: Case) => both(sql),
    analysis: judge(here),
    cached: ({ sql, scope }: Case) => kept.analyze(sql, scope, signal),
    worker: judge(threads),
  };
  const times = {
    parsers: [] as number[][],
    analysis: [] as number[][],
    cached: [] as number[][],
    worker: [] as number[][],
  };
  for (let round = 0; round <= rounds; round += 1) {
    const all = await microsOf(judge(here), cases);
    if (round > 0) whole.push(all); // the first round is the warm-up
    for (const [way, run] of Object.entries(ways) as [keyof typeof ways, (each: Case) => Promise<unknown>][]) {
      const taken = await microsOf(run, texts);
      if (round > 0) times[way].push(taken);
    }
  }
  await Promise.all([kept.close?.(), threads.close()]);
  const typical = (way: keyof typeof ways): number[] => times[way].map(median);
  const figures = (way: keyof typeof ways): readonly [number, number] => [
    median(typical(way)),
    median(times[way].map(p99)),
  ];
  const [
    [analysisMicros, analysisP99],
    [parsersMicros, parsersP99],
    [cachedMicros, cachedP99],
    [workerMicros, workerP99],
  ] = [figures('analysis'), figures('parsers'), figures('cached'), figures('worker')];
  const given = texts.filter((each) => each.given).length;
  const ofGiven: Readonly<Record<string, number>> =
    given === 0
      ? {}
      : {
          given,
          givenP50Micros: median(
            times.analysis.map((round) => median(round.filter((_micros, at) => texts[at]?.given === true))),
          ),
        };
  return [
    {
      id: 'P6',
      what: 'judging a statement / its two parsers alone, median of the corpora',
      ...ratioOf(typical('analysis'), typical('parsers')),
      goal: 2,
      better: 'most',
      detail: {
        ...ofGiven,
        all: cases.length,
        allP50Micros: median(whole.map(median)),
        statements: texts.length,
        p50Micros: analysisMicros,
        p99Micros: analysisP99,
        parsersP50Micros: parsersMicros,
        parsersP99Micros: parsersP99,
        goalP50Micros: 300,
        goalP99Micros: 6_000,
      },
    },
    {
      id: 'P6',
      what: 'judging a statement / the same from the cache',
      ...ratioOf(typical('analysis'), typical('cached')),
      goal: 20,
      better: 'least',
      detail: { p50Micros: cachedMicros, p99Micros: cachedP99, goalMicros: 10 },
    },
    {
      id: 'P6',
      what: 'judging a statement with its parsers in a worker thread / in this thread',
      ...ratioOf(typical('worker'), typical('analysis')),
      goal: 2,
      better: 'most',
      detail: { p50Micros: workerMicros, p99Micros: workerP99 },
    },
  ];
}

function casesOf(file: string): readonly Case[] {
  if (!existsSync(file)) return [];
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { sql: string; scope?: SchemaRef });
  return rows.map(({ sql, scope = { database: 'DB', schema: 'PUBLIC' } }) => ({
    sql,
    scope,
    given: file.startsWith('../shared/'),
  }));
}

async function microsOf(run: (each: Case) => Promise<unknown>, cases: readonly Case[]): Promise<number[]> {
  const taken: number[] = [];
  for (const each of cases) {
    const start = performance.now();
    await run(each);
    taken.push((performance.now() - start) * 1_000);
  }
  return taken;
}

function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] as number;
}
